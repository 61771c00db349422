"""Keeps a test cell from passing because `doctest.testmod` finds no example.

The functions of a student's stay in their kernel, so the module of a test cell has none of them:
no example of theirs can fail there.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from grader.errors import CourseError
from grader.examiner.replaced import replaced

EXPECTED = (
    "Expected: examples in a docstring of the test cell, or a test that calls a function of a "
    "given cell, which runs the student's examples and returns how many failed"
)


@contextlib.contextmanager
def found(text: str) -> Iterator[None]:
    """In the body, refuse a ``testmod`` that finds no example.

    Args:
        text: of the test cell, and of what it imports of the course's.
    """
    if "testmod" not in text:
        yield
        return
    import doctest

    run = doctest.testmod

    @functools.wraps(run)
    def testmod(*given: Any, **named: Any) -> Any:
        results = run(*given, **named)
        if not results.attempted:
            raise CourseError(
                "doctest.testmod() found no example: a student's functions stay in their kernel "
                f"while work is graded. {EXPECTED}"
            )
        return results

    with replaced(doctest, "testmod", testmod):
        yield
