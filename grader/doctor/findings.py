"""A check of a machine or a course, and its finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from grader.settings import Settings


class Status(StrEnum):
    """How well something works."""

    OK = "ok"
    WEAK = "weak"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        status: see ``Status``.
        detail: what there is, or what is wrong with it.
        remedy: what to do about it; empty where all is well.
        name: what was looked at; ``Check`` fills it in.
        needed: whether grading needs it; ``Check`` fills it in.
    """

    status: Status
    detail: str
    remedy: str = ""
    name: str = ""
    needed: bool = True


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    Attributes:
        name: what people call it.
        look: finds out; it may raise.
        needed: whether grading needs it.
        slow: whether it takes seconds, since it starts what it looks at.
    """

    name: str
    look: Callable[[Settings], Finding]
    needed: bool = True
    slow: bool = False

    def finding(self, settings: Settings) -> Finding:
        """Run the check; an error in it is a finding, too."""
        try:
            finding = self.look(settings)
        except Exception as error:
            words = " ".join(str(error).split()) or type(error).__name__
            finding = Finding(
                Status.MISSING,
                f"could not be looked at: {words}",
                "put that right; where a package is broken: make clean demo",
            )
        return replace(finding, name=self.name, needed=self.needed)
