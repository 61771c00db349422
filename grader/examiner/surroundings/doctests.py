"""Lets `doctest.testmod` run the examples of a test cell, and none of a student's docstrings.

An example in a student's docstring is their code, and no test: it neither decides a claim nor keeps
the test's own examples from it. A test cell does not pass because there is no example of its own.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from grader.errors import CourseError
from grader.examiner.objects.handles import kept_of
from grader.examiner.replaced import replaced

EXPECTED = (
    "Expected: examples in a docstring of the test cell, or a test that calls a function of a "
    "given cell, which runs the student's examples and returns how many failed"
)


@contextlib.contextmanager
def found(text: str) -> Iterator[None]:
    """In the body, ``testmod`` leaves a student's objects out, and refuses to find no example.

    Args:
        text: of the test cell, and of what it imports of the course's.
    """
    if "testmod" not in text:
        yield
        return
    import doctest

    finders: Any = doctest.DocTestFinder
    run, from_module = doctest.testmod, finders._from_module

    def is_of_test(finder: Any, module: Any, value: Any) -> bool:
        return kept_of(value) is None and from_module(finder, module, value)

    @functools.wraps(run)
    def testmod(*given: Any, **named: Any) -> Any:
        with replaced(finders, "_from_module", is_of_test):
            results = run(*given, **named)
        if not results.attempted:
            raise CourseError(
                "doctest.testmod() found no example: a student's functions stay in their kernel "
                f"while work is graded. {EXPECTED}"
            )
        return results

    with replaced(doctest, "testmod", testmod):
        yield
