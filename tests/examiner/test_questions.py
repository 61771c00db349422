"""What cannot be handed to a student's code is named with its place."""

from __future__ import annotations

import pytest

from tests.in_process import InProcess

KERNEL = InProcess("def double(x, *more, y=0): return 2 * x\ndef same(x): return x")


@pytest.mark.parametrize(
    ("call", "place"),
    [
        ("double(1, Lock())", "argument 2 of the call of double: "),
        ("double(1, y=[Lock()])", "the argument y of the call of double: "),
        ("same(double)(Lock())", "argument 1 of the call of double: "),
    ],
)
def test_the_argument_that_cannot_be_handed_in_is_named(call: str, place: str) -> None:
    finding = KERNEL.tested(f"from threading import Lock\n{call}")
    assert (finding.error, finding.line) == ("CannotTravel", 2)
    assert finding.message.startswith(f"{place}an object of the type lock cannot be handed to")
