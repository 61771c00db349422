"""The notebook that is graded: the course's own cells, and what it takes from a submission."""

from __future__ import annotations

import copy

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.utils import compute_checksum

from grader.notebook.assignment import Assignment, grade_id
from grader.notebook.submission.rebuild import rebuild
from grader.settings import Settings
from tests import tiny
from tests.notebook.submission.notebook_edits import cell, copied, texts, without_metadata


def test_answers_are_taken_and_nothing_else(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    expected = copy.deepcopy(assignment.master)
    for name, text in tiny.GOOD.items():
        cell(expected, name).source = text
    submitted.metadata = {"kernelspec": {"name": "foreign"}}
    for one in submitted.cells:
        one.metadata.setdefault("nbgrader", {})["points"] = 1000
        one.metadata["tags"] = ["skip-execution"]
    cell(submitted, "adds").source = ""
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.notebook == expected
    assert rebuilt.untouched == ("written_answer",)


def test_deleted_cells_come_back(assignment: Assignment, submitted: NotebookNode) -> None:
    submitted.cells = [one for one in submitted.cells if grade_id(one) not in ("add", "adds")]
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "adds") == cell(assignment.master, "adds")
    assert cell(rebuilt.notebook, "add") == cell(assignment.master, "add")
    assert rebuilt.missing == ("add",)
    assert rebuilt.untouched == ("add", "written_answer")
    assert rebuilt.notes == ("cell add is missing",)


def test_a_changed_given_cell_runs_behind_the_courses(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells[1].source = "import math\nimport os"
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt.notebook)[1:3] == ["import math", "import math\nimport os"]
    assert rebuilt.notes[0].startswith("given cell imports was changed")


@pytest.mark.parametrize("text", ["import  math", "import math\r\n", "\n\nimport math   "])
def test_another_layout_of_a_given_cell_is_no_change(
    assignment: Assignment, submitted: NotebookNode, text: str
) -> None:
    submitted.cells[1].source = text
    rebuilt = rebuild(assignment, submitted)
    assert len(rebuilt.notebook.cells) == len(assignment.master.cells)
    assert rebuilt.notes == ()


def test_a_changed_test_is_shown_and_does_not_run(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "adds").source += "\nprint('mine')"
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "adds") == cell(assignment.master, "adds")
    shown = rebuilt.notebook.cells[4]
    assert shown.cell_type == "markdown"
    assert "print('mine')" in shown.source
    assert rebuilt.notes[0].startswith("test cell adds was changed: the course's own tests")


def changed_since(notebook: NotebookNode) -> NotebookNode:
    """The notebook of an earlier release, in which nbgrader's cells had another text."""
    for one in notebook.cells:
        if grade_id(one):
            one.source = f"{one.source}\n# as it was"
            one.metadata.nbgrader["checksum"] = compute_checksum(one)
            one.source = one.source.replace("\n", "\r\n")
    return notebook


def test_what_the_source_changed_since_the_release_is_no_change_of_the_students(
    tiny_course: Settings, assignment: Assignment
) -> None:
    rebuilt = rebuild(assignment, changed_since(tiny.submission(tiny_course, {})))
    assert rebuilt.notebook == assignment.master
    assert rebuilt.untouched == ("add", "total", "written_answer")
    assert (rebuilt.waiting, rebuilt.notes) == ((), ())


def test_a_cell_that_the_source_has_no_more_is_no_cell_of_the_students(
    tiny_course: Settings, assignment: Assignment
) -> None:
    submitted = tiny.submission(tiny_course, tiny.GOOD)
    former = copied(submitted, "adds", "assert add(1, 1) == 2, 'one and one is two, as we know'")
    former.metadata.nbgrader["grade_id"] = "adds_ones"
    former.metadata.nbgrader["checksum"] = compute_checksum(former)
    submitted.cells.append(former)
    rebuilt = rebuild(assignment, submitted)
    assert len(rebuilt.notebook.cells) == len(assignment.master.cells)
    assert (rebuilt.waiting, rebuilt.notes) == ((), ())


def test_a_change_of_the_students_counts_in_an_earlier_release_too(
    tiny_course: Settings, assignment: Assignment
) -> None:
    submitted = changed_since(tiny.submission(tiny_course, {}))
    cell(submitted, "add").source = tiny.GOOD["add"]
    cell(submitted, "adds").source += "\nprint('mine')"
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert rebuilt.untouched == ("total", "written_answer")
    assert [note.split(":")[0] for note in rebuilt.notes] == ["test cell adds was changed"]


