"""The class on the terminal: student, score, verdict per claim, time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from grader.model import Claim, Graded, Outcome, Score, Timing, Verdict
from grader.model.scores import points
from grader.reports import same_causes
from grader.reports.faulty_tests import faulty_tests
from grader.reports.few_names import few_names
from grader.reports.reasons import by_reason
from grader.reports.terminal.claim_table import ClaimRow, ClaimTable
from grader.reports.terminal.marks import MARKS, columns_legend, marks_legend
from grader.reports.terminal.output_table import OutputTable, TerminalOnly, grid
from grader.reports.terminal.plain import lines as plain_lines
from grader.reports.terminal.plain import plain

_NAMED = 3  # students beside a reason


def class_table(
    assignment: str,
    claims: Sequence[Claim],
    graded: Sequence[Graded],
    scores: Mapping[str, Score],
    problems: Sequence[tuple[str, str]] = (),
) -> RenderableType:
    """A table with a row a student and a column a claim, and what the columns and marks mean.

    Args:
        assignment: what stands above the table: its name, and its title.
        claims: the assignment's claims, in notebook order.
        graded: submissions with verdicts.
        scores: student to the score of the whole submission, what a person marks included.
        problems: student and reason for each submission that could not be graded.
    """
    to_mark = any(score.to_mark for score in scores.values())
    rows = [
        _row(submission, claims, scores.get(submission.student), to_mark) for submission in graded
    ]
    rows += [_not_graded(student, len(claims), to_mark) for student, _ in problems]
    heads = ("student", ("score", "to mark") if to_mark else ("score",), ("time",))
    table = ClaimTable(assignment, [claim.name for claim in claims], heads, rows)
    decided = any(verdict.override for each in graded for verdict in each.verdicts)
    star = [("*", "points decided by a person")] if decided else []
    return Group(table, TerminalOnly(Group(columns_legend(claims), marks_legend(*star))))


def _row(graded: Graded, claims: Sequence[Claim], score: Score | None, to_mark: bool) -> ClaimRow:
    verdicts = {verdict.claim: verdict for verdict in graded.verdicts}
    known = [verdicts.get(claim.name) for claim in claims]
    wait = points(score.to_mark) if score and score.to_mark else ""
    return ClaimRow(
        graded.student,
        (Text(str(score or "none")), *([Text(wait)] if to_mark else [])),
        tuple(_mark(verdict) if verdict else Text() for verdict in known),
        (Text(f"{graded.seconds:.0f} s"),),
        tuple(_word(verdict) if verdict else "" for verdict in known),
    )


def _not_graded(student: str, claims: int, to_mark: bool) -> ClaimRow:
    said = (Text("not graded", "bold red"), *([Text()] if to_mark else []))
    return ClaimRow(student, said, (Text(),) * claims, (Text(),), ("",) * claims)


def _mark(verdict: Verdict) -> Text:
    """A verdict's letter, with a star where the points are a person's."""
    return Text(*MARKS[verdict.outcome]).append("*" if verdict.override else "", "bold")


def _word(verdict: Verdict) -> str:
    decided = f" ({verdict.override.points:g} points by a person)" if verdict.override else ""
    return f"{verdict.outcome}{decided}"


def needs_person(problems: Sequence[tuple[str, str]], graded: Sequence[Graded]) -> RenderableType:
    """What a person must look at: no grade, no score for a claim, something odd; or nothing.

    A reason stands there once, however many students it concerns.

    Args:
        problems: student and reason for each submission that could not be graded.
        graded: submissions with verdicts.
    """
    rows = [
        (f"the test {each.claim}", f"{each.fault} It met {each.met}.")
        for each in faulty_tests(graded)
    ]
    rows += [(student, f"not graded: {reason}") for student, reason in problems]
    for submission in graded:
        rows += [
            (submission.student, f"{verdict.claim} has no score: {verdict.message}")
            for verdict in submission.verdicts
            if verdict.score is None and not verdict.fault
        ]
        rows += [(submission.student, note) for note in submission.notes]
    if not rows:
        return Text()
    listed = grid()
    for reason, students in by_reason(rows).items():
        listed.add_row(plain(few_names(students, most=_NAMED)), plain(reason))
    return Group(Text("Needs a person", "bold red"), listed, Text())


def explanations(graded: Graded) -> RenderableType:
    """Why a submission lost points: each cause, and the claims that it took along.

    Below them stands what people decided.
    """
    causes = [v for v in graded.verdicts if v.outcome is not Outcome.PASSED]
    messages = same_causes.fullest([verdict.message for verdict in causes])
    reasons: dict[tuple[Outcome, str], list[str]] = {}
    for verdict, message in zip(causes, messages, strict=True):
        reasons.setdefault((verdict.outcome, message), []).append(verdict.claim)
    lost = grid(3)
    for (outcome, message), claims in reasons.items():
        lost.add_row(Text(*MARKS[outcome]), plain_lines("\n".join(claims)), plain_lines(message))
    for verdict in graded.verdicts:
        if (said := verdict.override) is not None:
            worth = f"{Score(said.points, verdict.points)} points by a person's decision"
            lost.add_row(Text("*", "bold"), plain(verdict.claim), plain(f"{worth}: {said.reason}"))
    return Group(plain(graded.student, "bold"), lost)


def trainings(graded: Sequence[Graded]) -> RenderableType:
    """What the referee did for these submissions, in a line; nothing where it did nothing."""
    runs = [run for submission in graded for run in submission.runs]
    if not runs:
        return Text()
    now, all_of_them = (
        sum(numbers) for numbers in zip(*((r.fresh, r.epochs) for r in runs), strict=True)
    )
    return Text(
        f"The referee carried out {now} epochs for {len(runs)} trained models"
        f" and found {all_of_them - now} in the store.",
        style="dim",
    )


def timings_table(submissions: Sequence[Sequence[Timing]]) -> RenderableType:
    """Where the time of a class went: the mean of each part over its submissions."""
    table = OutputTable(title="Seconds a submission", title_justify="left", title_style="bold")
    table.add_column("part")
    table.add_column("wall", justify="right")
    table.add_column("CPU", justify="right")
    parts = dict.fromkeys(
        (timing.part, timing.student) for timings in submissions for timing in timings
    )
    spent = [timing for timings in submissions for timing in timings]
    for part, student in parts:
        same = [timing for timing in spent if (timing.part, timing.student) == (part, student)]
        wall, cpu = (sum(values) / len(submissions) for values in (
            [each.wall for each in same], [each.cpu for each in same],
        ))  # fmt: skip
        table.add_row(part, f"{wall:.2f}" if wall else "", f"{cpu:.2f}")
    ours = sum(timing.cpu for timing in spent if not timing.student) / max(len(submissions), 1)
    table.add_section()
    table.add_row("all but the student's code", "", f"{ours:.2f}")
    return table
