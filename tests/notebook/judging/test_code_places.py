"""Which cell a line of a student's code stands in, as messages say it."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.notebook.judging.code_places import CodeCell, code_cells, with_cells
from grader.notebook.submission.rebuild import Rebuilt

POOL = CodeCell("the cell `pool`", ("def pool(x):", "    y = x[ 5 ]", "    return `y`"))
OWN = CodeCell("cell 7", ("import numpy", "    y = x[ 5 ]", "long = " + "1 + " * 100 + "1"))
TIMED = CodeCell("cell 9", ("%%time", "a = 1", "b = slow(a)"))
CELLS = (POOL, CodeCell("the cell `add`", ("def add(a):", "    return a[0]")), OWN)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            "It was raised in line 2, `return a[0]`. Look.",
            "It was raised in line 2 of the cell `add`, `return a[0]`. Look.",
        ),
        ("no, in line 3, `return 'y'`.", "no, in line 3 of the cell `pool`, `return 'y'`."),
        ("in line 1, `import numpy`", "in line 1 of cell 7, `import numpy`"),
        (f"line 3, `long = {'1 + ' * 20}`", f"line 3 of cell 7, `long = {'1 + ' * 20}`"),
        # Its own cell is named already, another is not.
        ("The cell `add` ended, in line 2, `return a[0]`", None),
        (
            "The cell `pool` ended, in line 2, `return a[0]`",
            "The cell `pool` ended, in line 2 of the cell `add`, `return a[0]`",
        ),
        # Two cells hold it, none holds it, no line is told.
        ("It was raised in line 2, `y = x[ 5 ]`.", None),
        ("It was raised in line 99, `return a[0]`.", None),
        ("It was raised in line 0, `import numpy`.", None),
        ("It was raised in line 1, `import`.", None),
        ("It expected a line, `x`.", None),
    ],
)
def test_a_line_is_told_with_its_cell(message: str, told: str | None) -> None:
    assert with_cells(message, CELLS) == (told or message)


def test_a_line_below_a_magic_is_found_where_one_cell_has_it() -> None:
    below = "It was raised in line 2 below `%%time`."
    found = with_cells(below, (*CELLS, TIMED))
    assert found == "It was raised in line 3 of cell 9, `b = slow(a)`."
    spaced = CodeCell("cell 9", ("%%time", "", " ", "a = 1", "b = slow(a)"))
    found = with_cells(below, (*CELLS, spaced))
    assert found == "It was raised in line 5 of cell 9, `b = slow(a)`."
    assert with_cells(below, (TIMED, TIMED)) == below
    assert with_cells(below, CELLS) == below


def test_empty_lines_above_the_code_are_counted_as_people_do() -> None:
    cells = (CodeCell("cell 3", ("a = 1", "b = a[0]"), empty=2),)
    assert with_cells("in line 2, `b = a[0]`", cells) == "in line 4 of cell 3, `b = a[0]`"


def test_cells_are_called_as_people_know_them() -> None:
    solution = {"nbgrader": {"grade_id": "pool", "solution": True, "grade": False}}
    test = {"nbgrader": {"grade_id": "pools", "solution": False, "grade": True}}
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# Title"),
            new_code_cell("\n \na = 1"),
            new_code_cell("def pool(x): ...", metadata=solution),
            new_code_cell("secret(pool)", metadata=test),
        ]
    )
    cells = code_cells(Rebuilt(notebook))
    assert cells == (
        CodeCell("cell 2", ("a = 1",), empty=2),
        CodeCell("the cell `pool`", ("def pool(x): ...",)),
    )
    assert code_cells(Rebuilt(notebook, numbers=(1, 8, 9, 10)))[0].name == "cell 8"


def test_a_line_of_a_magic_is_told_as_it_was_written() -> None:
    cells = (POOL, CodeCell("cell 4", ("import os", "  %run helper.py", "x = !ls `a`")))
    made = "get_ipython().run_line_magic('run', 'helper.py')"
    assert with_cells(f"in line 2, `{made}`.", cells) == "in line 2 of cell 4, `%run helper.py`."
    system = "x = get_ipython().getoutput(\"ls 'a'\")"
    assert with_cells(f"in line 3, `{system}`.", cells) == f"in line 3, `{system}`."
    assert with_cells(f"in line 1, `{made}`.", cells) == f"in line 1, `{made}`."
