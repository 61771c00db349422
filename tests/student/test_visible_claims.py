"""What a handed-out notebook says of its claims agrees with what its source says."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from grader import settings as course_settings
from grader.notebook import release
from grader.notebook.assignment import grade_id, load_assignment
from grader.notebook.submission import parse
from grader.settings import Settings
from grader.student.visible_claims import Plan, plan, with_claims
from tests import tiny
from tests.conftest import ROOT

COURSE = course_settings.load(ROOT)
TRAINING = {
    "cnn_exploration": {"trained_five_epochs", "cnn_beats_dnn"},
    "convolution_from_scratch": set(),
    "mnist_998": {"fewer_than_20_epochs", "reaches_998"},
}


def released(name: str) -> NotebookNode:
    return parse.read(ROOT / "release" / name / f"{name}.ipynb")


def cell(text: str, name: str = "", **of: object) -> NotebookNode:
    """A code cell; ``solution`` or ``grade`` makes it nbgrader's."""
    facts = {"grade_id": name, "solution": False, "grade": False, "schema_version": 3, **of}
    return new_code_cell(text, metadata={"nbgrader": facts} if name else {})


def claim(name: str, text: str) -> NotebookNode:
    return cell(f"# Claim: {name} holds.\n# Hint: try.\n{text}", name, grade=True)


def plan_of(*cells: NotebookNode) -> Plan:
    return plan(new_notebook(cells=list(cells)))


@pytest.mark.parametrize("name", COURSE.assignments)
def test_claims_that_need_no_training_stand_above_it(name: str) -> None:
    source = load_assignment(COURSE, name)
    solutions = {grade_id(cell): cell.source for cell in source.source.cells if grade_id(cell)}
    training = {solution for solution in source.solution_ids if ".fit(" in solutions[solution]}
    assert bool(training) is (name != "convolution_from_scratch")
    place = {grade_id(cell): index for index, cell in enumerate(source.source.cells)}
    first = min((place[solution] for solution in training), default=len(place) + 1000)
    for claimed in source.claims:
        if training.isdisjoint(claimed.needs):
            assert place[claimed.name] < first or claimed.after_training, claimed.name
        else:
            assert place[claimed.name] > first


@pytest.mark.parametrize("name", COURSE.assignments)
@pytest.mark.parametrize("solved", [False, True])
def test_a_release_says_the_same_as_its_source(name: str, solved: bool) -> None:
    source = load_assignment(COURSE, name)
    notebook = released(name)
    text = {grade_id(cell): cell.source for cell in source.source.cells if grade_id(cell)}
    for cell in notebook.cells if solved else ():
        if grade_id(cell) in source.solution_ids:
            cell.source = text[grade_id(cell)]
    planned = plan(notebook)
    hidden = {name for name in text if text[name].startswith("# A hidden test")}
    shown = [claimed for claimed in source.claims if claimed.name not in hidden]
    assert [claimed.name for claimed in planned.claims] == [claimed.name for claimed in shown]
    assert planned.training == TRAINING[name]
    written = [solution for solution in source.solution_ids if solution != "written_answer"]
    assert list(planned.untouched) == ([] if solved else written)
    for mine, theirs in zip(planned.claims, shown, strict=True):
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
    planned = plan_of(
        cell("import math"),
        cell("%matplotlib inline\nimport numpy as np"),
        cell("pictures = draw()"),
        cell("def half(x):\n    return helper(x) / 2", "half", solution=True),
        cell("def helper(x):\n    return np.abs(x)"),
        claim("halves", "assert half(2) == 1"),
        cell("history = model.fit(half(images))", "train", solution=True),
        claim("trains", "assert history"),
    )
    assert planned.cells == (1, 3, 4)
    assert [claimed.needs for claimed in planned.claims] == [("half",), ("half", "train")]
    assert planned.training == {"trains"}


def test_a_training_inside_a_function_is_one() -> None:
    planned = plan_of(
        cell("def learn():\n    return net().fit(x)", "learn", solution=True),
        claim("learns", "learn()"),
    )
    assert planned.training == {"learns"}
    assert planned.cells == ()


def test_a_cell_that_is_no_python_may_have_been_meant() -> None:
    planned = plan_of(
        cell("def half(x)\n    return x / 2", "half", solution=True),
        claim("halves", "assert half(2) == 1"),
    )
    assert planned.claims[0].needs == ("half",)
    assert planned.cells == (0,)


def test_of_copies_the_first_counts_and_hidden_claims_are_not_seen() -> None:
    planned = plan_of(
        claim("one", "first()"),
        claim("one", "second()"),
        cell("# A hidden test stands here.", "two", grade=True),
    )
    assert [claimed.name for claimed in planned.claims] == ["one"]
    assert planned.tests == {"one": 0}


def test_the_stub_is_the_configured_one() -> None:
    text = json.dumps(nbformat.writes(released("mnist_998")))
    assert "Not written yet: replace this line by your solution" in text


def handed_out(course: Settings, stub: str) -> NotebookNode:
    """The release of the tiny course, where ``stub`` takes the place of solutions."""
    with (course.root / "course_config.py").open("a") as config:
        config.write(f'\nc.ClearSolutions.code_stub = {{"python": {stub!r}}}\n')
    configured = course_settings.load(course.root)
    release.release(configured, "sums")
    return parse.read(course.root / "release" / "sums" / "sums.ipynb")


