"""Finds claims that were lost for one cause, so that a page tells it once.

A line of a student's code that crashes takes all claims along that rest on it, and each has a
message of its own: they differ in what the test did when the line was reached.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# An error, and the line of the student's code that raised it: in messages of any language.
_RAISED = re.compile(r"\b\w{0,80}(?:Error|Exception|Exit|Interrupt|Iteration|Refused)\b")
_PLACE = re.compile(r"\b\d{1,6}\b[^`\n.:]{0,40}(?:`[^`\n]{1,200}`)?[,،] ?`[^`\n]{1,200}`")


def first_tellers(messages: Sequence[str]) -> tuple[int, ...]:
    """For each message the place of the first one with the same cause: its own, or one before it.

    Args:
        messages: of the claims in order; an empty one has no cause.
    """
    first: dict[str, int] = {}
    return tuple(
        first.setdefault(cause(message), place) if message else place
        for place, message in enumerate(messages)
    )


def fullest(messages: Sequence[str]) -> tuple[str, ...]:
    """For each message the longest one with the same cause, which has the most advice."""
    longest: dict[str, str] = {}
    for message in messages:
        known = longest.get(cause(message), "")
        longest[cause(message)] = max(known, message, key=len)
    return tuple(longest[cause(message)] if message else "" for message in messages)


def cause(message: str) -> str:
    """What equal causes have in common: the error and the line that raised it, else all words."""
    raised, place = _RAISED.search(message), _PLACE.search(message)
    return f"{raised[0]} in {place[0]}" if raised and place else message
