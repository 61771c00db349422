"""Decides tests in which a later call changes data that the test has handed in before.

In a notebook such a change is there for the test, too: a ``Bag`` that keeps a list and does not
copy it adds to the list of the test. But what is expected may be worked out from that data after
the call, and then the student's code would choose it. So the test's data first stay as they are. A
test that passes so is asked again with its data changed as in a notebook, and passes only if it
passes both times. What a student's code changes can cost it a claim, and never earn one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from grader.examiner.cells.finding import Finding, FindingKind
from grader.language import gettext

_TIMES = 2  # by chance, or by what an earlier run has left behind, a test fails less often twice


@dataclass(frozen=True)
class Tried:
    """How a test cell ended.

    Attributes:
        finding: it.
        has_parted: whether a later call changed what the test had handed in.
    """

    finding: Finding
    has_parted: bool = False


def decided(try_test: Callable[[bool], Tried]) -> Finding:
    """How a test cell ends, whose data a later call may change.

    Args:
        try_test: runs the test cell; told whether its data change with a later call.
    """
    first = try_test(False)
    if not (first.finding.passed and first.has_parted):
        return first.finding
    for _ in range(_TIMES):
        changed = try_test(True).finding
        if changed.passed or changed.kind is FindingKind.TEST_FAULT:
            return first.finding
    # The control: a test that cannot be asked several times says nothing of the changes.
    return _explained(changed) if try_test(False).finding.passed else first.finding


def _explained(finding: Finding) -> Finding:
    note = gettext(
        "Your code keeps what it was given, and changed it in a later call. If the caller's data "
        "shall stay as they are, copy them where your code receives them."
    )
    return dataclasses.replace(finding, note=f"{finding.note} {note}".strip())