def test_a_forged_id_moves_neither_a_test_nor_an_answer(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    forged = new_code_cell("def add(a, b):\n    return 7", id="adds")
    submitted.cells[0:0] = [forged, copied(submitted, "totals", "adds = 1", id_="totals")]
    rebuilt = rebuild(assignment, submitted)
    ours = [one for one in rebuilt.notebook.cells if grade_id(one)]
    assert [grade_id(one) for one in ours] == [
        grade_id(one) for one in assignment.master.cells if grade_id(one)
    ]
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert cell(rebuilt.notebook, "adds").source == cell(assignment.master, "adds").source


@pytest.mark.parametrize(
    "text",
    ["def add(a, b):\r\n    # YOUR CODE HERE\r\n", "# I could not do it\n"],
)
def test_a_stub_with_other_lines_around_it_is_untouched(
    assignment: Assignment, submitted: NotebookNode, text: str
) -> None:
    stub = cell(assignment.master, "add").source
    changed = text + stub if text.startswith("#") else stub.replace("\n", "\r\n")
    cell(submitted, "add").source = changed
    rebuilt = rebuild(assignment, submitted)
    assert "add" in rebuilt.untouched
    assert cell(rebuilt.notebook, "add").source == changed.replace("\r\n", "\n")


def test_pictures_of_an_answer_stay(assignment: Assignment, submitted: NotebookNode) -> None:
    answer = cell(submitted, "written_answer")
    answer.source = "![a](attachment:a.png)"
    answer.attachments = {"a.png": {"image/png": "aGk="}, "x.svg": {"image/svg+xml": "<svg/>"}}
    rebuilt = rebuild(assignment, submitted)
    kept = cell(rebuilt.notebook, "written_answer").attachments
    assert kept == {"a.png": {"image/png": "aGk="}}
    assert rebuilt.notes == (
        "left out of cell 8 of the notebook, since they are neither PNG nor JPEG: x.svg",
    )


def test_a_raw_cell_is_shown(assignment: Assignment, submitted: NotebookNode) -> None:
    submitted.cells.insert(1, new_raw_cell("some ``` text"))
    shown = rebuild(assignment, submitted).notebook.cells[1]
    assert shown.cell_type == "markdown"
    assert shown.source.endswith("````\nsome ``` text\n````")


def test_own_cells_stay_where_they_were_without_metadata(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    metadata = {"nbgrader": {"grade": True, "grade_id": "mine", "points": 99}, "tags": ["x"]}
    submitted.cells.insert(3, new_code_cell("helper = 1", metadata=metadata))
    submitted.cells.insert(0, new_markdown_cell("My notes"))
    submitted.cells.append(new_code_cell("   "))
    cells = rebuild(assignment, submitted).notebook.cells
    assert [one.source for one in cells][:5] == [
        "My notes", "# Sums", "import math", tiny.GOOD["add"], "helper = 1",
    ]  # fmt: skip
    assert cells[0].metadata == cells[4].metadata == {}
    assert len({one.id for one in cells}) == len(cells)
    assert len(cells) == len(assignment.master.cells) + 2


def test_course_cells_are_known_by_text_where_ids_were_lost(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    for one in submitted.cells:
        one.pop("id")
    assert (
        rebuild(assignment, submitted).notebook
        == rebuild(assignment, tiny_with_ids(assignment, submitted)).notebook
    )


def tiny_with_ids(assignment: Assignment, notebook: NotebookNode) -> NotebookNode:
    notebook = copy.deepcopy(notebook)
    for one, ours in zip(notebook.cells, assignment.master.cells, strict=True):
        one.id = ours.id
    return notebook


def test_a_changed_given_cell_is_known_by_likeness_where_metadata_are_lost(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    given = "import math\nimport random\nimport os\nprint(math.pi)"
    assignment.master.cells[1].source = assignment.released["imports"] = given
    submitted.cells[1].source = given + "\nimport sys"
    cell(submitted, "adds").source = cell(submitted, "adds").source + "\n# mine"
    rebuilt = rebuild(assignment, without_metadata(submitted))
    assert texts(rebuilt.notebook)[1:3] == [given, given + "\nimport sys"]
    assert any(note.startswith("given cell imports was changed") for note in rebuilt.notes)
    assert any(note.startswith("test cell adds was changed") for note in rebuilt.notes)
