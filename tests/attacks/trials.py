"""Attacks on parts of the grader that no verdict tells of: pages, archives, the exchange, nodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Carry = Callable[[Path], str]
"""Carries something out in an empty folder, and returns in words what came of it."""


@dataclass(frozen=True)
class Trial:
    """One attack on a part of the grader, and the harmless thing next to it.

    Attributes:
        number: of the case in docs/security.md.
        name: of the attack.
        about: what is tried, in a few words.
        hostile: the attack.
        expected: what must come of it, in the words that ``hostile`` returns.
        twin: the harmless thing.
        kept: what must come of that.
        kernel: whether it starts other programs, or judges.
    """

    number: int
    name: str
    about: str
    hostile: Carry
    expected: str
    twin: Carry
    kept: str
    kernel: bool = False
