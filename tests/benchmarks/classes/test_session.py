from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from benchmarks.classes import cases, contenders, results, session
from benchmarks.classes.__main__ import main
from benchmarks.classes.cases import GRADE, OTTER, OURS, STOCK, Case
from benchmarks.classes.contenders import Job
from benchmarks.classes.measure import Task
from benchmarks.classes.session import Session, Turn
from benchmarks.errors import BenchError

CONVOLUTION = cases.named("convolution")
PEERS = (STOCK, OTTER, OURS)


class Fake:
    """A contender that grades nothing, or fails; it notes each command that it is asked for."""

    def __init__(self, code: int = 0) -> None:
        self._code = code
        self.prepared = 0

    def prepare(self, job: Job) -> None:
        """Make the folder."""
        job.folder.mkdir(parents=True)
        self.prepared += 1

    def task(self, job: Job) -> Task:
        """End with the code."""
        return job.task(
            sys.executable, "-S", "-c", f"raise SystemExit({self._code})", python=Path("/bin/true")
        )

    def points(self, job: Job) -> Mapping[str, float]:
        """Those of one student."""
        return {"ada": 20.0}

    def facts(self, job: Job) -> Mapping[str, float]:
        """None."""
        return {}


def run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fakes: dict[str, Fake],
    *,
    force: bool = False,
) -> tuple[list[str], list[str]]:
    """One session with fakes; its problems and what it said."""

    def prepare(self: Session, due: Sequence[Turn]) -> dict[str, Job]:
        place = tmp_path / "classes"
        return {CONVOLUTION.name: Job(CONVOLUTION, place, place, place, place, place)}

    monkeypatch.setattr(Session, "_prepare", prepare)
    monkeypatch.setattr(session, "CONTENDERS", fakes)
    said: list[str] = []
    whole = Session(tmp_path, [CONVOLUTION], tuple(fakes), 2, force, results.version(), said.append)
    return whole.run(), said


def plan(chosen: Sequence[Case], repeat: int, only: tuple[str, ...] = ()) -> list[Turn]:
    return list(Session(Path(), chosen, only, repeat, force=False, version="v", say=print).turns())


def test_contenders_take_turns_and_begin_in_turn() -> None:
    turns = plan([CONVOLUTION], 3, PEERS)
    assert [turn.contender for turn in turns] == [
        *(STOCK, OTTER, OURS),
        *(OTTER, OURS, STOCK),
        *(OURS, STOCK, OTTER),
    ]


def test_a_repetition_of_all_cases_comes_before_the_next() -> None:
    turns = plan(cases.choose(["growth", "vectorised"]), 2)
    assert [turn.repetition for turn in turns] == [1] * 5 + [2] * 5


@pytest.mark.process
def test_what_was_measured_is_kept_and_not_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes = {STOCK: Fake(), OTTER: Fake()}
    assert run(tmp_path, monkeypatch, fakes)[0] == []
    figures, _ = session.figures_of(tmp_path / "results", [CONVOLUTION], results.version())
    assert figures["convolution", STOCK, GRADE].repetitions == 2
    assert ("convolution", STOCK, "regrade") in figures
    assert ("convolution", OTTER, "regrade") not in figures
    assert run(tmp_path, monkeypatch, fakes)[1] == ["0 of 4 measurements are to be made."]
    (lost,) = (tmp_path / "results").glob("*otter.grade.2.json")
    lost.unlink()
    run(tmp_path, monkeypatch, fakes)
    assert (fakes[STOCK].prepared, fakes[OTTER].prepared) == (2, 3)


@pytest.mark.process
def test_one_that_fails_is_told_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems, said = run(tmp_path, monkeypatch, {STOCK: Fake(code=4), OTTER: Fake()})
    assert len(problems) == 1
    assert "convolution, nbgrader: grade ended with code 4; see " in problems[0]
    assert len(list((tmp_path / "results").iterdir())) == 2
    assert any("otter, 2, grade: " in line for line in said)


def test_a_trial_has_small_classes_of_its_own() -> None:
    (trial,) = cases.choose(["mnist"], students=2)
    assert trial.count == 2
    assert trial == dataclasses.replace(cases.named("mnist"), count=2)
    assert {case.count for case in cases.choose([], students=12)} == {6, 12}


def test_an_unknown_case_or_contender_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cases", "convolution,speed"]) == 1
    assert main(["--only", "ours"]) == 1
    told = capsys.readouterr().err
    assert "no case is called speed: expected convolution, " in told
    assert "nobody is called ours: expected nbgrader, otter, grader, " in told


def test_a_cluster_is_not_available_without_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(name: str) -> object:
        return None if name == "distributed" else object()

    monkeypatch.setattr(contenders.importlib.util, "find_spec", find)
    with pytest.raises(BenchError, match="not available: pip install"):
        contenders.require_cluster()
