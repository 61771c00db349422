"""What grows is seen, and what only settles is not; a short soak grows nothing."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from benchmarks.errors import BenchError
from tests.conftest import ROOT
from tests.patience import eventually
from tests.soak import page, samples
from tests.soak.page import BEGIN, END, Soak
from tests.soak.samples import COUNTS, MEMORY, Sample
from tests.soak.tree import Tree

MIB = 1 << 20
QUIET = Sample(0, 20.0, 100 * MIB, 100 * MIB, 1000 * MIB, 16, 20, 92, 0, 5, 0, 5)


def taken(**a_round: int) -> list[Sample]:
    """Ten rounds of ten, in each of which fields grow by so much."""
    return [
        dataclasses.replace(
            QUIET,
            submissions=10 * number,
            **{name: getattr(QUIET, name) + number * more for name, more in a_round.items()},
        )
        for number in range(11)
    ]


def soak(**a_round: int) -> Soak:
    return Soak(taken(**a_round), 20, (), (), "make soak")


def test_what_stays_as_it_is_has_not_grown() -> None:
    assert not [change for change in samples.changes(taken()) if change.grew]
    assert soak().well


@pytest.mark.parametrize("name", [*COUNTS, *MEMORY])
def test_what_grows_with_each_round_is_seen(name: str) -> None:
    more = 20 * MIB if name in MEMORY else 1
    grown = [change.name for change in samples.changes(taken(**{name: more})) if change.grew]
    assert grown == [name]
    assert not soak(**{name: more}).well


def test_memory_that_settles_has_not_grown() -> None:
    assert soak(grading_bytes=MIB).well


def test_one_more_at_a_single_look_is_no_growth() -> None:
    looks = taken()
    looks[5] = dataclasses.replace(looks[5], processes=30)
    change = next(each for each in samples.changes(looks) if each.name == "processes")
    assert (change.first, change.last, change.most, change.grew) == (16, 16, 30, False)


def test_rounds_that_take_ever_longer_are_seen() -> None:
    looks = [dataclasses.replace(each, seconds=20 + each.submissions) for each in taken()]
    assert samples.rates(taken()) == (30, 30)
    assert not samples.slower(taken())
    assert samples.slower(looks)


@pytest.mark.parametrize("change", [{"wrong": ("ada: ++",)}, {"left": ("folder grader-judge-1",)}])
def test_a_wrong_verdict_and_what_is_left_are_not_well(change: dict[str, tuple[str]]) -> None:
    assert not dataclasses.replace(soak(), **change).well  # type: ignore[arg-type]


def test_the_page_gets_the_table_between_its_markers(tmp_path: Path) -> None:
    place = tmp_path / "security.md"
    place.write_text(f"before\n{BEGIN}\nformer figures\n{END}\nafter\n")
    page.write(soak(descriptors=3), place)
    text = place.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "former" not in text
    assert "| descriptors | 93.5 | 120.5 | 122 | grew |" in text
    assert "100 submissions, and 20 beside that `grader watch` answered" in text
    place.write_text("no markers")
    with pytest.raises(BenchError, match="both markers"):
        page.write(soak(), place)


def test_the_page_of_the_docs_has_the_markers(tmp_path: Path) -> None:
    copied = tmp_path / "security.md"
    copied.write_text((ROOT / "docs" / "security.md").read_text())
    page.write(soak(), copied)


def test_a_line_that_stays_level_is_within_its_panel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib.figure import Figure

    drawn: list[Figure] = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: drawn.append(figure))
    page.plot(soak(), tmp_path / "soak.png")
    for axes in drawn[0].axes:
        low, high = axes.get_ylim()
        for line in axes.lines:
            values = [float(value) for value in line.get_ydata()]  # type: ignore[union-attr]
            assert low <= min(values)
            assert max(values) < low + 0.9 * (high - low)


def test_a_tree_knows_who_was_started_below_and_what_they_made(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, tempfile, os\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        "made = tempfile.mkdtemp(prefix=f'grader-judge-{child.pid}-', dir='/tmp')\n"
        "print(child.pid, made, flush=True)\n"
        "sys.stdin.read()\nos._exit(0)\n"  # its child outlives it
    )
    root = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    tree = Tree({"grading": root.pid, "service": root.pid})
    try:
        assert root.stdout is not None
        pid, made = root.stdout.readline().split()
        assert int(pid) in tree.alive()
        assert tree.made() == [f"folder {Path(made).name}"]
        sample = tree.sample(10, 1.0)
        assert (sample.processes, sample.folders, sample.groups) == (2, 1, 0)
        assert sample.descriptors >= 4
        assert sample.grading_bytes > MIB
        assert root.stdin is not None
        root.stdin.close()
        root.wait()
        assert list(tree.alive()) == [int(pid)], "it is known although its parent has ended"
        assert tree.left()[0].startswith(f"process {pid} (S ")
        assert f": sleep 60; parent {psutil.Process(int(pid)).ppid()} (" in tree.left()[0]
        os.kill(int(pid), 9)
        assert eventually(lambda: not tree.alive())
        assert tree.made() == [f"folder {Path(made).name}"]
        Path(made).rmdir()
        assert not tree.made()
    finally:
        tree.close()
        root.stdout.close()  # type: ignore[union-attr]


def test_a_zombie_is_left_and_told_by_its_last_command_line() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        tree = Tree({"grading": child.pid, "service": child.pid})
        try:
            assert eventually(lambda: "sleep" in tree.left()[0])
            assert not tree.zombies()
            child.kill()
            assert eventually(lambda: not tree.alive())
            assert not tree.left()
            (line,) = tree.zombies()
            assert f"process {child.pid} (Z" in line
            assert f": sleep 60; parent {os.getpid()} (" in line
            child.wait()
            assert not tree.zombies()
        finally:
            tree.close()


@pytest.mark.kernel
@pytest.mark.process
@pytest.mark.slow
@pytest.mark.long
def test_forty_submissions_let_nothing_grow(tmp_path: Path) -> None:
    plot = tmp_path / "soak.png"
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", "--submissions", "40", "--plot", str(plot)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "40 of 40" in done.stdout
    assert plot.read_bytes().startswith(b"\x89PNG")
