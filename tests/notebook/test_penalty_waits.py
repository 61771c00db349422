"""A late penalty waits for a person where ``timestamp.txt`` may mean several times."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader.errors import CourseError
from grader.model import Graded, Outcome, Verdict
from grader.notebook import class_status, gradebook, late_penalties, penalty_waits, time_decisions
from grader.notebook.assignment import load_assignment
from grader.notebook.class_run import ClassRun, Result
from grader.notebook.exports.course import export
from grader.notebook.loaded_course import LoadedCourse
from grader.notebook.reporting import feedback
from grader.notebook.submission import handed_in_file, paths, verdict_file
from grader.settings import Settings
from tests import tiny
from tests.notebook.exports import school

DUE = datetime(2026, 1, 20, 12)
UNCLEAR = "02/01/2026 12:00"  # the 2nd of January is in time, the 1st of February is not


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Ada has 11 points, and nobody knows whether she was late."""
    course = tiny.make_course(tmp_path_factory.mktemp("course"), cell_seconds=20)
    gradebook.prepare(course, load_assignment(course, "sums"))
    school.grade(course, "ada", **school.POINTS)
    verdicts = paths.submission(course, "ada", "sums").verdict_file
    verdicts.parent.mkdir(parents=True)
    passed = (Verdict("adds", Outcome.PASSED, 2),)
    verdict_file.write(dataclasses.replace(_graded(), verdicts=passed), verdicts, None)
    due(course, DUE)
    says(course, UNCLEAR)
    return course


@pytest.fixture
def course(graded: Settings, tmp_path: Path) -> Settings:
    """A copy of it, to be changed, in which who is late loses all points."""
    course = school.copy(graded, tmp_path / "course")
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    return course


def _graded() -> Graded:
    return Graded("ada", "sums", (), (), 1.0, "none", (), "", "")


def due(course: Settings, when: datetime | None) -> None:
    with school.opened(course) as book:
        book.update_or_create_assignment("sums", duedate=when)


def says(course: Settings, text: str) -> None:
    file = paths.submission(course, "ada", "sums").submitted / "timestamp.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def waits(course: Settings) -> str:
    return penalty_waits.waiting(course, "sums", ["ada", "unknown"]).get("ada", "")


def decide(course: Settings, when: str) -> float:
    time_decisions.decide(course, "ada", "sums", handed_in=when, reason="Her\nmail.", by="ben")
    return penalty(course)


def penalty(course: Settings) -> float:
    late_penalties.refresh(course, "sums", ["ada"])
    with school.opened(course) as book:
        return book.find_submission("sums", "ada").late_submission_penalty or 0.0


def test_the_line_names_text_meanings_and_command(course: Settings) -> None:
    assert penalty(course) == 0.0, "the penalty waits"
    assert waits(course) == (
        "the late penalty waits for a person: timestamp.txt says '02/01/2026 12:00', which may "
        "mean 2026-01-02 12:00:00 UTC (no penalty) or 2026-02-01 12:00:00 UTC (11 points less). "
        "Decide with: grader override ada sums --handed-in '2026-01-02 12:00:00 UTC' --reason "
        "'...'"
    )


@pytest.mark.parametrize("days", [-30, 30, None])
def test_nothing_waits_where_all_meanings_have_one_penalty(
    course: Settings, days: int | None
) -> None:
    due(course, None if days is None else DUE + timedelta(days=days))
    assert waits(course) == ""
    assert penalty(course) == (11.0 if days == -30 else 0.0)


def test_nothing_waits_in_a_course_without_penalties(course: Settings) -> None:
    course.config.Autograde.autograde_preprocessors = ["grader.notebook.plugins.JudgeClaims"]
    assert waits(course) == ""


def test_an_extension_may_make_the_meanings_one(course: Settings) -> None:
    with school.opened(course) as book:
        book.grant_extension("sums", "ada", days=30)
    assert waits(course) == ""


@pytest.mark.parametrize(
    ("when", "lost"), [("2026-01-02 12:00 UTC", 0.0), ("2026-02-01 12:00 UTC", 11.0)]
)
def test_a_person_decides_and_the_penalty_follows(course: Settings, when: str, lost: float) -> None:
    assert decide(course, when) == lost
    assert waits(course) == ""
    (listed,) = time_decisions.listed(course, "ada")
    assert listed[2].reason == "Her mail."


def test_a_decision_ends_with_another_text(course: Settings) -> None:
    decide(course, "2026-02-01 12:00 UTC")
    says(course, "03/01/2026 12:00")
    assert "2026-03-01" in waits(course)


def test_status_and_export_let_it_wait(course: Settings) -> None:
    (ada,) = class_status.status(course, "sums").submissions
    assert ada.handed_in is not None
    done = export(course, "csv", ["sums"])
    assert "sums: waiting for a person, left out: ada (late penalty)" in [
        note.text for note in done.notes
    ]
    assert not done.complete
    decide(course, "2026-01-02 12:00 UTC")
    assert export(course, "csv", ["sums"]).complete


def test_grading_notes_it(course: Settings) -> None:
    run = ClassRun(LoadedCourse(course, load_assignment(course, "sums")), None, force=False)  # type: ignore[arg-type] -- nothing is judged
    (result,) = run.with_penalties([Result("ada", _graded(), fresh=False)])
    assert result.graded is not None
    assert result.graded.notes == (waits(course),)


@pytest.mark.parametrize("when", ["02/01/2026", "12:00", "soon"])
def test_a_decision_has_one_meaning(course: Settings, when: str) -> None:
    with pytest.raises(CourseError, match=f"--handed-in is '{when}': expected a time with one"):
        decide(course, when)


def test_a_time_that_is_known_is_not_decided(course: Settings) -> None:
    says(course, "2026-01-02 12:00 UTC")
    with pytest.raises(CourseError, match=r"expected a timestamp\.txt that may mean several times"):
        decide(course, "2026-01-02 12:00 UTC")


def test_a_decision_that_cannot_be_read_is_not_dropped(course: Settings) -> None:
    decide(course, "2026-02-01 12:00 UTC")
    file = paths.time_file(course, "ada", "sums")
    file.write_text('{"version": 1}')
    with pytest.raises(CourseError, match="restore it from a backup"):
        handed_in_file.read(file)
    assert "restore it from a backup" in waits(course)
    assert penalty(course) == 11.0, "it stays, and nobody else's grading is stopped"
    run = ClassRun(LoadedCourse(course, load_assignment(course, "sums")), None, force=False)  # type: ignore[arg-type] -- nothing is judged
    (result,) = run.with_penalties([Result("ada", _graded(), fresh=False)])
    assert result.graded is not None
    assert result.graded.notes == (waits(course),)
    assert not export(course, "csv", ["sums"]).complete


def test_the_page_says_which_time_counts_until_a_person_decides(course: Settings) -> None:
    known = cast(Any, SimpleNamespace(handed_in=DUE, due=DUE, seconds_late=0.0))
    submission = paths.submission(course, "ada", "sums")
    assert "counts the earliest" in feedback._handed_in(course, submission, known)
    decide(course, "2026-01-02 12:00 UTC")
    assert "in time" in feedback._handed_in(course, submission, known)
