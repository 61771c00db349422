from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from grader.notebook import gradebook, late_penalties
from grader.notebook.assignment import load_assignment
from grader.notebook.submission import paths
from grader.settings import Settings
from tests import tiny
from tests.notebook.exports import school

DUE = datetime(2026, 1, 15, 12)
LATE = "2026-01-15 13:00:00 UTC"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Ada has 6 points, and handed in an hour late."""
    course = tiny.make_course(tmp_path_factory.mktemp("course"), cell_seconds=20)
    gradebook.prepare(course, load_assignment(course, "sums"))
    school.grade(course, "ada", adds=2, adds_negatives=1, totals=3)
    (paths.submission(course, "ada", "sums").submitted / "timestamp.txt").write_text(LATE)
    due(course, DUE)
    return course


@pytest.fixture
def course(graded: Settings, tmp_path: Path) -> Settings:
    """A copy of it, to be changed, in which who is late loses all points."""
    course = school.copy(graded, tmp_path / "course")
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    return course


def due(course: Settings, when: datetime | None) -> None:
    with school.opened(course) as book:
        book.update_or_create_assignment("sums", duedate=when)


def refreshed(course: Settings) -> tuple[tuple[str, ...], float]:
    changed = late_penalties.refresh(course, "sums", ["ada", "unknown"])
    with school.opened(course) as book:
        return changed, book.find_submission("sums", "ada").late_submission_penalty or 0.0


def test_a_penalty_follows_the_due_date(course: Settings) -> None:
    assert refreshed(course) == (("ada",), 6.0)
    assert refreshed(course) == ((), 6.0)
    due(course, DUE + timedelta(hours=2))
    assert refreshed(course) == (("ada",), 0.0)
    due(course, None)
    assert refreshed(course) == ((), 0.0)


def test_a_penalty_follows_the_timestamp(course: Settings) -> None:
    file = paths.submission(course, "ada", "sums").submitted / "timestamp.txt"
    file.write_text("2026-01-15 11:00:00 UTC")
    assert refreshed(course) == ((), 0.0)
    file.write_text(LATE)
    assert refreshed(course) == (("ada",), 6.0)


@pytest.mark.parametrize(
    ("text", "penalty"),
    [
        ("15.01.2026 13:00:00", 6.0),
        ("\ufeff2026-01-15T12:30:00+01:00\r\n", 0.0),
        ("2026-01-15 12:30:00 +0100", 0.0),
        ("2026-01-15 14:30:00 CEST", 6.0),
    ],
)
def test_a_timestamp_may_be_written_in_other_ways(
    course: Settings, text: str, penalty: float
) -> None:
    file = paths.submission(course, "ada", "sums").submitted / "timestamp.txt"
    file.write_text(text, encoding="utf-8")
    assert refreshed(course)[1] == penalty


def test_an_extension_counts(course: Settings) -> None:
    refreshed(course)
    with school.opened(course) as book:
        book.grant_extension("sums", "ada", hours=2)
    assert refreshed(course) == (("ada",), 0.0)


def test_a_penalty_is_of_the_points_that_there_are(course: Settings) -> None:
    refreshed(course)
    with school.opened(course) as book:
        book.find_grade("written_answer", "sums", "sums", "ada").manual_score = 5.0
    assert refreshed(course) == (("ada",), 11.0)


def test_a_course_without_penalties_is_left_alone(course: Settings) -> None:
    course.config.Autograde.autograde_preprocessors = ["grader.notebook.plugins.JudgeClaims"]
    assert refreshed(course) == ((), 0.0)
