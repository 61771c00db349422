"""The marks are true: a quick run refuses what they stand for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import needs
from tests.conftest import ROOT


def quick(tmp_path: Path, text: str, *options: str) -> str:
    """What a quick run of a module with ``text`` in it says."""
    (tmp_path / "test_it.py").write_text(text)
    plugins = ("-p", "tests.needs", "-p", "no:cacheprovider", "-c", str(tmp_path / "none.ini"))
    (tmp_path / "none.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    command = [sys.executable, "-m", "pytest", "--quick", "-q", *plugins, *options, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    return ended.stdout + ended.stderr


@pytest.mark.process
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import keras", "imports keras: mark it keras"),
        ("import subprocess; subprocess.run(['bwrap', '--help'])", "mark it kernel"),
        ("try:\n        import jax\n    except Exception: pass", "imports jax: mark it keras"),
        ("from multiprocessing import forkserver as f; f.ensure_running()", "mark it kernel"),
    ],
)
def test_a_test_that_needs_more_than_its_marks_say_fails(
    tmp_path: Path, body: str, said: str
) -> None:
    output = quick(tmp_path, f"def test_it():\n    {body}\ndef test_that(): pass\n")
    assert said in output
    assert "::test_that" not in output


@pytest.mark.process
def test_what_is_marked_is_left_out_and_a_marked_module_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "test_whole.py").write_text("\npytestmark = [pytest.mark.keras]\n1 / 0\n")
    marked = "import pytest\n@pytest.mark.kernel\ndef test_it(): 1 / 0\ndef test_that(): pass\n"
    output = quick(tmp_path, marked)
    assert "1 passed, 1 deselected" in output


LEFT_OPEN = """
class Ring:
    def __init__(self):
        self.ring = self
    def __del__(self):
        raise OSError("left open")
def test_it():
    global kept
    kept = Ring()
"""


@pytest.mark.process
@pytest.mark.parametrize(("left", "told"), [("del kept", True), ("", False)])
def test_what_is_left_open_in_a_ring_is_told_at_the_end(
    tmp_path: Path, left: str, told: bool
) -> None:
    """Only a collection finds it, and what is looked through at the end is limited."""
    last = f"def teardown_module():\n    global kept\n    {left or 'pass'}\n"
    output = quick(tmp_path, LEFT_OPEN + last, "-W", "error")
    assert "1 passed" in output
    assert ("left open" in output) == told


MADE_ONCE = """
import pytest
@pytest.fixture(scope="module")
def made(request):
    with (request.path.parent / "made").open("a") as file:
        file.write("once ")
@pytest.mark.parametrize("number", range(8))
def test_it(made, number): pass
"""


@pytest.mark.process
def test_a_fixture_of_a_module_is_made_by_one_process(tmp_path: Path) -> None:
    output = quick(tmp_path, MADE_ONCE, "--numprocesses", "2", "--dist", "loadgroup")
    assert "8 passed" in output
    assert (tmp_path / "made").read_text() == "once "


def test_what_is_graded_on_slices_is_of_one_process(request: pytest.FixtureRequest) -> None:
    """Also where a test only names the fixture, and is in no group by its module."""
    item = request.node
    assert not list(item.iter_markers("xdist_group"))
    item.fixturenames.append("on_slices")
    needs.pytest_collection_modifyitems(request.config, [item])
    assert [mark.args for mark in item.iter_markers("xdist_group")] == [("slices",)]


@pytest.fixture(scope="module")
def made_once() -> int:
    return 1


@pytest.mark.usefixtures("made_once")
def test_tests_that_share_a_fixture_of_their_module_are_of_one_process(
    request: pytest.FixtureRequest,
) -> None:
    groups = [mark.args for mark in request.node.iter_markers("xdist_group")]
    assert groups == [("tests/test_needs.py",)]


def test_as_many_as_asked_for_are_drawn_the_same_each_time() -> None:
    names = dict.fromkeys("abcdefgh")
    first, again = needs.drawn(names, 3), needs.drawn(names, 3)
    assert [each.id for each in first] == list(names)  # type: ignore[attr-defined]
    left = [each.id for each in first if not each.marks]  # type: ignore[attr-defined]
    assert len(left) == 3
    assert left == [each.id for each in again if not each.marks]  # type: ignore[attr-defined]


def test_each_mark_is_told_to_pytest(pytestconfig: pytest.Config) -> None:
    told = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    assert needs.NEEDS.keys() <= told


@pytest.mark.parametrize("text", ["a" * 10_000, "\n" * 100, b"\x00" * 10_000, "é" * 61])
def test_a_long_text_has_a_short_name(text: str | bytes, request: pytest.FixtureRequest) -> None:
    assert f"... of {len(text)}" in request.node.name
    assert len(request.node.name) < 500
    assert request.node.name.isprintable()


def test_a_short_text_has_the_name_that_pytest_gives_it() -> None:
    assert needs.pytest_make_parametrize_id("a short text") is None
    assert needs.pytest_make_parametrize_id(["a"] * 100) is None


def test_a_name_that_is_too_long_is_refused(request: pytest.FixtureRequest) -> None:
    item = request.node
    item._nodeid += "x" * 1000
    with pytest.raises(pytest.UsageError, match=r"a name of 1\d\d\d characters"):
        needs.pytest_collection_modifyitems(request.config, [item])
    item._nodeid = item._nodeid.rstrip("x")
