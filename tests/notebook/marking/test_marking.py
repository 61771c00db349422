"""A class's answers, and marks that a person gives them, in a real gradebook."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from grader import settings as course_settings
from grader.errors import ConfigurationError, CourseError
from grader.notebook import course_lock, gradebook_queries
from grader.notebook.assignment import grade_id, load_assignment
from grader.notebook.marking import alike, answers, marks
from grader.notebook.marking.marks import Saved
from grader.notebook.marking.questions import find, questions
from grader.notebook.submission import paths
from grader.reports.marking_page import Answer, Question
from grader.settings import Settings
from tests.notebook.exports import school
from tests.notebook.marking import written
from tests.notebook.marking.written import QUESTION


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A class that nobody changes."""
    return written.make(tmp_path_factory.mktemp("class"))


@pytest.fixture
def course(whole: Settings, tmp_path: Path) -> Settings:
    """A copy of it, to be marked."""
    return school.copy(whole, tmp_path / "course")


def asked(course: Settings) -> Question:
    return find(questions(load_assignment(course, "sums")), "")


def mark(
    course: Settings, answer: Answer, points: float = 4, comment: str = "Say where from."
) -> Saved:
    versions = {answer.student: answer.version}
    saved = marks.save(course, "sums", asked(course), versions, points=points, comment=comment)
    return saved[answer.student]


def one(course: Settings, student: str = "ada") -> Answer:
    return answers.read_one(course, "sums", QUESTION, student)


def test_a_question_has_its_points_and_the_text_ahead_of_it(whole: Settings) -> None:
    question = asked(whole)
    assert (question.name, question.points) == (QUESTION, 5)
    assert "Sums" in question.text
    with pytest.raises(CourseError, match="no question is called 'essay': expected one of written"):
        find((question,), "essay")


def test_answers_that_are_alike_stand_together_and_empty_ones_last(whole: Settings) -> None:
    found = answers.read(whole, "sums", QUESTION)
    students = [answer.student for answer in found]
    assert students[:2] == ["ben", "cleo"]
    assert found[0].group == found[1].group != found[2].group
    assert students[-1] == "eve"
    eve = found[-1]
    assert (eve.score, eve.to_mark, eve.text) == (0, False, "")
    assert all(answer.to_mark and answer.score is None for answer in found[:-1])


def test_an_answer_is_rendered_and_nothing_in_it_runs(whole: Settings) -> None:
    assert "<strong>learned</strong>" in one(whole).text
    assert "<math" in one(whole).text
    hostile = one(whole, "dan").text
    assert "<script" not in hostile
    assert "&lt;script&gt;" in hostile
    assert "<b " not in hostile


def test_a_mark_is_the_formgraders_too(course: Settings) -> None:
    saved = mark(course, one(course), 3.5)
    after = one(course)
    assert saved == Saved(after)
    assert (after.score, after.to_mark, after.comment) == (3.5, False, "Say where from.")
    with school.opened(course) as book:
        grade = book.find_grade(QUESTION, "sums", "sums", "ada")
        assert (grade.manual_score, grade.needs_manual_grade) == (3.5, False)
        assert book.find_comment(QUESTION, "sums", "sums", "ada").comment == "Say where from."
    assert gradebook_queries.scores(course, "sums")["ada"].text == "9.5 / 11"
    mark(course, after, 0, "")
    assert one(course).comment == ""


def test_what_was_changed_elsewhere_is_not_overwritten(course: Settings) -> None:
    seen = one(course)
    school.comment(course, "ada", "From the formgrader.")
    now = one(course)
    saved = mark(course, seen)
    assert saved.answer == now == one(course)
    assert "nothing was saved; look at it again" in saved.problem
    assert (now.score, now.comment) == (None, "From the formgrader.")
    written.answer(course, "ada", "Handed in again, and graded again.")
    assert mark(course, now).problem


