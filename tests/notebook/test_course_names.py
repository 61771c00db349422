from __future__ import annotations

import pytest

from grader.notebook.course_names import course_names


def test_the_names_of_all_cells_are_known() -> None:
    cells = [
        "import numpy as np",
        "%%time\ndef f():\n    x = 1",
        "%matplotlib inline\ny = 2",
        "%%bash\nz=3",
        "if 'y' in globals():\n    y",
    ]
    assert course_names(cells) == {"np", "f", "y"}


@pytest.mark.parametrize(
    "cell",
    ["from math import *", "%run helpers.py", "exec('a = 1')", "globals()['a'] = 1", "def f(:"],
)
def test_a_cell_that_may_bind_anything_leaves_them_unknown(cell: str) -> None:
    assert course_names(["a = 1", cell]) is None
