"""Attacks by descriptions of classes that no honest agent gives: what is made of them decides.

The agent is the real one, in this process, but for the function that the student has replaced.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

from grader.sandbox.guest.handles import classes
from tests.attacks.trials import Carry, Trial
from tests.in_process import InProcess

PASSED, NOT_PASSED = "passed", "not passed"
COLOR = """
import enum
class Color(enum.Enum):
    RED = 1
def answer():
    return Color.RED
"""
HONEST = classes._enumeration


def with_member(name: str, value: Any, test: str) -> Carry:
    """A test cell on a member of an enumeration, which is said to have another member."""

    def told(kind: Any, encoder: Any) -> dict[str, Any]:
        found = [(name, member.value) for name, member in kind.__members__.items()]
        return HONEST(kind, encoder) | {"members": encoder.encode([*found, (name, value)])}

    def carry(_: Path) -> str:
        with patch.object(classes, "_enumeration", told):
            return PASSED if InProcess(COLOR).tested(test).passed else NOT_PASSED

    return carry


def _trial(name: str, about: str, hostile: Carry) -> Trial:
    twin = with_member("GREEN", 2, "assert answer().value == 1 and answer() != 3")
    return Trial(76, name, about, hostile, NOT_PASSED, twin, PASSED)


TRIALS = (
    _trial(
        "equality_as_a_member",
        "calls a method by which Python compares a member of an enumeration",
        with_member("__eq__", bool, "assert answer() == 3"),
    ),
    _trial(
        "arithmetic_as_a_member",
        "calls a method by which Python subtracts a member of an enumeration",
        with_member("__rsub__", float, "assert 0.0 - answer() == 0.0"),
    ),
    _trial(
        "class_as_a_member",
        "calls the class of an enumeration's members a member",
        with_member("__class__", int, "assert isinstance(answer(), int)"),
    ),
)
