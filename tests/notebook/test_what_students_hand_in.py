"""A tiny class whose notebooks went through other editors, graded once through nbgrader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.notebook import autograde
from grader.notebook.class_run import Result
from grader.notebook.exports import standings
from grader.notebook.exports.standings import Standing, State
from grader.notebook.reporting import class_report, feedback
from grader.notebook.submission import paths
from grader.settings import Settings
from tests import tiny
from tests.notebook.exports import school
from tests.notebook.submission.notebook_edits import cell, copied, insert_after, without_metadata
from tests.notebook.submission.test_pictures import png

pytestmark = pytest.mark.kernel

Change = Callable[[NotebookNode], object]
Graded = tuple[Settings, dict[str, Result]]


def split(notebook: NotebookNode) -> None:
    second = copied(notebook, "add", "def add(a, b):\n    return plus(a, b)")
    cell(notebook, "add").source = "def plus(a, b):\n    return a + b"
    insert_after(notebook, "add", second)


def part_that_fails(notebook: NotebookNode) -> None:
    split(notebook)
    cell(notebook, "add").source = "def plus(a, b):\n    return a + b\n1 / 0"
    insert_after(notebook, "add", new_code_cell("assert plus(1, 2) == 3"))


def change_given(notebook: NotebookNode) -> None:
    notebook.cells[1].source = "import math\nfrom operator import add as plus"
    cell(notebook, "add").source = "add = plus"


def delete_total(notebook: NotebookNode) -> None:
    notebook.cells.remove(cell(notebook, "total"))


def answer_below(notebook: NotebookNode) -> None:
    notebook.cells.append(new_markdown_cell("Because of ![](photo.png)"))


def answer_in_the_title(notebook: NotebookNode) -> None:
    notebook.cells[0].source += "\n\nMy answer: because."


def windows(notebook: NotebookNode) -> None:
    for each in notebook.cells:
        each.source = each.source.replace("\n", "\r\n")


CLASS: dict[str, Change] = {
    "split": split,
    "part_that_fails": part_that_fails,
    "metadata_lost": without_metadata,
    "given_changed": change_given,
    "total_missing": delete_total,
    "answer_below": answer_below,
    "answer_in_title": answer_in_the_title,
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    course = tiny.make_course(tmp_path_factory.mktemp("course"), cell_seconds=20)
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    for student, change in CLASS.items():
        notebook = tiny.submission(course, tiny.GOOD)
        change(notebook)
        tiny.hand_in(course, student, notebook)
    folder = paths.submission(course, "answer_below", "sums").submitted
    (folder / "photo.png").write_bytes(png())
    blank = tiny.submission(course, {})
    windows(blank)
    tiny.hand_in(course, "untouched_crlf", blank)
    good = nbformat.writes(tiny.submission(course, tiny.GOOD))
    copied = tiny.hand_in(course, "copied", tiny.submission(course, {}))
    copied.with_name("sums-Copy1.ipynb").write_text(good)
    renamed = tiny.hand_in(course, "renamed", "")
    renamed.unlink()
    renamed.with_name("sums (1).ipynb.txt").write_bytes(good.encode("utf-16"))
    return course, {result.student: result for result in autograde.grade(course, "sums")}


def standing(course: Settings, student: str) -> Standing:
    with school.opened(course) as book:
        return standings.read(book, course).of["sums", student]


def autograded(course: Settings, student: str) -> NotebookNode:
    return nbformat.read(paths.submission(course, student, "sums").autograded_notebook, 4)


def result(graded: Graded, student: str) -> tuple[float, str]:
    found = graded[1][student].graded
    assert found is not None, graded[1][student].problem
    return found.score, "; ".join(found.notes)


@pytest.mark.parametrize(
    ("student", "note"),
    [
        ("split", "cell add came 2 times: all of them run, in order"),
        ("metadata_lost", "the notebook has lost nbgrader's metadata"),
        ("given_changed", "given cell imports was changed"),
        ("answer_below", "cell 9 of the notebook was taken for the answer"),
        ("answer_in_title", "there is text elsewhere: look at cell 1 of the notebook"),
        ("copied", "sums-Copy1.ipynb is graded, since sums.ipynb is as it was handed out"),
        ("renamed", "sums (1).ipynb.txt is graded, since sums.ipynb is missing"),
    ],
)
def test_right_answers_get_their_points_and_a_note(graded: Graded, student: str, note: str) -> None:
    score, notes = result(graded, student)
    assert score == 6
    assert note in notes


def test_the_part_that_failed_is_told(graded: Graded) -> None:
    found = graded[1]["part_that_fails"].graded
    assert found is not None
    assert found.score == 6  # what it defined before is there, as in the student's kernel


def test_windows_line_ends_are_no_attempt(graded: Graded) -> None:
    found = graded[1]["untouched_crlf"].graded
    assert found is not None
    assert {verdict.outcome.value for verdict in found.verdicts} == {"not attempted"}
    assert standing(graded[0], "untouched_crlf").state is State.FINAL


def test_what_may_be_lost_waits_for_a_person(graded: Graded) -> None:
    found = graded[1]["total_missing"].graded
    assert found is not None
    assert [verdict.score for verdict in found.verdicts] == [2, 1, None]
    assert not graded[1]["total_missing"].faulty
    assert standing(graded[0], "total_missing").waiting == ("totals",)
    assert standing(graded[0], "answer_in_title").waiting == ("written_answer",)
    assert standing(graded[0], "split").state is State.FINAL  # no response is a response


def test_a_person_sees_the_answer_and_its_picture(graded: Graded) -> None:
    answer = cell(autograded(graded[0], "answer_below"), "written_answer")
    assert answer.source == "Because of ![](photo.png)"
    assert list(answer.attachments["photo.png"]) == ["image/png"]
    assert standing(graded[0], "answer_below").waiting == ("written_answer",)


def test_the_report_names_what_waits(graded: Graded) -> None:
    entries = {entry.student: entry for entry in class_report.gather(graded[0], "sums").entries}
    assert entries["total_missing"].waiting == ("totals",)
    assert entries["answer_in_title"].waiting == ("written_answer",)
    assert entries["split"].cells[:2] == (
        "def plus(a, b):\n    return a + b",
        "def add(a, b):\n    return plus(a, b)",
    )


def test_feedback_shows_the_answer_its_picture_and_the_note(graded: Graded) -> None:
    (written,) = feedback.generate(graded[0], "sums", ["answer_below"])
    assert written.page is not None, written.problem
    page = written.page.read_text()
    assert "Because of <em>[picture]</em>" in page  # it is shown below the text
    assert 'alt="photo.png"' in page
    assert "cell 9 of the notebook was taken for the answer" in page


def test_nothing_is_judged_again_and_time_counts(graded: Graded) -> None:
    course = graded[0]
    assert not any(found.fresh for found in autograde.grade(course, "sums"))
    folder = paths.submission(course, "split", "sums").submitted
    (folder / "timestamp.txt").write_text("2026-01-15 13:00:00 UTC")
    for hour, penalty in ((12, 6.0), (14, 0.0)):
        with school.opened(course) as book:
            book.update_or_create_assignment("sums", duedate=datetime(2026, 1, 15, hour))
        (found,) = autograde.grade(course, "sums", ["split"])
        assert (found.fresh, found.other_penalty) == (False, True)
        assert standing(course, "split").penalty == penalty


def test_a_changed_file_is_judged_again(graded: Graded) -> None:
    course = graded[0]
    helper = paths.submission(course, "given_changed", "sums").submitted / "helper.py"
    helper.write_text("x = 1")
    (found,) = autograde.grade(course, "sums", ["given_changed"])
    assert found.fresh
