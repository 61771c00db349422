from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.errors import CourseError
from grader.notebook import experiments, release
from grader.notebook.assignment import source_path
from grader.settings import Settings
from tests import tiny

PATH = Path("sums.ipynb")


def experiment(text: str, name: str = "trial") -> NotebookNode:
    return new_code_cell(text, id=name, metadata={"tags": [experiments.TAG]})


def source(*behind_imports: NotebookNode) -> NotebookNode:
    notebook = tiny.source()
    notebook.cells[2:2] = behind_imports
    return notebook


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a = 1\nfor i in range(3):\n    b = i", {"a", "b", "i"}),
        ("import math\nimport numpy as np", {"np"}),  # math is imported by a given cell, too
        ("from math import pi\nimport math as m", {"pi", "m"}),
        ("table[0] = 3\nmodel.rate = 2", {"table", "model"}),
        ("%%time\na = 1", {"a"}),
        ("%%html\n<p>a = 1</p>", set()),
    ],
)
def test_names_that_an_experiment_binds(text: str, names: set[str]) -> None:
    assert experiments.binds(text, {"math": "import math"}) == names


@pytest.mark.parametrize(
    "text", ["from math import *", "exec('a = 1')", "%%writefile helpers.py\na = 1", "a = = ("]
)
def test_names_that_are_in_no_text(text: str) -> None:
    assert experiments.binds(text, {}) is None


def test_only_a_given_cell_with_the_tag_is_an_experiment() -> None:
    cell = experiment("a = 1")
    assert experiments.is_experiment(cell)
    cell.metadata.tags = ["other"]
    assert not experiments.is_experiment(cell)
    assert not any(experiments.is_experiment(cell) for cell in tiny.source().cells)


def test_an_experiment_may_use_all_and_be_used_by_experiments() -> None:
    first = experiment("import math\nsums = [math.pi, total([1, 2])]")
    second = experiment("sums = sums + [1]", "second")
    experiments.require_apart(source(first, second), PATH)


@pytest.mark.parametrize(
    ("text", "place", "name"),
    [
        ("wanted = 3", 3, "wanted"),  # add, a solution
        ("wanted = 3", 4, "wanted"),  # adds, a test
        ("wanted = 3", 2, "wanted"),  # imports, a given cell
        ("math.pi = 3", 3, "math"),
        ("import scipy", 3, "scipy"),
    ],
)
def test_another_cell_may_not_need_an_experiment(text: str, place: int, name: str) -> None:
    notebook = source(experiment(text))
    experiments.require_apart(notebook, PATH)
    user = notebook.cells[place if place != 2 else 1]
    user.source += f"\nprint({name})"
    with pytest.raises(CourseError) as caught:
        experiments.require_apart(notebook, PATH)
    assert str(caught.value) == (
        f"sums.ipynb, cell {user.id}: uses {name}, which the experiment trial binds. Experiments "
        "are not run while work is graded: bind the name in a given cell, or use another name in "
        "the experiment"
    )


def test_a_cell_that_binds_the_name_itself_needs_no_experiment() -> None:
    own = new_code_cell("figure = 1\nprint(figure)", id="own")
    experiments.require_apart(source(experiment("figure = 2"), own), PATH)


def test_an_experiment_whose_names_are_hidden_is_refused() -> None:
    with pytest.raises(CourseError, match="experiment trial: the names that it binds cannot"):
        experiments.require_apart(source(experiment("from math import *")), PATH)


def test_no_cell_of_nbgraders_is_an_experiment() -> None:
    notebook = source()
    notebook.cells[3].metadata["tags"] = [experiments.TAG]
    assert not experiments.is_experiment(notebook.cells[3])
    with pytest.raises(CourseError, match="cell adds: found the tag experiment on a cell of"):
        experiments.require_apart(notebook, PATH)


def test_a_source_is_released_only_if_no_cell_needs_an_experiment(tiny_course: Settings) -> None:
    path = source_path(tiny_course, "sums")
    notebook = source(experiment("wanted = 3"))
    notebook.cells[1].source += "\nprint(wanted)"
    nbformat.write(notebook, path)
    with pytest.raises(CourseError, match="cell imports: uses wanted"):
        release.release(tiny_course, "sums")
    assert not (tiny_course.root / "release").exists()
