"""The summary after feedback was written: a line for each reason, not one for each student."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.reports.few_names import MOST, few_names
from grader.reports.reasons import by_reason


def problems(found: Sequence[tuple[str, str]], assignment: str, *, every: bool) -> Iterator[str]:
    """A line for each reason why students have no page, in the order in which it was met.

    Args:
        found: a student and a reason, which may begin with the student's name.
        assignment: its name.
        every: name all students, and not only the first.
    """
    said = [(student, _of_anyone(problem, student, assignment)) for student, problem in found]
    for reason, who in by_reason(said).items():
        names = few_names(who, "--verbose", len(who) if every else MOST)
        yield f"no feedback for {names}: {reason}"


def pages(written: Sequence[Path], of: int, *, every: bool) -> Iterator[str]:
    """Where the pages are: one line at the end, and before it each page if ``every``.

    Args:
        written: feedback/<student>/<assignment>/<assignment>.html of each student with a page.
        of: students, with and without a page.
        every: name each page.
    """
    if every:
        yield from map(str, written)
    if len(written) == 1 == of:
        yield f"Feedback is in {written[0]}"
    elif written:
        *folder, _student, assignment, page = written[0].parts
        place = "/".join([*folder, "<student>", assignment, page])
        number = f"{len(written)} of {of}" if len(written) < of else of
        yield f"Feedback for {number} students is in {place}"


def _of_anyone(problem: str, student: str, assignment: str) -> str:
    """A reason without the student whom it begins with, so that equal reasons are equal."""
    return problem.removeprefix(f"{student}'s {assignment} is ").removeprefix(f"{student} ")
