"""A person's decision on when a submission was handed in, where ``timestamp.txt`` is unclear.

It lies in ``overrides/`` of the course, and holds as long as the student's file says the same.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from pathlib import Path

import msgspec

from grader import whole_files
from grader.errors import ConfigurationError, CourseError
from grader.model import TimeDecision
from grader.notebook.submission import file_rules, time_text

VERSION = 1


class _File(msgspec.Struct):
    """The content of the file."""

    version: int
    decision: TimeDecision


def read(file: Path) -> TimeDecision | None:
    """The decision; None where there is no file.

    Raises:
        CourseError: the file cannot be read, or holds something else. No decision is dropped.
    """
    try:
        content = msgspec.json.decode(file.read_bytes(), type=_File)
        datetime.fromisoformat(content.decision.handed_in)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise CourseError(
            f"{file} cannot be read ({said}): expected a decision of grader override --handed-in; "
            "restore it from a backup, or remove it and decide again"
        ) from error
    if content.version != VERSION:
        raise CourseError(
            f"{file} has version {content.version}, expected {VERSION}: use a newer grader"
        )
    return content.decision


def write(file: Path, decision: TimeDecision) -> None:
    """Keep a decision, at once; raises ``ConfigurationError`` if it cannot be written."""
    content = {"version": VERSION, "decision": dataclasses.asdict(decision)}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        whole_files.write(file, json.dumps(content, indent=1, ensure_ascii=False).encode())
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or file} cannot be written ({error.strerror}): expected a course's "
            "folder that this account may write to"
        ) from error


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
