"""Names that the course's own cells import."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.notebook.given_imports import given_imports


def found(*given: str, solution: str = "", test: str = "") -> dict[str, str]:
    cells = [new_markdown_cell("import text"), *map(new_code_cell, given)]
    cells.append(new_code_cell(solution, metadata={"nbgrader": {"solution": True}}))
    cells.append(new_code_cell(test, metadata={"nbgrader": {"grade": True, "solution": False}}))
    return given_imports(new_notebook(cells=cells))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import math", {"math": "import math"}),
        ("import numpy as np, csv", {"np": "import numpy as np", "csv": "import csv"}),
        ("from math import sqrt as root", {"root": "from math import sqrt as root"}),
        ("import os.path\nimport os", {"os": "import os\nimport os.path"}),
        ("%matplotlib inline\nimport math", {"math": "import math"}),
        ("def f():\n    import math", {}),
        ("try:\n    import math\nexcept ImportError:\n    math = None", {}),
        ("import math\nmath = 3", {}),
        ("from math import *", {}),
        ("not python", {}),
    ],
)
def test_statements_by_name(source: str, expected: dict[str, str]) -> None:
    assert found(source) == expected


def test_a_name_that_students_are_to_bind_is_theirs() -> None:
    assert found("from math import sqrt", solution="def sqrt(x):\n    return x ** 0.5") == {}
    assert found("import json", solution="import ujson as json") == {}
    assert found(solution="import math", test="import math") == {}


def test_a_solution_may_repeat_an_import() -> None:
    assert found("import math", solution="import math\nx = 1") == {"math": "import math"}
