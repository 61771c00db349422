"""The tables of a class report as CSV files, for spreadsheets and other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from grader.model import Outcome
from grader.reports import formulas, training_text
from grader.reports.class_report.content import ClassReport
from grader.reports.class_report.similarity import Alike

Row = Sequence[object]


def tables(report: ClassReport, alike: Sequence[Alike]) -> dict[str, str]:
    """File name to the text of each table."""
    return {
        "scores.csv": _text(_scores(report)),
        "claims.csv": _text(_claims(report)),
        "messages.csv": _text(_messages(report)),
        "trainings.csv": _text(_trainings(report)),
        "attention.csv": _text(_attention(report)),
        "alike.csv": _text(_alike(alike)),
    }


def _scores(report: ClassReport) -> Iterator[Row]:
    yield (
        *("student", "total", "of", "claims", "by hand", "waiting", "seconds", "referee seconds"),
        *(claim.name for claim in report.claims),
    )
    for entry in report.entries:
        outcomes = {verdict.claim: verdict.outcome for verdict in entry.graded.verdicts}
        yield (
            *(entry.student, entry.total, report.max_score, entry.claims_score, entry.by_hand),
            *(
                " ".join(entry.waiting),
                round(entry.graded.seconds, 2),
                round(entry.referee_seconds, 2),
            ),
            *(outcomes.get(claim.name, "") for claim in report.claims),
        )


def _claims(report: ClassReport) -> Iterator[Row]:
    yield ("claim", "points", *Outcome, "statement", "hint")
    for result in report.results:
        counts = (result.counts[outcome] for outcome in Outcome)
        yield (
            result.claim.name,
            result.claim.points,
            *counts,
            result.claim.statement,
            result.claim.hint,
        )


def _messages(report: ClassReport) -> Iterator[Row]:
    yield ("student", "claim", "outcome", "message")
    for submission in report.graded:
        for verdict in submission.verdicts:
            if verdict.outcome is not Outcome.PASSED:
                yield (submission.student, verdict.claim, verdict.outcome, verdict.message)


def _trainings(report: ClassReport) -> Iterator[Row]:
    yield (
        *("student", "run", "weights", "epochs", "asked", "stopped by a callback"),
        *("best accuracy", "epochs to the target", "training set", "test set"),
        *("seconds", "epochs found in the store", "device"),
    )
    for student, run in report.runs:
        goal = None if report.target is None else training_text.reached(run, report.target)
        yield (
            *(student, run.key, run.parameters or None, run.epochs, run.asked, run.stopped),
            *(training_text.best(run), goal, run.train_accuracy, run.test_accuracy),
            *(round(run.seconds, 2), run.epochs - run.fresh, run.device),
        )


def _attention(report: ClassReport) -> Iterator[Row]:
    yield ("student", "what", "why")
    yield from ((student, "not in this report", why) for student, why in report.left_out)
    for faulty in report.faulty_tests:
        yield (faulty.met, f"fault of the test {faulty.claim}", faulty.fault)
    for student, verdict in report.faults:
        yield (student, f"grader fault: {verdict.claim}", verdict.message)
    for entry in report.waiting:
        yield (entry.student, "to be graded by a person", " ".join(entry.waiting))
    for entry in report.undecided_penalties:
        yield (entry.student, "late penalty to be decided by a person", entry.penalty_waits)
    for student, verdict in report.decided:
        if (decision := verdict.override) is not None:
            said = f"{verdict.result} points, {decision.by}, {decision.day}"
            yield (
                student,
                f"decided by a person: {verdict.claim}",
                f"{said}: {decision.reason}; the verdict: {verdict.outcome}",
            )
    yield from ((student, "note", note) for student, note in report.noted)


def _alike(alike: Sequence[Alike]) -> Iterator[Row]:
    yield ("similarity", "what", "students")
    yield from (
        (round(group.similarity, 3), group.what, " ".join(group.students)) for group in alike
    )


def _text(rows: Iterator[Row]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([[_cell(value) for value in row] for row in rows])
    return file.getvalue()


def _cell(value: object) -> object:
    return formulas.as_text(value) if isinstance(value, str) else "" if value is None else value
