"""Tests whose data a later call changes, tried with the data as they were and as in a notebook."""

from __future__ import annotations

import pytest

from grader.examiner.cells.finding import Finding, FindingKind
from grader.examiner.later_changes import Tried, decided
from tests.in_process import InProcess

FAILED, FAULT = Finding(FindingKind.REFUTED, "AssertionError"), Finding(FindingKind.TEST_FAULT)


@pytest.mark.parametrize(
    ("ends", "passes", "asked"),
    [
        ([Finding()] * 4, True, [False, True]),
        ([FAILED] * 4, False, [False]),
        ([Finding(), FAILED, FAILED, Finding()], False, [False, True, True, False]),
        ([Finding(), FAILED, Finding(), FAILED], True, [False, True, True]),  # every second time
        ([Finding(), FAILED, FAILED, FAILED], True, [False, True, True, False]),  # once
        ([Finding(), FAULT, FAULT, Finding()], True, [False, True]),
    ],
    ids=["passes", "fails", "by change", "alternates", "once", "fault"],
)
def test_a_test_fails_only_by_what_the_change_does(
    ends: list[Finding], passes: bool, asked: list[bool]
) -> None:
    told: list[bool] = []
    left = iter(ends)

    def try_test(lets_change: bool) -> Tried:
        told.append(lets_change)
        return Tried(next(left), has_parted=True)

    assert decided(try_test).passed is passes
    assert told == asked


def test_a_test_whose_data_stay_is_asked_once() -> None:
    left = iter([Tried(Finding())])
    assert decided(lambda _: next(left)).passed


BAG = """
made = []
class Bag:
    def __init__(self, values):
        made.append(1)
        self.values = values
    def add(self, value): self.values.append(value)
"""


def test_the_student_is_told_that_the_data_are_to_be_copied() -> None:
    test = "mine = [1, 2]\nbag = Bag(mine)\nbag.add(3)\nassert mine == [1, 2]"
    finding = InProcess(BAG).tested(test)
    assert (finding.kind, finding.line) == (FindingKind.REFUTED, 4)
    assert "copy them" in finding.note
    assert InProcess(BAG.replace("= values", "= list(values)")).tested(test).passed


def test_a_test_that_holds_once_alone_is_not_lost_by_being_asked_again() -> None:
    test = "mine = [1, 2]\nbag = Bag(mine)\nbag.add(3)\nassert len(made) == 1"
    assert InProcess(BAG).tested(test).passed


def test_data_that_stay_as_they_are_are_named() -> None:
    test = "mine = [1, 2]\nbag = Bag(mine)\nbag.add(3)\nassert mine == [1, 2, 3]"
    finding = InProcess(BAG).tested(test)
    assert finding.kind is FindingKind.REFUTED
    assert finding.note.startswith("`mine`: Your code changed in a later call")
