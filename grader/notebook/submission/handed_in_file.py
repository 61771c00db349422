"""A person's decision on when a submission was handed in, where ``timestamp.txt`` is unclear.

It lies in ``overrides/`` of the course, and holds as long as the student's file says the same.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from grader.model import TimeDecision
from grader.notebook.submission import decision_file, file_rules, time_text
from grader.notebook.submission.decision_file import DecisionFile


class _Decision(DecisionFile):
    """The content of the file."""

    decision: TimeDecision

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.decision.handed_in)


def read(file: Path) -> TimeDecision | None:
    """The decision; None where there is no file.

    Raises:
        CourseError: the file cannot be read, or holds something else. No decision is dropped.
    """
    content = decision_file.read(file, _Decision, "a decision of grader override --handed-in")
    return None if content is None else content.decision


def write(file: Path, decision: TimeDecision) -> None:
    """Keep a decision, at once; raises ``ConfigurationError`` if it cannot be written."""
    decision_file.write(file, _Decision(decision_file.VERSION, decision))


def received(folder: Path) -> str:
    """The text of the ``timestamp.txt`` in a submitted folder; empty where there is none.

    Raises:
        ValueError: it is no text.
        SubmissionError: it is no ordinary file.
    """
    try:
        return time_text.decoded(file_rules.read(folder / file_rules.TIMESTAMP))
    except FileNotFoundError:
        return ""


def times(folder: Path, decided: Path) -> tuple[datetime, ...]:
    """When a folder may have been handed in, the earliest first: one time where a person decided.

    Args:
        folder: what was submitted.
        decided: the file of the decision, which need not be there.

    Returns:
        Times in UTC, without a zone; none where no file says one.

    Raises:
        ValueError, OverflowError: the file holds no time.
        SubmissionError: it is no ordinary file.
        CourseError: the decision cannot be read.
    """
    if not (text := received(folder)):
        return ()
    found = time_text.meanings(text)
    if len(found) > 1 and (decision := read(decided)) and decision.received == text:
        return (datetime.fromisoformat(decision.handed_in),)
    return found
