"""Which names the cells of a course's notebook bind: any other name in a test is a slip."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.examiner import names
from grader.notebook import magics

# A cell that may bind names that do not stand in it.
_BINDS_UNKNOWN = re.compile(
    r"^[ \t]*(?:from[ \t]+[\w.]+[ \t]+import[ \t]+\*|%(?:run|load|pylab)\b|global\b)"
    r"|\bexec\(|(?<!\bin )\bglobals\(",  # "name in globals()" binds nothing
    re.MULTILINE,
)


def course_names(cells: Iterable[str]) -> frozenset[str] | None:
    """The names that cells of code bind; None where one may bind what does not stand in it.

    Args:
        cells: their texts, tests excepted.
    """
    bound: set[str] = set()
    for source in cells:
        if magics.is_other_language(source):
            continue
        text = magics.seen_through(source)
        if not names.is_python(text) or _BINDS_UNKNOWN.search(source):
            return None
        bound |= names.bound(text)
    return frozenset(bound)
