"""A person's decisions on when work was handed in, where ``timestamp.txt`` is unclear."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

from grader.errors import CourseError
from grader.model import Submission, TimeDecision
from grader.notebook import late_penalties, overrides
from grader.notebook.submission import handed_in_file, paths, time_text
from grader.settings import Settings


def decide(
    settings: Settings, student: str, assignment: str, *, handed_in: str, reason: str, by: str = ""
) -> TimeDecision:
    """Say when a graded submission was handed in, whose ``timestamp.txt`` may mean several times.

    Args:
        settings: the course.
        student: nbgrader's id.
        assignment: its name.
        handed_in: a time with one meaning.
        reason: for colleagues to read; line ends become blanks.
        by: who decides; this account's name, if left out.

    Raises:
        CourseError: an unknown assignment or student, nothing graded, no reason, a file or a time
            with another number of meanings.
        ConfigurationError: the decision cannot be kept.
    """
    submission, _ = overrides.find_graded(settings, student, assignment)
    received = _several_times(submission)
    decision = TimeDecision(
        received=received,
        handed_in=_one_time(handed_in).isoformat(sep=" "),
        reason=overrides.reason_line(reason),
        by=" ".join(by.split()) or overrides.account(),
        when=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    handed_in_file.write(paths.time_file(settings, student, assignment), decision)
    late_penalties.refresh(settings, assignment, [student])
    return decision


def listed(
    settings: Settings, student: str = "", assignment: str = ""
) -> Iterator[tuple[str, str, TimeDecision]]:
    """Student, assignment and decision, by assignment and student; of one of either, if named.

    Raises:
        CourseError: a decision that cannot be read.
    """
    for name in (assignment,) if assignment else settings.assignments:
        for who in paths.overridden(settings, name):
            found = handed_in_file.read(paths.time_file(settings, who, name))
            if found is not None and student in ("", who):
                yield who, name, found


def _several_times(submission: Submission) -> str:
    """The text of the student's file; raises ``CourseError`` if there is nothing to decide."""
    text = ""
    with contextlib.suppress(ValueError, OverflowError):
        text = handed_in_file.received(submission.submitted)
        if text and len(time_text.meanings(text)) > 1:
            return text
    raise CourseError(
        f"when {submission.student} handed in {submission.assignment} is known, or nothing says "
        f"it: expected a timestamp.txt that may mean several times, received {text[:60]!a}"
    )


def _one_time(text: str) -> datetime:
    with contextlib.suppress(ValueError, OverflowError):
        if len(found := time_text.meanings(text)) == 1:
            return found[0]
    raise CourseError(
        f"--handed-in is {text[:60]!r}: expected a time with one meaning, like "
        "'2030-01-31 12:00:00 UTC'"
    )
