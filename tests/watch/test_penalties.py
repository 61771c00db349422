"""Late penalties while a course is watched."""

from __future__ import annotations

from datetime import datetime

import pytest

from grader.errors import ConfigurationError
from grader.notebook import late_penalties
from grader.notebook.submission import paths
from grader.settings import Settings
from grader.watch.penalties import SECONDS
from tests.notebook.exports import school
from tests.watch.room import Room

pytestmark = [
    pytest.mark.usefixtures("no_kernels"),
    pytest.mark.process,  # nbgrader's release of the assignment
    pytest.mark.xdist_group("watch"),
]

DUE = datetime(2026, 1, 15, 12)


@pytest.fixture
def room(course: Settings) -> Room:
    """Ada handed in an hour after what will be the due date, and is graded."""
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    room = Room(course)
    room.hand_in("ada")
    stamp = paths.submission(course, "ada", "sums").submitted / "timestamp.txt"
    stamp.write_text("2026-01-15 13:00:00 UTC")
    room.settle()
    assert room.score("ada") == 6
    return room


def due(course: Settings, when: datetime | None) -> None:
    with school.opened(course) as book:
        book.update_or_create_assignment("sums", duedate=when)


def penalty(course: Settings) -> float:
    with school.opened(course) as book:
        return book.find_submission("sums", "ada").late_submission_penalty or 0.0


def test_a_moved_due_date_takes_effect_within_a_minute_or_so(room: Room) -> None:
    due(room.course, DUE)
    room.step(SECONDS)
    assert penalty(room.course) == 6
    assert room.log.splitlines()[-1].endswith("ada: sums has another late penalty now")
    due(room.course, None)
    room.step(SECONDS)
    assert penalty(room.course) == 0


def test_penalties_are_left_alone_between_two_looks(room: Room) -> None:
    room.step(SECONDS)
    due(room.course, DUE)
    room.step(SECONDS / 2)
    assert penalty(room.course) == 0


def test_a_course_whose_service_records_no_grades_keeps_its_penalties(course: Settings) -> None:
    room = Room(course, grades=False)
    due(course, DUE)
    room.step(SECONDS)
    room.step(SECONDS)
    assert "late penalt" not in room.log


def test_a_gradebook_that_another_process_keeps_is_named_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> tuple[str, ...]:
        raise ConfigurationError("another process writes the gradebook")

    monkeypatch.setattr(late_penalties, "refresh", locked)
    room.step(SECONDS)
    room.step(SECONDS)
    said = [line for line in room.log.splitlines() if "late penalties" in line]
    assert len(said) == 1
    assert said[0].endswith("not brought up to date: another process writes the gradebook")
