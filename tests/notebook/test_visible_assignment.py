"""The visible part of an assignment: nothing of a hidden test is in it."""

from __future__ import annotations

import nbformat
import pytest

from grader import settings as course_settings
from grader.notebook.assignment import Assignment, grade_id, is_claim, load_assignment, source_path
from grader.notebook.submission.rebuild import rebuild
from grader.notebook.visible_assignment import VisibleAssignment, visible_assignment
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT

HEAD = "# Claim: it adds.\n# Hint: add.\n"
HIDDEN = "### BEGIN HIDDEN TESTS\nassert add(-1, -2) == -3  # SECRET\n### END HIDDEN TESTS"


def course_with(course: Settings, test: str) -> tuple[Assignment, VisibleAssignment]:
    """The tiny course with ``test`` as its second claim."""
    path = source_path(course, "sums")
    notebook = nbformat.read(path, as_version=4)
    next(c for c in notebook.cells if grade_id(c) == "adds_negatives").source = test
    nbformat.write(notebook, path)
    assignment = load_assignment(course, "sums")
    return assignment, visible_assignment(course, assignment)


@pytest.mark.parametrize(
    "test",
    [
        HEAD + HIDDEN,
        f"import numpy as np\n{HEAD}number = 1\n{HIDDEN}",
        f"# A hidden test stands here.\n{HIDDEN.replace('assert', HEAD + 'assert')}",
        f"assert add(1, 1) == 2\n{HIDDEN.replace('assert', HEAD + 'assert')}",
    ],
    ids=["comments", "preparations", "all of it", "the claim itself"],
)
def test_a_claim_whose_tests_are_hidden_is_none(tiny_course: Settings, test: str) -> None:
    whole, visible = course_with(tiny_course, test)
    assert visible.hidden == ("adds_negatives",)
    assert visible.part_hidden == ()
    assert [claim.name for claim in visible.assignment.claims] == ["adds", "totals"]
    assert [claim.name for claim in whole.claims] == ["adds", "adds_negatives", "totals"]
    for notebook in (visible.assignment.master, visible.assignment.source):
        assert "SECRET" not in nbformat.writes(notebook)
        assert [grade_id(cell) for cell in notebook.cells if is_claim(cell)] == ["adds", "totals"]


def test_a_claim_with_a_visible_part_is_tested_by_that(tiny_course: Settings) -> None:
    _, visible = course_with(tiny_course, f"{HEAD}assert add(1, 1) == 2\n{HIDDEN}")
    assert visible.hidden == ()
    assert visible.part_hidden == visible.withheld == ("adds_negatives",)
    cell = next(c for c in visible.assignment.master.cells if grade_id(c) == "adds_negatives")
    assert cell.source == f"{HEAD}assert add(1, 1) == 2"


def test_a_cell_that_the_hidden_part_alone_needs_is_not_named(tiny_course: Settings) -> None:
    hidden = HIDDEN.replace("add(-1, -2)", "math.fsum(add(-1, -2))")
    whole, visible = course_with(tiny_course, f"{HEAD}assert math.pi > 3\n{hidden}")
    assert whole.claims[1].needs == ("add",)
    assert visible.assignment.claims[1].needs == ()


def test_cells_of_a_student_keep_their_places(tiny_course: Settings) -> None:
    whole, visible = course_with(tiny_course, HEAD + HIDDEN)
    submitted = tiny.submission(tiny_course, tiny.GOOD)
    submitted.cells.insert(2, nbformat.v4.new_code_cell(""))
    submitted.cells.insert(3, nbformat.v4.new_code_cell("mine = 1"))
    places = [
        [cell.source for cell in rebuild(each, submitted).notebook.cells].index("mine = 1")
        for each in (whole, visible.assignment)
    ]
    assert places == [2, 2]


@pytest.mark.parametrize("name", course_settings.load(ROOT).assignments)
def test_the_visible_claims_of_the_course_are_those_of_the_release(name: str) -> None:
    course = course_settings.load(ROOT)
    visible = visible_assignment(course, load_assignment(course, name))
    released = nbformat.read(ROOT / "release" / name / f"{name}.ipynb", as_version=4)
    told = [grade_id(c) for c in released.cells if is_claim(c) and "# Claim: " in c.source]
    assert [claim.name for claim in visible.assignment.claims] == told
    assert visible.hidden