def test_answers_that_are_alike_are_marked_together_and_each_by_its_version(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, refreshed = [], []
    open_book, refresh = marks.gradebook.opened, marks.late_penalties.refresh
    monkeypatch.setattr(
        marks.gradebook, "opened", lambda *given: opened.append(1) or open_book(*given)
    )
    monkeypatch.setattr(
        marks.late_penalties, "refresh", lambda *given: refreshed.append(given) or refresh(*given)
    )
    versions = {student: one(course, student).version for student in ("ben", "cleo")}
    versions |= {"ada": "earlier", "zoe": "none"}
    saved = marks.save(course, "sums", asked(course), versions, points=3, comment="Both.")
    assert [student for student in saved if not saved[student].problem] == ["ben", "cleo"]
    for student in ("ben", "cleo"):
        assert (one(course, student).score, one(course, student).comment) == (3, "Both.")
    assert "changed elsewhere" in saved["ada"].problem
    assert saved["ada"].answer == one(course)
    assert saved["zoe"] == Saved(
        None, "zoe has no graded answer to written_answer: grade it first (grader grade sums)"
    )
    assert len(opened) == 1, "the gradebook is opened once for all of them"
    assert [list(students) for _, _, students in refreshed] == [["ben", "cleo"]]


@pytest.mark.parametrize("points", [-1, 5.5, float("nan"), float("inf")])
def test_points_that_are_not_possible_are_refused(course: Settings, points: float) -> None:
    with pytest.raises(CourseError, match="points were given: expected 0 to 5"):
        mark(course, one(course), points)
    assert one(course).to_mark


def test_a_very_long_comment_is_refused(course: Settings) -> None:
    with pytest.raises(CourseError, match="expected at most 5000"):
        mark(course, one(course), comment="no" * 3000)


def test_one_process_writes_at_a_time(course: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "_WAIT_SECONDS", 0.05)
    with (
        course_lock.writing(course),
        pytest.raises(ConfigurationError, match="the gradebook is being written by process"),
    ):
        mark(course, one(course))


def test_a_late_penalty_follows_the_mark(course: Settings) -> None:
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    with school.opened(course) as book:
        book.update_or_create_assignment("sums", duedate="2026-01-01")
        book.update_or_create_submission("sums", "ada", timestamp="2026-01-02")
    mark(course, one(course), 4)
    assert gradebook_queries.scores(course, "sums")["ada"].earned == 0


def test_pictures_are_encoded_again_and_loaded_with_their_answer_alone(course: Settings) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "PNG")
    file = paths.submission(course, "ada", "sums").autograded_notebook
    notebook = nbformat.read(file, as_version=4)
    cell = next(c for c in notebook.cells if grade_id(c) == QUESTION)
    encoded = base64.b64encode(picture.getvalue()).decode()
    cell.source = "![sketch](attachment:sketch.png)"
    cell.attachments = {"sketch.png": {"image/png": encoded}, "bad.png": {"image/png": "AAAA"}}
    nbformat.write(notebook, file)
    listed = {answer.student: answer for answer in answers.read(course, "sums", QUESTION)}["ada"]
    assert (listed.pictured, listed.pictures) == (True, ())
    bad, good = one(course).pictures
    assert good.png
    assert "bad.png was left out" in bad.text


def test_nothing_graded_and_no_such_student_are_said(whole: Settings, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="zoe has no graded answer to written_answer"):
        one(whole, "zoe")
    course = written.make(tmp_path / "empty", {})
    with pytest.raises(CourseError, match="no answer of sums is graded yet"):
        answers.read(course, "sums", QUESTION)


def test_an_assignment_without_written_answers_is_said(whole: Settings, tmp_path: Path) -> None:
    course = school.copy(whole, tmp_path / "course")
    file = course.root / "source" / "sums" / "sums.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.cells = [c for c in notebook.cells if grade_id(c) != QUESTION]
    nbformat.write(notebook, file)
    with pytest.raises(CourseError, match="sums has no answer that a person marks"):
        questions(load_assignment(course_settings.load(course.root), "sums"))


def test_short_answers_are_alike_only_if_they_are_the_same() -> None:
    texts = {"ada": "Yes.", "ben": " yes. ", "cleo": "Yes!", "dan": "", "eve": " "}
    assert alike.groups(texts) == (("ada", "ben"), ("cleo",), ("dan", "eve"))
