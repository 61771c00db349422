from __future__ import annotations

import json
import pickle

import pytest
from nbformat.v4 import new_code_cell

from grader.errors import CourseError
from grader.model import Claim
from grader.notebook import assignment as assignments
from grader.notebook.assignment import load_assignment, source_path
from grader.settings import Settings
from tests import tiny


def test_claims_are_read_from_the_source(tiny_course: Settings) -> None:
    adds, negatives, totals = load_assignment(tiny_course, "sums").claims
    assert adds == Claim("adds", 2, "adds is right.", "look at adds once more.", ("add",))
    assert negatives.needs == ("add",)
    assert totals.needs == ("add", "total"), "total is written with add: both are needed"


def test_the_master_has_stubs_and_hidden_tests(tiny_course: Settings) -> None:
    text = json.dumps(load_assignment(tiny_course, "sums").master)
    assert "return a + b" not in text
    assert 'raise NotImplementedError(\\"Not written yet: replace this line' in text, (
        "as configured"
    )
    assert "assert add(-1, -2) == -3" in text


def test_given_cells_that_use_no_answer_show_all_the_same(tiny_course: Settings) -> None:
    notebook = tiny.source()
    for name, text in (("pi", "print(math.pi)"), ("sum", "print(total([1, 2]))")):
        notebook.cells.append(new_code_cell(text, id=name))
    source_path(tiny_course, "sums").write_text(json.dumps(notebook))
    assert load_assignment(tiny_course, "sums").same_for_all == {"imports", "pi"}


def test_a_missing_source_is_named(tiny_course: Settings) -> None:
    source_path(tiny_course, "sums").unlink()
    with pytest.raises(CourseError, match=r"sums\.ipynb is missing: expected the source"):
        load_assignment(tiny_course, "sums")


def rewrite(course: Settings, name: str, text: str) -> None:
    """Give one cell of the source notebook another text."""
    notebook = tiny.source()
    (cell,) = (cell for cell in notebook.cells if cell.id == name)
    cell.source = text
    source_path(course, "sums").write_text(json.dumps(notebook))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("%timeit add(1, 2)", r"cell adds, line 3: found a magic \(`%timeit add\(1, 2\)`\)"),
        ("assert add(1, 2 == 3", r"cell adds, line 3: found '\(' was never closed"),
        ("x = '\0'", r"cell adds, line 1: found source code .*null bytes"),
    ],
)
def test_a_test_cell_that_is_no_python_is_named(
    tiny_course: Settings, source: str, said: str
) -> None:
    rewrite(tiny_course, "adds", f"# Claim: adds is right.\n# Hint: look.\n{source}")
    with pytest.raises(CourseError, match=said):
        load_assignment(tiny_course, "sums")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "def add(a, b:\n    return a",
            r"cell add, line 1: found .*\(`def add\(a, b:`\)",
        ),
        ("%%time\nx = 1\nx = = 2", r"cell add, line 3: found invalid syntax \(`x = = 2`\)"),
    ],
)
def test_a_solution_that_is_no_python_is_named(
    tiny_course: Settings, source: str, said: str
) -> None:
    rewrite(tiny_course, "add", f"{source}\n### BEGIN SOLUTION\n### END SOLUTION")
    with pytest.raises(CourseError, match=said):
        load_assignment(tiny_course, "sums")


@pytest.mark.parametrize("magic", ["%%time\n", "%matplotlib inline\n", "!ls\n", "files = !ls\n"])
def test_a_solution_may_hold_magics(tiny_course: Settings, magic: str) -> None:
    path = source_path(tiny_course, "sums")
    notebook = tiny.source()
    (cell,) = (cell for cell in notebook.cells if cell.id == "add")
    cell.source = magic + cell.source
    path.write_text(json.dumps(notebook))
    found = load_assignment(tiny_course, "sums")
    assert found.claims[0].needs == ("add",)
    assert found.course_names is not None
    assert {"add", "total", "math"} <= found.course_names


def test_a_source_that_is_no_notebook_is_named(tiny_course: Settings) -> None:
    source_path(tiny_course, "sums").write_text("[]")
    with pytest.raises(CourseError, match=r"sums\.ipynb is not a notebook"):
        load_assignment(tiny_course, "sums")


def test_a_claim_without_its_hint_is_refused(tiny_course: Settings) -> None:
    path = source_path(tiny_course, "sums")
    path.write_text(path.read_text().replace("# Hint: look at adds", "# look at adds"))
    with pytest.raises(CourseError, match=r"cell adds: expected a line '# Hint: \.\.\.'"):
        load_assignment(tiny_course, "sums")


def test_the_tiny_notebook_is_what_it_says(tiny_course: Settings) -> None:
    found = load_assignment(tiny_course, "sums")
    assert found.solution_ids == ("add", "total", "written_answer")
    assert [claim.points for claim in found.claims] == [p for _, p in tiny.TESTS.values()]


@pytest.mark.parametrize(("line", "late"), [("# Judged: after training", True), ("# Judge", False)])
def test_a_claim_may_wait_for_the_training(tiny_course: Settings, line: str, late: bool) -> None:
    path = source_path(tiny_course, "sums")
    path.write_text(path.read_text().replace("# Claim: adds is", f"{line}\\n# Claim: adds is"))
    claims = load_assignment(tiny_course, "sums").claims
    assert [claim.after_training for claim in claims] == [late, False, False]


def test_a_claim_that_is_judged_at_another_time_is_refused(tiny_course: Settings) -> None:
    path = source_path(tiny_course, "sums")
    path.write_text(
        path.read_text().replace("# Claim: adds is", "# Judged: later\\n# Claim: adds is")
    )
    with pytest.raises(CourseError, match="cell adds: found '# Judged: later', expected"):
        load_assignment(tiny_course, "sums")


def test_what_was_analysed_travels(tiny_course: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    found = load_assignment(tiny_course, "sums")
    test = next(cell.source for cell in found.source.cells if assignments.is_claim(cell))
    expected = found.rests_on, found.given_imports, found.wanted(test)
    assert "add" in expected[2]
    found = load_assignment(tiny_course, "sums")
    found.analyse()
    there = pickle.loads(pickle.dumps(found))
    for name in ("_dependencies", "given_imports", "wanted"):
        monkeypatch.setattr(assignments, name, None)
    assert (there.rests_on, there.given_imports, there.wanted(test)) == expected
