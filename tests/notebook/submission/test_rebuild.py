from __future__ import annotations

import copy

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.utils import compute_checksum

from grader.notebook.assignment import Assignment, grade_id, part_of
from grader.notebook.submission import rebuild as rebuild_module
from grader.notebook.submission.rebuild import rebuild
from grader.settings import Settings
from tests import tiny


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


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


def insert_behind(notebook: NotebookNode, name: str, *cells: NotebookNode) -> None:
    place = notebook.cells.index(cell(notebook, name)) + 1
    notebook.cells[place:place] = cells


def copied(notebook: NotebookNode, name: str, text: str, id_: str = "second") -> NotebookNode:
    second = copy.deepcopy(cell(notebook, name))
    second.update(source=text, id=id_)
    return second


def texts(notebook: NotebookNode) -> list[str]:
    return [one.source for one in notebook.cells]


def without_metadata(notebook: NotebookNode, ids: bool = False) -> NotebookNode:
    """As other editors hand a notebook back; with new ids, or with the old ones."""
    for number, one in enumerate(notebook.cells):
        one.metadata = {}
        one.id = one.id if ids else f"colab{number}"
    return notebook


def test_parts_of_a_split_cell_run_in_order_and_apart(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "add").source = "def plus(a, b):\n    return a + b"
    insert_behind(submitted, "add", copied(submitted, "add", "add = plus"))
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt.notebook)[2:4] == ["def plus(a, b):\n    return a + b", "add = plus"]
    assert [part_of(one) for one in rebuilt.notebook.cells[2:4]] == ["add", "add"]
    assert grade_id(rebuilt.notebook.cells[3]) == ""
    assert rebuilt.notes == ("cell add came 2 times: all of them run, in order",)


@pytest.mark.parametrize("metadata", [True, False])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("def add(a, b):\n    total = a + b", "    return total"),
        ("def add(a, b):\n    return (a", "        + b)"),
        ("def add(a, b):\n    if a:", "        return a + b\n    return b"),
    ],
)
def test_a_cell_that_was_split_inside_of_a_statement_is_joined(
    assignment: Assignment, submitted: NotebookNode, first: str, second: str, metadata: bool
) -> None:
    cell(submitted, "add").source = first
    insert_behind(submitted, "add", copied(submitted, "add", second))
    rebuilt = rebuild(assignment, submitted if metadata else without_metadata(submitted))
    assert cell(rebuilt.notebook, "add").source == f"{first}\n{second}"
    assert len(rebuilt.notebook.cells) == len(assignment.master.cells)
    said = "cell add was split inside of a statement: its rest stands in cell 4 of the notebook"
    assert said in rebuilt.notes


@pytest.mark.parametrize("second", ["print(add(1, 2))", "print(add(1, 2)", "    return add("])
def test_what_follows_an_answer_and_is_no_part_of_it_is_not_joined(
    assignment: Assignment, submitted: NotebookNode, second: str
) -> None:
    insert_behind(submitted, "add", new_code_cell(second))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert texts(rebuilt.notebook)[3] == second