@pytest.mark.parametrize(
    "stub", ["# TODO\nraise NotImplementedError", "pass  # your turn", "return ...", "raise Todo()"]
)
def test_any_stub_that_a_course_configures_is_recognised(tiny_course: Settings, stub: str) -> None:
    notebook = handed_out(tiny_course, stub)
    assert plan(notebook).untouched == ("add", "total")
    for node in notebook.cells:
        node.source = tiny.GOOD.get(grade_id(node), node.source)
    assert plan(notebook).untouched == ()


def test_a_stub_with_a_comment_is_still_a_stub(tiny_course: Settings) -> None:
    notebook = handed_out(tiny_course, "# YOUR CODE HERE\nraise NotImplementedError()")
    for node in notebook.cells:
        if grade_id(node) == "add":
            node.source = f"# later\n{node.source}"
    assert plan(notebook).untouched == ("add", "total")


@pytest.mark.parametrize(
    "text",
    [
        "def half(x):\n    '''Halve it.'''\n    raise NotImplementedError",
        "import math\nraise NotImplementedError('Not written yet')",
        "class Half:\n    def call(self):\n        raise NotImplementedError()",
    ],
)
def test_code_that_raises_at_once_is_a_stub(text: str) -> None:
    assert plan_of(cell(text, "half", solution=True)).untouched == ("half",)


@pytest.mark.parametrize(
    "text",
    [
        "def half(x):\n    if not x:\n        raise NotImplementedError('no')\n    return 1",
        "def half(x):\n    'Nothing yet.'",
        "",
        "raise ValueError",
    ],
)
def test_other_code_is_no_stub(text: str) -> None:
    assert plan_of(cell(text, "half", solution=True)).untouched == ()


def test_a_checksum_over_broken_metadata_is_no_match() -> None:
    assert plan_of(cell("x", "half", solution=True, grade=True, checksum="0")).untouched == ()


@pytest.fixture
def convolution() -> NotebookNode:
    return released("convolution_from_scratch")


ANSWER = "def convolve(image, kernel, weight=1.0):\n    return image"


def solution(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def needed(notebook: NotebookNode) -> list[str]:
    return [notebook.cells[place].source for place in plan(notebook).cells]


@pytest.mark.parametrize("magic", ["%%time", "%%capture out", "%%time\n%%capture", "\n%%prun -q"])
def test_a_magic_does_not_hide_the_cell(convolution: NotebookNode, magic: str) -> None:
    solution(convolution, "convolve").source = f"{magic}\n{ANSWER}"
    found = plan(convolution)
    assert f"{magic}\n{ANSWER}" in needed(convolution)
    assert found.claims[0].needs == ("convolve",)
    assert "convolve" not in found.untouched


@pytest.mark.parametrize("below", [True, False])
def test_a_copy_of_the_stub_is_left_out(convolution: NotebookNode, below: bool) -> None:
    stub = solution(convolution, "convolve")
    answer = copy.deepcopy(stub)
    answer.update(source=ANSWER, id="second")
    convolution.cells.insert(convolution.cells.index(stub) + below, answer)
    assert "convolve" not in plan(convolution).untouched
    assert ANSWER in needed(convolution)
    assert stub.source not in needed(convolution)


def test_a_cell_of_its_own_answers_for_the_stub(convolution: NotebookNode) -> None:
    stub = solution(convolution, "convolve")
    convolution.cells.insert(convolution.cells.index(stub) + 1, new_code_cell(ANSWER))
    assert "convolve" not in plan(convolution).untouched


def test_both_halves_of_a_split_cell_run(convolution: NotebookNode) -> None:
    first = solution(convolution, "convolve")
    second = copy.deepcopy(first)
    first.source = "def helper(image):\n    return image"
    second.update(source=ANSWER.replace("return image", "return helper(image)"), id="second")
    convolution.cells.insert(convolution.cells.index(first) + 1, second)
    assert {first.source, second.source} <= set(needed(convolution))


def test_windows_line_ends_are_no_answer(convolution: NotebookNode) -> None:
    for cell in convolution.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    assert plan(with_claims(convolution)).untouched == ("convolve", "filters", "max_pool")


def test_claims_are_known_by_their_text_where_metadata_are_lost(convolution: NotebookNode) -> None:
    expected = [claim.statement for claim in plan(convolution).claims]
    for number, cell in enumerate(convolution.cells):
        cell.metadata, cell.id = {}, f"new{number}"
    found = plan(with_claims(convolution))
    assert [claim.statement for claim in found.claims] == expected
    assert [claim.name for claim in found.claims][:2] == ["claim_1", "claim_2"]


def test_a_model_of_scikit_learn_is_no_training() -> None:
    fits = cell("model = SVC().fit(x, y)", "model", solution=True)
    tested = claim("fits", "assert model.fit(x, y).coef_ is not None")
    assert plan_of(fits, tested).training == {"fits"}
    assert plan_of(cell("from sklearn.svm import SVC"), fits, tested).training == frozenset()
