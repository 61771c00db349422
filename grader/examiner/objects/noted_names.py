"""Names that a kernel tells while a test runs: of classes, layers and functions of the student's.

Our own words about an answer hold them, and a student's code may have made them up meanwhile; see
``grader.examiner.hidden_claims``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

_NOTED: list[set[str]] = []  # one for each test that runs: it may ask two kernels


@contextlib.contextmanager
def names_noted() -> Iterator[set[str]]:
    """Collect in the body what is noted."""
    _NOTED.append(set())
    try:
        yield _NOTED[-1]
    finally:
        _NOTED.pop()


def note(name: str) -> None:
    """Note a name that the student's code has chosen."""
    for names in _NOTED:
        names.add(name)
