"""Which written answers are alike: they are read, and marked, one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from grader.reports.similar_texts import near

_ALIKE = 0.85  # similarity of two answers
_READ = 2000  # characters that are compared: the time rises with their square
_SHORT = 20  # characters; shorter answers must be the same


def groups(texts: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """Students whose answers are alike, large groups first; those without an answer come last.

    Args:
        texts: student to answer.
    """
    same: dict[str, list[str]] = defaultdict(list)
    for student, text in texts.items():
        same[" ".join(text.casefold().split())[:_READ]].append(student)
    nothing = same.pop("", [])
    joined = [list(group) for group, _ in near([t for t in same if len(t) >= _SHORT], _ALIKE)]
    alone = set(same).difference(*joined)
    found = [[s for text in group for s in same[text]] for group in joined]
    found += [same[text] for text in same if text in alone]
    found.sort(key=len, reverse=True)
    return tuple(map(tuple, [*found, nothing] if nothing else found))
