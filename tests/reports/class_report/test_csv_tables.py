from __future__ import annotations

import csv
import dataclasses
import io

from grader.model import Outcome, Verdict
from grader.reports.class_report.content import ClassReport
from grader.reports.class_report.csv_tables import tables
from grader.reports.class_report.similarity import Alike
from tests.reports.classes import made_up


def rows(report: ClassReport, name: str, *alike: Alike) -> list[dict[str, str]]:
    text = tables(report, alike)[name]
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_scores_and_claims_hold_the_same_verdicts() -> None:
    report = made_up(30)
    scores, claims = rows(report, "scores.csv"), rows(report, "claims.csv")
    assert [row["student"] for row in scores] == [entry.student for entry in report.entries]
    for row in claims:
        passed = sum(score[row["claim"]] == "passed" for score in scores)
        assert passed == int(row["passed"])
    assert sum(int(row["passed"]) for row in claims) > 100
    assert float(scores[0]["total"]) == report.entries[0].total


def test_trainings_say_when_the_target_was_reached() -> None:
    report = made_up(30)
    table = rows(report, "trainings.csv")
    goals = [row["epochs to the target"] for row in table]
    assert "" in goals
    assert "5" in goals
    assert all(
        int(goal) <= int(row["epochs"]) for row, goal in zip(table, goals, strict=True) if goal
    )
    untold = rows(dataclasses.replace(report, target=None), "trainings.csv")
    assert {row["epochs to the target"] for row in untold} == {""}


def test_what_needs_a_person_is_a_table() -> None:
    table = rows(made_up(30), "attention.csv")
    assert table[0]["student"] == "zoe"
    assert "symbolic link" in table[0]["why"]
    assert any(row["why"] == "written_answer" for row in table)


def test_alike_submissions_are_a_table() -> None:
    (row,) = rows(made_up(1), "alike.csv", Alike(("ada", "ben"), "code", 0.98765))
    assert row == {"similarity": "0.988", "what": "code", "students": "ada ben"}


def test_no_text_is_a_formula_for_a_spreadsheet() -> None:
    report = made_up(1)
    evil = Verdict("reaches_998", Outcome.CRASHED, 3, '=HYPERLINK("//evil")')
    graded = dataclasses.replace(report.entries[0].graded, student="@eve", verdicts=(evil,))
    entry = dataclasses.replace(report.entries[0], graded=graded)
    (row,) = rows(dataclasses.replace(report, entries=(entry,)), "messages.csv")
    assert (row["student"], row["message"]) == ("'@eve", '\'=HYPERLINK("//evil")')
