"""What a handed-out notebook says of its claims agrees with what its source says."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from grader import settings as course_settings
from grader.notebook import assignments, reading
from grader.notebook.assignments import grade_id
from grader.notebook.visible import plan
from tests.conftest import ROOT

COURSE = course_settings.load(ROOT)
TRAINING = {
    "cnn_exploration": {"trained_five_epochs", "cnn_beats_dnn"},
    "convolution_from_scratch": set(),
    "mnist_998": {"fewer_than_20_epochs", "reaches_998"},
}


def released(name: str) -> NotebookNode:
    return reading.read(ROOT / "release" / name / f"{name}.ipynb")


def cell(text: str, name: str = "", **of: bool) -> NotebookNode:
    """A code cell; ``solution`` or ``grade`` makes it nbgrader's."""
    found = {"grade_id": name, "solution": False, "grade": False, "schema_version": 3, **of}
    return new_code_cell(text, metadata={"nbgrader": found} if name else {})


def claim(name: str, text: str) -> NotebookNode:
    return cell(f"# Claim: {name} holds.\n# Hint: try.\n{text}", name, grade=True)


def planned(*cells: NotebookNode) -> object:
    return plan(new_notebook(cells=list(cells)))


@pytest.mark.parametrize("name", COURSE.assignments)
def test_claims_that_need_no_training_stand_above_it(name: str) -> None:
    source = assignments.load(COURSE, name)
    solutions = {grade_id(one): one.source for one in source.source.cells if grade_id(one)}
    training = {one for one in source.solution_ids if ".fit(" in solutions[one]}
    assert bool(training) is (name != "convolution_from_scratch")
    place = {grade_id(one): index for index, one in enumerate(source.source.cells)}
    first = min((place[one] for one in training), default=len(place) + 1000)
    for one in source.claims:
        if training.isdisjoint(one.needs):
            assert place[one.name] < first or one.after_training, one.name
        else:
            assert place[one.name] > first


@pytest.mark.parametrize("name", COURSE.assignments)
@pytest.mark.parametrize("solved", [False, True])
def test_a_release_says_the_same_as_its_source(name: str, solved: bool) -> None:
    source = assignments.load(COURSE, name)
    notebook = released(name)
    solutions = {grade_id(one): one.source for one in source.source.cells if grade_id(one)}
    for one in notebook.cells if solved else ():
        if grade_id(one) in source.solution_ids:
            one.source = solutions[grade_id(one)]
    found = plan(notebook)
    text = {grade_id(one): one.source for one in source.source.cells if grade_id(one)}
    shown = [one for one in source.claims if not text[one.name].startswith("# A hidden test")]
    assert [one.name for one in found.claims] == [one.name for one in shown]
    assert found.training == TRAINING[name]
    written = [one for one in source.solution_ids if one != "written_answer"]
    assert list(found.untouched) == ([] if solved else written)
    for mine, theirs in zip(found.claims, shown, strict=True):
        assert (mine.statement, mine.hint, mine.points) == (
            (theirs.statement, theirs.hint, theirs.points)
        )
        # A stub says less than a solution of what it rests on, but never of another cell.
        if solved:
            assert mine.needs == theirs.needs
        else:
            assert set(mine.needs) <= set(theirs.needs)
            assert mine.needs


def test_only_what_claims_rest_on_is_run() -> None:
    found = planned(
        cell("import math"),
        cell("%matplotlib inline\nimport numpy as np"),
        cell("pictures = draw()"),
        cell("def half(x):\n    return helper(x) / 2", "half", solution=True),
        cell("def helper(x):\n    return np.abs(x)"),
        claim("halves", "assert half(2) == 1"),
        cell("history = model.fit(half(images))", "train", solution=True),
        claim("trains", "assert history"),
    )
    assert found.cells == (1, 3, 4)
    assert [one.needs for one in found.claims] == [("half",), ("half", "train")]
    assert found.training == {"trains"}


def test_a_training_inside_a_function_is_one() -> None:
    found = planned(
        cell("def learn():\n    return net().fit(x)", "learn", solution=True),
        claim("learns", "learn()"),
    )
    assert found.training == {"learns"}
    assert found.cells == ()


def test_a_cell_that_is_no_python_may_have_been_meant() -> None:
    found = planned(
        cell("def half(x)\n    return x / 2", "half", solution=True),
        claim("halves", "assert half(2) == 1"),
    )
    assert found.claims[0].needs == ("half",)
    assert found.cells == (0,)


def test_of_copies_the_first_counts_and_hidden_claims_are_not_seen() -> None:
    found = planned(
        claim("one", "first()"),
        claim("one", "second()"),
        cell("# A hidden test stands here.", "two", grade=True),
    )
    assert [one.name for one in found.claims] == ["one"]
    assert found.tests == {"one": 0}


def test_the_stub_is_the_configured_one() -> None:
    text = json.dumps(nbformat.writes(released("mnist_998")))
    assert "Not written yet: replace this line by your solution" in text
