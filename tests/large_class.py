"""A class of any size, with made-up verdicts that are recorded as real ones are.

``python -m tests.large_class FOLDER --students 100`` makes a course in a new folder, and a class
there that handed in and is graded: to measure commands on, and to look at. Nothing is run: a judge
that draws verdicts takes the place of the real one, and nbgrader records what it says.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import nbformat

from grader import settings as course_settings
from grader.engines.fake import FakeEngine
from grader.model import Outcome, Verdict
from grader.notebook import autograde
from grader.notebook.assignment import Assignment, load_assignment
from grader.notebook.judging.examination import Examination
from grader.notebook.submission import paths
from grader.settings import Settings
from tests.conftest import ROOT

# How often each outcome is drawn: most claims of a class pass.
OUTCOMES = {
    Outcome.PASSED: 80,
    Outcome.FAILED: 12,
    Outcome.CRASHED: 3,
    Outcome.NOT_ATTEMPTED: 4,
    Outcome.OVER_LIMIT: 1,
}
_JUDGING = "grader.notebook.judging"


def make_course(folder: Path) -> Settings:
    """A course with the real one's exercises in ``folder``, which must be new."""
    folder.mkdir(parents=True)
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "source", folder / "source")
    (folder / "data").symlink_to((ROOT / "data").resolve())
    return course_settings.load(folder)


def hand_in(course: Settings, name: str, students: int) -> tuple[str, ...]:
    """Let so many students hand in the notebook of an assignment, all with the solutions in it."""
    assignment = load_assignment(course, name)
    text = nbformat.writes(assignment.source)
    ids = tuple(f"student_{number:03}" for number in range(1, students + 1))
    for student in ids:
        notebook = paths.submission(course, student, name).notebook
        notebook.parent.mkdir(parents=True)
        notebook.write_text(text)
    return ids


def grade(course: Settings, name: str, students: tuple[str, ...] = ()) -> None:
    """Record verdicts that are drawn, the same ones each time."""
    with drawn_verdicts():
        for result in autograde.grade(course, name, students, engine=FakeEngine()):
            if result.graded is None:
                raise RuntimeError(f"{result.student}: {result.problem}")


@contextmanager
def drawn_verdicts() -> Iterator[None]:
    """Within ``with``, submissions get drawn verdicts and nothing of them is run."""
    draws = random.Random(20261127)

    def judge(examination: Examination, *_: object) -> object:
        return examination.rebuilt.notebook, _verdicts(examination.assignment, draws), ()

    with (
        mock.patch(f"{_JUDGING}.judge_submission.judge_apart", judge),
        mock.patch(f"{_JUDGING}.warm_kernels.address", return_value=""),
        mock.patch(f"{_JUDGING}.warm_kernels.numpy_only_address", return_value=""),
    ):
        yield


def _verdicts(assignment: Assignment, draws: random.Random) -> tuple[Verdict, ...]:
    outcomes = draws.choices([*OUTCOMES], [*OUTCOMES.values()], k=len(assignment.claims))
    return tuple(
        Verdict(
            claim.name,
            outcome,
            claim.points,
            "" if outcome is Outcome.PASSED else f"{claim.statement} It is not. {claim.hint}",
        )
        for claim, outcome in zip(assignment.claims, outcomes, strict=True)
    )


def main() -> None:
    """Make a class and grade it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--assignment", default="convolution_from_scratch")
    given = parser.parse_args()
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    course = make_course(given.folder.resolve())
    grade(course, given.assignment, hand_in(course, given.assignment, given.students))


if __name__ == "__main__":
    main()
