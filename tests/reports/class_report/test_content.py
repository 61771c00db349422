from __future__ import annotations

import dataclasses

from grader.model import Outcome, Override, Verdict
from grader.reports.class_report import csv_tables
from grader.reports.class_report.content import ClassReport
from tests.reports.classes import CLAIMS, made_up


def report(*messages: str, outcome: Outcome = Outcome.FAILED) -> ClassReport:
    """A submission a message on the first claim; passed where it is empty."""
    whole = made_up(len(messages))
    entries = tuple(
        dataclasses.replace(
            entry,
            waiting=(),
            graded=dataclasses.replace(
                entry.graded,
                verdicts=(Verdict(CLAIMS[0].name, outcome if said else Outcome.PASSED, 2, said),),
            ),
        )
        for entry, said in zip(whole.entries, messages, strict=True)
    )
    return dataclasses.replace(whole, claims=CLAIMS[:1], entries=entries)


def test_messages_that_differ_in_numbers_are_counted_together() -> None:
    (result,) = report("", "had 0.93 of 5", "NameError", "had 0.91 of 7").results
    assert (result.missed, result.counts[Outcome.PASSED]) == (3, 1)
    assert [(said.message, said.students) for said in result.complaints] == [
        ("had 0.93 of 5", ("student002", "student004")),
        ("NameError", ("student003",)),
    ]
    assert result.others == 0


def test_rare_messages_are_only_counted() -> None:
    (result,) = report("a", "a", "b", "b", "c", "c", "d").results
    assert [said.message for said in result.complaints] == ["a", "b", "c"]
    assert result.others == 1


def test_what_needs_a_person_is_found() -> None:
    faulty = report("", "its process ended", outcome=Outcome.GRADER_FAULT)
    assert [(student, verdict.message) for student, verdict in faulty.faults] == [
        ("student002", "its process ended")
    ]
    assert faulty.waiting == ()
    assert report("no").faults == ()
    waits = dataclasses.replace(faulty.entries[0], waiting=("written_answer",))
    assert dataclasses.replace(faulty, entries=(waits,)).waiting == (waits,)


def test_the_median_is_of_points_for_claims() -> None:
    entries = tuple(
        dataclasses.replace(made_up(1).entries[0], claims_score=score, total=0.0)
        for score in (1, 2, 10)
    )
    assert dataclasses.replace(made_up(1), entries=entries).median == 2


def test_what_a_person_decided_is_no_open_case() -> None:
    faulty = report("its process ended", outcome=Outcome.GRADER_FAULT)
    (entry,) = faulty.entries
    (verdict,) = entry.graded.verdicts
    override = Override(verdict.claim, 1.0, "=Read it", "ben", "2026-01-02T03:04:05+00:00")
    verdicts = (dataclasses.replace(verdict, override=override),)
    graded = dataclasses.replace(entry.graded, verdicts=verdicts)
    entry = dataclasses.replace(entry, graded=graded)
    decided = dataclasses.replace(faulty, entries=(entry,))
    assert (len(faulty.faults), faulty.decided) == (1, ())
    assert (decided.faults, decided.decided) == ((), (("student001", verdicts[0]),))
    table = csv_tables.tables(decided, [])["attention.csv"]
    assert f"decided by a person: {verdict.claim}" in table
    assert "1 / 2 points, ben, 2026-01-02: =Read it; the verdict: grader fault" in table
