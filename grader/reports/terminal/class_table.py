"""The class on the terminal: student, score, verdict per claim, time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.model import Claim, Graded, Outcome, Score, Timing, Verdict
from grader.reports.faulty_tests import faulty_tests
from grader.reports.terminal.plain import plain

# A letter besides the colour: tables are also read in logs, on paper, and by the colour-blind.
MARKS = {
    Outcome.PASSED: ("+", "green"),
    Outcome.FAILED: ("F", "red"),
    Outcome.CRASHED: ("C", "magenta"),
    Outcome.OVER_LIMIT: ("L", "yellow"),
    Outcome.NOT_ATTEMPTED: ("-", "dim"),
    Outcome.GRADER_FAULT: ("?", "bold cyan"),
}


def class_table(
    assignment: str,
    claims: Sequence[Claim],
    graded: Sequence[Graded],
    scores: Mapping[str, Score],
    problems: Sequence[tuple[str, str]] = (),
) -> RenderableType:
    """A table with a row a student and a column a claim, and what the columns and marks mean.

    Args:
        assignment: its name.
        claims: the assignment's claims, in notebook order.
        graded: submissions with verdicts.
        scores: student to the score of the whole submission, what a person marks included.
        problems: student and reason for each submission that could not be graded.
    """
    table = Table(title=assignment, title_justify="left", title_style="bold")
    table.add_column("student", overflow="fold")  # cut names may be alike
    table.add_column("score", justify="right")
    for number in range(1, len(claims) + 1):
        table.add_column(str(number), justify="center")
    table.add_column("time", justify="right")
    for submission in graded:
        marks = {verdict.claim: _mark(verdict) for verdict in submission.verdicts}
        table.add_row(
            Text(submission.student),
            scores[submission.student].text if submission.student in scores else "none",
            *(marks.get(claim.name, Text()) for claim in claims),
            f"{submission.seconds:.0f} s",
        )
    for student, _ in problems:
        table.add_row(Text(student), Text("not graded", "bold red"), *("" for _ in claims), "")
    decided = any(verdict.override for each in graded for verdict in each.verdicts)
    return Group(table, columns_legend(claims), marks_legend(decided))


def _mark(verdict: Verdict) -> Text:
    """A verdict's letter, with a star where the points are a person's."""
    return Text(*MARKS[verdict.outcome]).append("*" if verdict.override else "", "bold")


def needs_person(problems: Sequence[tuple[str, str]], graded: Sequence[Graded]) -> RenderableType:
    """What a person must look at: no grade, no score for a claim, something odd; or nothing.

    What is wrong with a test stands there once, however many students it met.

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
    listed = Table.grid(padding=(0, 2))
    for student, reason in rows:
        listed.add_row(plain(student), plain(reason))
    return Group(Text("Needs a person", "bold red"), listed, Text())


def explanations(graded: Graded) -> RenderableType:
    """Why a submission lost points: each message, and the claims that it is the reason for.

    Below them stands what people decided.
    """
    reasons: dict[tuple[Outcome, str], list[str]] = {}
    for verdict in graded.verdicts:
        if verdict.outcome is not Outcome.PASSED:
            reasons.setdefault((verdict.outcome, verdict.message), []).append(verdict.claim)
    lost = Table.grid(padding=(0, 2))
    for (outcome, message), claims in reasons.items():
        mark, style = MARKS[outcome]
        lost.add_row(Text(mark, style), Text("\n".join(claims)), Text(message))
    for verdict in graded.verdicts:
        if (said := verdict.override) is not None:
            points = f"{Score(said.points, verdict.points)} points by a person's decision"
            lost.add_row(Text("*", "bold"), Text(verdict.claim), plain(f"{points}: {said.reason}"))
    return Group(Text(graded.student, "bold"), lost)


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
    table = Table(title="Seconds a submission", title_justify="left", title_style="bold")
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


def columns_legend(claims: Sequence[Claim]) -> RenderableType:
    """What the numbers at the head of a table stand for."""
    named = (f"{n} {claim.name} ({claim.points:g})" for n, claim in enumerate(claims, 1))
    return Columns([Text(each, "dim") for each in named], padding=(0, 2))


def marks_legend(decided: bool = False) -> RenderableType:
    """What the letters of ``MARKS`` stand for, and the star where one is used."""
    marks = [Text(*mark).append(f" {outcome}", "") for outcome, mark in MARKS.items()]
    if decided:
        marks.append(Text.assemble(("*", "bold"), " points decided by a person"))
    return Columns(marks, padding=(0, 2))