def test_a_copy_that_is_the_stub_is_left_out(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    stub = cell(assignment.master, "add").source
    cell(submitted, "add").source = stub.replace("\n", "\r\n") + "  "
    insert_behind(submitted, "add", copied(submitted, "add", tiny.GOOD["add"]))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert len(rebuilt.notebook.cells) == len(assignment.master.cells)
    assert rebuilt.untouched == ("written_answer",)
    assert "came again as it was handed out" in rebuilt.notes[0]


def test_the_answer_counts_where_the_stub_stands_below_it(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    stub = cell(assignment.master, "add").source
    insert_behind(submitted, "add", copied(submitted, "add", stub))
    assert stub not in texts(rebuild(assignment, submitted).notebook)


def test_a_copy_to_play_with_stays_below_the_tests(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells.append(copied(submitted, "add", "def add(a, b):\n    return 0"))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert texts(rebuilt.notebook)[-1] == "def add(a, b):\n    return 0"
    assert part_of(rebuilt.notebook.cells[-1]) == ""


def test_an_answer_without_metadata_counts_before_a_copy_below_that_has_them(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    play = copied(submitted, "add", "def add(a, b):\n    return 0")
    cell(submitted, "add").update(metadata={}, id="own")
    submitted.cells.append(play)
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert texts(rebuilt.notebook)[-1] == play.source
    assert "cell 3 of the notebook was taken for the answer" in rebuilt.notes[0]
    assert "came again as cell 9 of the notebook, apart from its answer" in rebuilt.notes[1]


def test_an_answer_that_was_moved_below_counts_where_nothing_stands_in_its_place(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    answer = cell(submitted, "add")
    submitted.cells.remove(answer)
    submitted.cells[2:2] = [new_code_cell("added = 3")]
    submitted.cells.append(answer)
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert rebuilt.notes == ()


def test_a_copy_to_play_with_stays_between_two_tests(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    play = "def add(a, b):\n    return 0"
    insert_behind(submitted, "adds", copied(submitted, "add", play))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    behind = [one.id for one in rebuilt.notebook.cells[2:6]]
    assert behind == ["add", "adds", "extra-4", "adds-negatives"]
    assert rebuilt.notebook.cells[4].source == play


def test_a_draft_far_above_its_answer_stays_there(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells.insert(1, copied(submitted, "total", "def total(numbers):\n    return 0"))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "total").source == tiny.GOOD["total"]
    assert [one.id for one in rebuilt.notebook.cells[:3]] == ["title", "extra-1", "imports"]
    assert rebuilt.notes == (
        "cell total came again as cell 2 of the notebook, apart from its answer: it runs there",
    )


@pytest.mark.parametrize("known", [True, False])
def test_what_stands_between_a_stub_and_the_answer_runs_before_the_answer(
    assignment: Assignment, submitted: NotebookNode, known: bool
) -> None:
    scratch = new_code_cell("def helped(a, b):\n    return 0", id="scratch")
    answer = copied(submitted, "add", tiny.GOOD["add"])
    answer.metadata = answer.metadata if known else {}
    cell(submitted, "add").source = cell(assignment.master, "add").source
    insert_behind(submitted, "add", scratch, answer)
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt.notebook)[2:4] == [scratch.source, answer.source]
    assert [one.id for one in rebuilt.notebook.cells[2:5]] == ["extra-3", "add", "adds"]


def test_a_name_that_is_played_with_below_answers_for_no_cell_above(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "add").source = "\n\n".join(tiny.GOOD.values())
    cell(submitted, "total").source = ""
    submitted.cells.append(new_code_cell("def total(numbers):\n    return 0", id="play"))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "total").source.startswith("# This answer stands in another cell")
    assert rebuilt.notebook.cells[-1].source == "def total(numbers):\n    return 0"


def test_merged_answers_are_found_where_metadata_are_lost(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "add").source = "\n\n".join(tiny.GOOD.values())
    cell(submitted, "total").source = "# see above"
    rebuilt = rebuild(assignment, without_metadata(submitted))
    assert cell(rebuilt.notebook, "total").source.startswith("# This answer stands in another cell")
    assert rebuilt.missing == ()


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


@pytest.mark.parametrize("ids", [True, False])
def test_answers_are_found_where_metadata_are_lost(
    assignment: Assignment, submitted: NotebookNode, ids: bool
) -> None:
    cell(submitted, "written_answer").source = "Because."
    expected = rebuild(assignment, submitted).notebook
    rebuilt = rebuild(assignment, without_metadata(submitted, ids))
    assert rebuilt.notebook == expected
    assert rebuilt.untouched == rebuilt.missing == rebuilt.waiting == ()
    assert rebuilt.notes[0].startswith("the notebook has lost nbgrader's metadata")


def test_an_answer_without_metadata_is_not_overwritten_by_the_stub(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    answer = new_code_cell(tiny.GOOD["add"])
    submitted.cells = [answer, *(one for one in submitted.cells if grade_id(one) != "add")]
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt.notebook)[0] == tiny.GOOD["add"]
    assert cell(rebuilt.notebook, "add").source.startswith("# This answer stands in another cell")
    assert rebuilt.untouched == ("written_answer",)


def test_a_cell_of_its_own_answers_for_the_stub_above(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "add").source = cell(assignment.master, "add").source
    insert_behind(submitted, "add", new_code_cell("%%time\n" + tiny.GOOD["add"]))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == "%%time\n" + tiny.GOOD["add"]
    assert "cell 4 of the notebook was taken for the answer" in rebuilt.notes[0]


def test_merged_cells_answer_both(assignment: Assignment, submitted: NotebookNode) -> None:
    cell(submitted, "add").source = "\n\n".join(tiny.GOOD.values())
    submitted.cells = [one for one in submitted.cells if grade_id(one) != "total"]
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.missing == ()
    assert cell(rebuilt.notebook, "total").source.startswith("# This answer stands in")


def test_cells_merged_with_the_later_run_at_the_earlier(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "total").source = "\n\n".join(tiny.GOOD.values())
    submitted.cells = [one for one in submitted.cells if grade_id(one) != "add"]
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == "\n\n".join(tiny.GOOD.values())
    assert cell(rebuilt.notebook, "total").source.startswith("# This answer stands in")


@pytest.mark.parametrize("place", ["adds", "total"])
def test_a_test_that_was_merged_with_an_answer_is_left_out(
    assignment: Assignment, submitted: NotebookNode, place: str
) -> None:
    test, answer = cell(submitted, "adds").source, tiny.GOOD["total"]
    cell(submitted, place).source = f"{test}\n\n{answer}\n{test}"
    submitted.cells = [c for c in submitted.cells if grade_id(c) == place or grade_id(c) != "total"]
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.waiting == ()
    assert answer in "".join(texts(rebuilt.notebook))
    assert texts(rebuilt.notebook).count(cell(assignment.master, "adds").source) == 1
    assert not any(test in text and answer in text for text in texts(rebuilt.notebook))


@pytest.mark.parametrize("fence", ["```python\n{}\n```", "~~~\r\n{}\r\n~~~\r\n", "{}"])
def test_an_answer_that_became_text_is_code_again(
    assignment: Assignment, submitted: NotebookNode, fence: str
) -> None:
    answer = cell(submitted, "add")
    answer.cell_type, answer.source = "markdown", fence.format(tiny.GOOD["add"])
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert "cell add was handed in as text, and was run as code" in rebuilt.notes


def test_an_answer_in_a_copy_of_another_cell_is_found(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    """A copied cell keeps the ``grade_id`` of the first, whatever is written into it."""
    place = submitted.cells.index(cell(submitted, "total"))
    submitted.cells[place] = copied(submitted, "add", tiny.GOOD["total"])
    rebuilt = rebuild(assignment, submitted)
    assert (rebuilt.missing, rebuilt.waiting) == ((), ())
    assert cell(rebuilt.notebook, "total").source == tiny.GOOD["total"]


def test_a_given_cell_merged_with_an_answer_is_the_answer(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells[1].source += "\n\n" + tiny.GOOD["add"]
    submitted.cells = [one for one in submitted.cells if grade_id(one) != "add"]
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == "import math\n\n" + tiny.GOOD["add"]


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


def test_text_below_the_question_is_the_answer(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells += [new_markdown_cell("## My answer"), new_markdown_cell("Because.")]
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "written_answer").source == "## My answer\n\nBecause."
    assert rebuilt.untouched == rebuilt.waiting == ()
    assert "cells 9, 10 of the notebook were taken" in rebuilt.notes[0]


@pytest.mark.parametrize("magic", ["%%markdown", "%md", "%md-sandbox"])
def test_text_in_code_below_the_question_is_the_answer(
    assignment: Assignment, submitted: NotebookNode, magic: str
) -> None:
    submitted.cells.append(new_code_cell(f"{magic}\nBecause."))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "written_answer").source == f"{magic}\nBecause."


def test_text_elsewhere_lets_an_untouched_answer_wait(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells[0].source += "\nMy answer: because."
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.untouched == rebuilt.waiting == ("written_answer",)
    assert "My answer: because." in "\n".join(texts(rebuilt.notebook))
    assert "look at cell 1 of the notebook" in rebuilt.notes[0]


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("print('Because sums of numbers are numbers')", True),
        ("answer = 'Because sums of numbers are numbers'", True),
        ("%%html\n<p>Because.", True),
        ("print('total:', total([1, 2]))", False),
        ("print('Because sums of numbers are numbers'", False),
    ],
)
def test_a_sentence_in_code_below_the_question_lets_the_answer_wait(
    assignment: Assignment, submitted: NotebookNode, text: str, waits: bool
) -> None:
    submitted.cells.append(new_code_cell(text))
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt.notebook)[-1] == text
    assert rebuilt.waiting == (("written_answer",) if waits else ())
    assert any("look at cell 9 of the notebook" in note for note in rebuilt.notes) is waits


def test_nothing_waits_where_nothing_was_written(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells.append(new_code_cell("add(2, 3)"))
    rebuilt = rebuild(assignment, submitted)
    assert (rebuilt.untouched, rebuilt.waiting) == (("written_answer",), ())


def test_a_missing_answer_waits(assignment: Assignment, submitted: NotebookNode) -> None:
    submitted.cells = [one for one in submitted.cells if grade_id(one) != "total"]
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.missing == rebuilt.waiting == ("total",)


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


@pytest.mark.parametrize("kind", ["markdown", "test"])
def test_code_that_does_not_run_lets_the_claims_wait(
    assignment: Assignment, submitted: NotebookNode, kind: str
) -> None:
    cell(submitted, "add").source = cell(assignment.master, "add").source
    if kind == "markdown":
        submitted.cells.insert(3, new_markdown_cell(f"```python\n{tiny.GOOD['add']}\n```"))
    else:
        test = cell(submitted, "adds")
        test.source = test.source.replace("== 3", "== 4") + "\n\n" + tiny.GOOD["add"]
    rebuilt = rebuild(assignment, submitted)
    assert "add" in rebuilt.untouched
    assert "add" in rebuilt.waiting
    assert "cell add is as it was handed out, but there is text elsewhere" in rebuilt.notes[0]


@pytest.mark.parametrize(
    "change",
    ["%%time\n{}", "%matplotlib inline\n{}", "!pip list\n{}\n%time add(1, 2)", "{}\nadd?"],
)
def test_magics_do_not_hide_an_answer(
    assignment: Assignment, submitted: NotebookNode, change: str
) -> None:
    submitted.cells[2] = new_code_cell(change.format(tiny.GOOD["add"]))
    rebuilt = rebuild(assignment, without_metadata(submitted))
    assert cell(rebuilt.notebook, "add").source == change.format(tiny.GOOD["add"])


def test_an_answer_below_the_tests_brings_the_cells_that_it_needs(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    answer = copied(submitted, "add", "def add(a, b):\n    return plus(a, b)")
    cell(submitted, "add").source = cell(assignment.master, "add").source
    first, second = (
        new_code_cell("one = 1"),
        new_code_cell("def plus(a, b):\n    return a + b * one"),
    )
    submitted.cells += [first, new_code_cell("two = 2"), second, answer]
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt.notebook)[2:5] == [first.source, second.source, answer.source]
    assert texts(rebuilt.notebook)[-1] == "two = 2"


def test_what_stands_elsewhere_is_looked_for_once(
    assignment: Assignment, submitted: NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a cell of the course's, a notebook of much code would take the grader minutes."""
    looked = []
    monkeypatch.setattr(rebuild_module, "unread", lambda *given: looked.append(given) or {})
    rebuild(assignment, submitted)
    assert len(looked) == 1
