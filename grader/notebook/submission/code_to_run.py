"""The code that runs of a student's cell: what surrounds it, or was merged into it, is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nbformat import NotebookNode

from grader.notebook.submission.cell_text import parsed, with_unix_line_ends
from grader.notebook.submission.course_cells import CourseCell, Kind

_FENCED = re.compile(r"\s*(`{3,}|~{3,})[ \t]*\w*[ \t]*\n(.*)\n[ \t]*\1\s*", re.DOTALL)


def code_to_run(cells: Sequence[NotebookNode], tests: Iterable[str]) -> str:
    """The code of one cell that may have been split.

    A test that was merged into it is left out: it runs in a cell of its own, and here it has
    nothing to test with.

    Args:
        cells: its parts, in order.
        tests: see ``merged_tests``.
    """
    parts = (c.source if c.cell_type == "code" else without_fence(c.source) for c in cells)
    return without_tests("\n".join(parts), tests)


def without_tests(source: str, tests: Iterable[str]) -> str:
    """The code without those of the tests that stand in it, whole, with something else beside."""
    source = with_unix_line_ends(source)
    lines = f"\n{source}\n"
    for test in tests:
        lines = lines.replace(f"\n{test}\n", "\n")
    left = lines[1:-1]
    return left if left.strip() and len(left) < len(source) else source


def merged_tests(course: Iterable[CourseCell]) -> tuple[str, ...]:
    """The tests of the course's that do something in a cell into which they are merged."""
    texts = (cell.released.strip("\n") for cell in course if cell.kind is Kind.TEST)
    return tuple(text for text in texts if (known := parsed(text)) and known.statements)


def without_fence(text: str) -> str:
    """The code in a text that is one fenced block; any other text as it is."""
    fenced = _FENCED.fullmatch(with_unix_line_ends(text))
    return fenced[2] if fenced else text
