"""Which given code of an earlier release runs: what the student's own code was written for.

The course's own cell stands in its place, or the course has none any more. Where they differ, a
student may use a name as the earlier cell bound it. Where the text does not tell, it runs.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from grader.notebook import experiments
from grader.notebook.magics import is_other_language, seen_through
from grader.notebook.submission.cell_text import parsed, read_names, used_names
from grader.notebook.submission.left_out import MOST, READS_UNKNOWN, is_needed
from grader.parsing import parse

_Names = frozenset[str]


def needed(
    earlier: Mapping[int, str], students: Sequence[str], given: Sequence[str]
) -> frozenset[int]:
    """The places of the cells that run.

    Args:
        earlier: place to text of the cells of an earlier release.
        students: texts of the student's code that runs.
        given: texts of the given code that the course has now.
    """
    if not earlier:
        return frozenset()
    too_much = sum(map(len, students)) > MOST
    if too_much or any(READS_UNKNOWN.search(text) for text in students):
        return frozenset(earlier)
    known = frozenset(statement for text in given for statement in _statements(text))
    binds = {place: _binds(text, known) for place, text in earlier.items()}
    used = _Names().union(*map(_used, students))
    running = frozenset[int]()
    while more := {p for p in earlier.keys() - running if is_needed(binds[p], used)}:
        running |= more
        used = used.union(*(_used(earlier[place]) for place in more))
    return running


def _binds(text: str, known: frozenset[str]) -> _Names | None:
    """Names that a cell binds otherwise than the course does now; None if that is not known."""
    if is_other_language(text):
        return experiments.binds(text, {})
    if parsed(text) is None:
        return None
    other = "\n".join(each for each in _statements(text) if each not in known)
    return experiments.binds(other, {})


def _statements(text: str) -> list[str]:
    """The statements of a cell in one layout; none if it is no Python."""
    if parsed(text) is None:
        return []
    return [ast.unparse(statement) for statement in parse(seen_through(text)).body]


def _used(text: str) -> _Names:
    return used_names(text) if parsed(text) is not None else read_names(text)
