from __future__ import annotations

import dataclasses

from rich.console import Console

from grader.model import Graded, Outcome, Verdict
from grader.reports.faulty_tests import faulty_tests
from grader.reports.terminal.class_table import needs_person

WRONG = Verdict("adds", Outcome.GRADER_FAULT, 2, "not yours", fault="line 3, `1 / 0`: no.")


def graded(student: str, *verdicts: Verdict) -> Graded:
    return Graded(student, "sums", verdicts, (), 1.0, "none", (), "", "")


def test_a_fault_of_a_test_is_named_once_for_a_class() -> None:
    lost = dataclasses.replace(WRONG, claim="totals", outcome=Outcome.FAILED, fault="line 4: no.")
    students = ("ada", "ben", "cleo", "dan")
    of_class = [graded(student, WRONG) for student in students]
    first, second = faulty_tests([*of_class, graded("eve", lost)])
    assert (first.claim, first.students, first.met) == (
        "adds",
        students,
        "ada, ben, cleo and 1 more",
    )
    assert (second.claim, second.met) == ("totals", "eve")
    assert faulty_tests([graded("ada", dataclasses.replace(WRONG, fault=""))]) == ()


def test_the_table_names_it_once_and_no_student() -> None:
    console = Console(record=True, width=120, file=None)
    with console.capture() as shown:
        console.print(needs_person((), [graded("ada", WRONG), graded("ben", WRONG)]))
    assert shown.get().count("line 3, `1 / 0`") == 1
    assert "the test adds" in shown.get()
    assert "It met ada and ben." in shown.get()
    assert "has no score" not in shown.get()
