"""Hints are read from solutions, travel in the metadata of the release, and are read back there."""

from __future__ import annotations

import nbformat
import pytest

from grader import settings as course_settings
from grader.errors import CourseError
from grader.model import CellHints
from grader.notebook import hints, release
from grader.notebook.assignment import load_assignment, source_path
from grader.notebook.hints import Hints
from grader.settings import Settings

BEGIN = "    ### BEGIN SOLUTION\n"
ADD = BEGIN + (
    "    # Hint 1: Python has a sign for it.\n"
    "    # Hint 2: It is the sign of `1 + 1`, and what you\n"
    "    #   return is its value.\n"
    "    # Two numbers, so nothing is imported.\n"
    "    #   This line is no hint, since the one above is none.\n"
)
STEPS = (
    "Python has a sign for it.",
    "It is the sign of `1 + 1`, and what you return is its value.",
)


def rewrite(course: Settings, before: str, after: str) -> None:
    """Change the cell ``add`` of the source notebook."""
    path = source_path(course, "sums")
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "add")
    assert before in cell.source
    cell.source = cell.source.replace(before, after)
    nbformat.write(notebook, path)


def test_hints_are_read_with_what_the_cell_defines_and_the_claims_on_it(
    tiny_course: Settings,
) -> None:
    assert hints.of_assignment(load_assignment(tiny_course, "sums")) == ()
    rewrite(tiny_course, BEGIN, ADD)
    assignment = load_assignment(tiny_course, "sums")
    assert hints.of_assignment(assignment) == (
        CellHints("add", STEPS, defines=("add",), claims=("adds", "adds_negatives")),
    )


def test_cells_without_hints_are_named_if_others_have_some(tiny_course: Settings) -> None:
    assert hints.without(load_assignment(tiny_course, "sums")) == ()
    rewrite(tiny_course, BEGIN, ADD)
    assert hints.without(load_assignment(tiny_course, "sums")) == ("total",)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (BEGIN, BEGIN + "    # Hint 2: x\n", "found '# Hint 2: x', expected '# Hint 1: '"),
        (BEGIN, BEGIN + "    # Hint 1:\n", "found '# Hint 1:', expected '# Hint 1: ' and a"),
        (BEGIN, "    # Hint 1: x\n" + BEGIN, "that students would see"),
    ],
)
def test_hints_that_cannot_be_meant_so_are_refused(
    tiny_course: Settings, before: str, after: str, said: str
) -> None:
    rewrite(tiny_course, before, after)
    with pytest.raises(CourseError, match=r"sums, cell add: ") as refused:
        hints.of_assignment(load_assignment(tiny_course, "sums"))
    assert said in str(refused.value)


def test_a_release_carries_the_hints_and_no_cell_shows_them(tiny_course: Settings) -> None:
    rewrite(tiny_course, BEGIN, ADD)
    assert release.release(tiny_course, "sums") == ("total",)
    path = tiny_course.root / "release" / "sums" / "sums.ipynb"
    released = nbformat.read(path, as_version=4)
    assert hints.carried_by(released) == Hints(
        (CellHints("add", STEPS, ("add",), ("adds", "adds_negatives")),)
    )
    assert not any("Python has a sign" in cell.source for cell in released.cells)


def test_a_release_says_whether_the_course_asks_who_has_read_hints(tiny_course: Settings) -> None:
    rewrite(tiny_course, BEGIN, ADD)
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write("\nc.Course.record_hints = True\n")
    release.release(course_settings.load(tiny_course.root), "sums")
    path = tiny_course.root / "release" / "sums" / "sums.ipynb"
    carried = hints.carried_by(nbformat.read(path, as_version=4))
    assert carried is not None
    assert carried.recorded


def test_a_release_without_hints_carries_none(tiny_course: Settings) -> None:
    assert release.release(tiny_course, "sums") == ()
    path = tiny_course.root / "release" / "sums" / "sums.ipynb"
    assert "hints" not in path.read_text()


@pytest.mark.parametrize(
    "carried",
    [
        None,
        {"format": 2, "recorded": False, "cells": [{"cell": "add"}]},
        {"format": 1, "recorded": False, "cells": []},
        {"format": 1, "recorded": False, "cells": [{"cell": "add"}]},
        {"format": 1, "recorded": False, "cells": 7},
        [],
    ],
)
def test_metadata_that_are_none_of_ours_count_as_no_hints(carried: object) -> None:
    assert hints.carried_by({"metadata": {"grader_hints": carried}}) is None
    assert hints.carried_by({"metadata": {}}) is None
