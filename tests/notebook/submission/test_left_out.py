"""Experiments are left out of grading, unless a student's own code needs one."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.notebook import experiments
from grader.notebook.assignment import Assignment, grade_id, load_assignment, source_path
from grader.notebook.submission.rebuild import Rebuilt, rebuild
from grader.settings import Settings
from tests import tiny

FIRST = "import math\nlearned = [math.pi]\nfigure = 1"
SECOND = "better = learned + [2]"


@pytest.fixture
def assignment(tiny_course: Settings) -> Assignment:
    """The tiny exercise with two experiments behind its imports, the second of which needs one."""
    source = tiny.source()
    tags = {"tags": [experiments.TAG]}
    source.cells[2:2] = [
        new_code_cell(FIRST, id="first", metadata=tags),
        new_code_cell(SECOND, id="second", metadata=tags),
    ]
    nbformat.write(source, source_path(tiny_course, "sums"))
    return load_assignment(tiny_course, "sums")


@pytest.fixture
def submitted(assignment: Assignment) -> NotebookNode:
    notebook = copy.deepcopy(assignment.master)
    for cell in notebook.cells:
        cell.source = tiny.GOOD.get(grade_id(cell), cell.source)
    return notebook


def by_id(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


def add(notebook: NotebookNode, text: str) -> None:
    notebook.cells.append(new_code_cell(text, id="own"))


def not_run(rebuilt: Rebuilt) -> list[str]:
    """Ids of the cells of code that do not run, by what the judge asks."""
    code = (cell for cell in rebuilt.notebook.cells if cell.cell_type == "code")
    return [cell.id for cell in code if not rebuilt.runs(cell)]


def test_unchanged_experiments_are_left_out_and_say_so(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    by_id(submitted, "first").outputs = [
        nbformat.v4.new_output("stream", text="made up by a student")
    ]
    rebuilt = rebuild(assignment, submitted)
    assert not_run(rebuilt) == ["first", "second"]
    for name in not_run(rebuilt):
        cell = by_id(rebuilt.notebook, name)
        assert experiments.was_left_out(cell)
        assert [output.text for output in cell.outputs] == [
            "This experiment was not run again when the work was graded."
        ]
    assert rebuilt.notes == ()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("print(figure)", ["second"]),
        ("print(better)", []),  # which needs the first
        ("figure = 3\nprint(figure)", ["first", "second"]),
        ("figure = figure + 1", ["second"]),
        ("def own(figure):\n    return figure", ["first", "second"]),
        ("def own():\n    return figure", ["second"]),
        ("import math\nprint(math.pi)", ["first", "second"]),
        ("%%timeit\nfigure + 1", ["second"]),
        ("%timeit figure + 1", ["second"]),
        ("print(figure", ["second"]),  # is no Python: any of its words may be a name
        ("eval('fig' + 'ure')", []),
        ("print('figure')", ["first", "second"]),
    ],
)
def test_an_experiment_runs_if_the_students_code_uses_what_it_binds(
    assignment: Assignment, submitted: NotebookNode, text: str, left: list[str]
) -> None:
    add(submitted, text)
    rebuilt = rebuild(assignment, submitted)
    assert not_run(rebuilt) == left
    ran = {"first", "second"} - set(left)
    assert not any(experiments.was_left_out(by_id(rebuilt.notebook, name)) for name in ran)


def test_an_answer_may_use_an_experiment(assignment: Assignment, submitted: NotebookNode) -> None:
    by_id(submitted, "add").source = "def add(a, b):\n    return a + b + 0 * learned[0]"
    assert not_run(rebuild(assignment, submitted)) == ["second"]


def changed(notebook: NotebookNode, text: str) -> NotebookNode:
    by_id(notebook, "first").source = text
    return notebook


def test_a_changed_experiment_is_kept_and_not_run(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    rebuilt = rebuild(assignment, changed(submitted, f"{FIRST}\nmine = 1"))
    assert not_run(rebuilt) == ["first", "extra-2", "second"]
    assert by_id(rebuilt.notebook, "first").source == FIRST
    assert by_id(rebuilt.notebook, "extra-2").source == f"{FIRST}\nmine = 1"
    assert by_id(rebuilt.notebook, "extra-2").outputs == by_id(rebuilt.notebook, "first").outputs
    assert rebuilt.notes == ()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"{FIRST}\nmine = 1", ["first", "second"]),
        ("mine, learned = 1, 2", ["first", "second"]),
        ("mine = better", []),  # it needs the second, and that needs the course's own first
        ("from math import *\nmine = pi", ["first", "second"]),
    ],
)
def test_a_changed_experiment_runs_if_the_students_code_needs_it(
    assignment: Assignment, submitted: NotebookNode, text: str, left: list[str]
) -> None:
    add(submitted, "print(mine)")
    assert not_run(rebuild(assignment, changed(submitted, text))) == left


def test_a_changed_experiment_runs_if_a_test_needs_it(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    text = "def add(a, b):\n    return sum([a, b])"
    assert not_run(rebuild(assignment, changed(submitted, text))) == ["first", "second"]


def test_copies_and_deleted_experiments_change_nothing(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    add(submitted, FIRST)
    assert not_run(rebuild(assignment, submitted)) == ["first", "second"]
    del submitted.cells[2]
    assert not_run(rebuild(assignment, submitted)) == ["first", "second"]


def test_a_students_tag_leaves_nothing_out(assignment: Assignment, submitted: NotebookNode) -> None:
    add(submitted, "own = 1")
    for cell in submitted.cells:
        cell.metadata["tags"] = [experiments.TAG]
    by_id(submitted, "first").metadata["tags"] = []
    rebuilt = rebuild(assignment, submitted)
    assert not_run(rebuilt) == ["first", "second"]
    assert by_id(rebuilt.notebook, "extra-10") in rebuilt.notebook.cells


def test_metadata_that_are_lost_leave_the_same_out(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    for number, cell in enumerate(submitted.cells):
        cell.metadata, cell.id = {}, f"new{number}"
    assert not_run(rebuild(assignment, submitted)) == ["first", "second"]


def test_a_notebook_without_experiments_leaves_nothing_out(tmp_path: Path) -> None:
    course = tiny.make_course(tmp_path, cell_seconds=20)
    assignment = load_assignment(course, "sums")
    assert rebuild(assignment, tiny.submission(course, tiny.GOOD)).left_out == frozenset()


def test_very_much_code_is_not_looked_through(
    assignment: Assignment, submitted: NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each statement takes a tenth of a millisecond, in the grader's own process."""
    add(submitted, "x = 1\n" * 100)
    assert not_run(rebuild(assignment, submitted)) == ["first", "second"]
    monkeypatch.setattr("grader.notebook.submission.left_out.MOST", 600)
    assert not_run(rebuild(assignment, submitted)) == []
