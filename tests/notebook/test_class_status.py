from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.engines.base import Started, Waiting
from grader.engines.fake import FakeEngine
from grader.errors import CourseError
from grader.model import Outcome, Verdict
from grader.notebook import autograde, class_status, grading_now
from grader.notebook.class_status import Stage
from grader.notebook.judging.examination import Examination
from grader.notebook.submission import paths
from grader.settings import Settings
from tests import tiny
from tests.notebook.exports import school

HANDED_IN = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)


@pytest.fixture
def course(
    tiny_course: Settings, tiny_gradebook: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Ada, ben and cleo handed in; a judge passes everybody, and fails itself on cleo."""

    def judge(examination: Examination, *_: object) -> object:
        faulty = examination.student == "cleo"
        outcome = Outcome.GRADER_FAULT if faulty else Outcome.PASSED
        claims = examination.assignment.claims
        verdicts = tuple(Verdict(claim.name, outcome, claim.points) for claim in claims)
        return examination.rebuilt.notebook, verdicts, ()

    monkeypatch.setattr("grader.notebook.judging.judge_submission.judge_apart", judge)
    monkeypatch.setattr("grader.notebook.judging.warm_kernels.address", lambda *_: "")
    shutil.copy(tiny_gradebook, tiny_course.root)
    for student in ("ada", "ben", "cleo"):
        tiny.hand_in(tiny_course, student, tiny.submission(tiny_course, tiny.GOOD))
    return tiny_course


def grade(course: Settings, *students: str) -> None:
    list(autograde.grade(course, "sums", students, engine=FakeEngine()))


def stages(course: Settings) -> dict[str, tuple[Stage, str]]:
    known = class_status.status(course, "sums")
    return {each.student: (each.stage, each.why) for each in known.submissions}


def mark(course: Settings, student: str) -> None:
    """A person gives points for the written answer."""
    with school.opened(course) as book:
        (notebook,) = book.find_submission("sums", student).notebooks
        for each in notebook.grades:
            if each.name == "written_answer":
                each.manual_score, each.needs_manual_grade = 4, False


def test_every_stage_is_told_apart(course: Settings) -> None:
    grade(course, "ada", "cleo")
    tiny.hand_in(course, "dan", "no notebook")
    found = stages(course)
    assert found["ada"] == (Stage.DONE, "")
    assert found["ben"] == (Stage.TO_GRADE, "")
    assert found["cleo"] == (Stage.FAILED, "adds, adds_negatives, totals")
    assert found["dan"][0] is Stage.REFUSED
    assert "sums.ipynb is not a notebook" in found["dan"][1]


def test_an_answer_waits_until_a_person_marks_it(course: Settings) -> None:
    answers = tiny.GOOD | {"written_answer": "Because it does."}
    tiny.hand_in(course, "eve", tiny.submission(course, answers))
    grade(course, "eve")
    assert stages(course)["eve"] == (Stage.TO_MARK, "")
    mark(course, "eve")
    assert stages(course)["eve"] == (Stage.DONE, "")


@pytest.mark.lengthy
def test_what_was_handed_in_again_is_to_be_graded(course: Settings) -> None:
    grade(course, "ada")
    notebook = paths.submission(course, "ada", "sums").notebook
    notebook.write_text(notebook.read_text().replace("a + b", "b + a"))
    assert stages(course)["ada"] == (Stage.TO_GRADE, "the notebook was handed in again")


def test_a_gradebook_that_was_lost_leaves_everything_to_be_graded(course: Settings) -> None:
    grade(course, "ada")
    (course.root / "gradebook.db").unlink()
    assert stages(course)["ada"][0] is Stage.TO_GRADE
    assert not (course.root / "gradebook.db").exists()


def test_a_run_that_grades_says_what_waits_for_a_training(course: Settings) -> None:
    with grading_now.telling(course, "sums") as teller:
        teller.follow(Started("ada", "here"))
        teller.follow(Started("ben", "here"))
        teller.follow(Waiting("ben", "a training"))
        found = stages(course)
    assert found["ada"] == (Stage.JUDGED, "")
    assert found["ben"] == (Stage.TRAINING, "")
    assert found["cleo"] == (Stage.TO_GRADE, "")


def test_lateness_counts_from_the_due_date_and_an_extension(course: Settings) -> None:
    for student in ("ada", "ben"):
        folder = paths.submission(course, student, "sums").submitted
        (folder / "timestamp.txt").write_text(f"{HANDED_IN:%Y-%m-%d %H:%M:%S} UTC\n")
    grade(course, "ada", "ben")
    with school.opened(course) as book:
        book.find_assignment("sums").duedate = datetime(2026, 1, 31, 12)
        book.find_submission("sums", "ben").extension = timedelta(hours=1)
    known = class_status.status(course, "sums")
    ada, ben, cleo = known.submissions
    assert (ada.handed_in, ada.late) == (HANDED_IN, timedelta(minutes=30))
    assert (ben.handed_in, ben.late) == (HANDED_IN, timedelta())
    assert (cleo.handed_in, cleo.late) == (None, timedelta())
    assert known.due == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert known.late == 1


def test_who_is_enrolled_and_handed_in_nothing_is_missing(course: Settings) -> None:
    school.enrol(course, "zoe")
    assert class_status.status(course, "sums").missing == ("zoe",)


def test_looking_changes_nothing(course: Settings) -> None:
    grade(course)
    before = {path: path.stat().st_mtime_ns for path in course.root.rglob("*")}
    class_status.status(course, "sums")
    assert {path: path.stat().st_mtime_ns for path in course.root.rglob("*")} == before


def test_an_unknown_assignment_is_named(course: Settings) -> None:
    with pytest.raises(CourseError, match="no assignment 'products'"):
        class_status.status(course, "products")
