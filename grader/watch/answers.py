"""Which versions were answered, and when: what a service remembers over its restarts."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

import msgspec

from grader import whole_files
from grader.errors import ConfigurationError
from grader.model import Told
from grader.watch.turns import HOUR

VERSION = 1
FILE = Path("watch") / "answers.json"


class Outcome(StrEnum):
    """The outcome of testing a version."""

    TESTED = "tested"
    UNREADABLE = "unreadable"
    FAULT = "fault"


@dataclass(frozen=True)
class Answer:
    """One answer to a student.

    Attributes:
        student: nbgrader's id.
        assignment: its name.
        digest: of what was tested.
        source_sha256: digest of the source notebook that it was tested by.
        told: what was told of hidden claims.
        at: when, in seconds since 1970.
        outcome: of testing it.
        whole: whether nothing is left to do: the work is graded in full, too.
    """

    student: str
    assignment: str
    digest: str
    source_sha256: str
    told: Told
    at: float
    outcome: Outcome
    whole: bool = True


class Answers:
    """The answers of a course; ``save`` writes them to disk.

    For each student and assignment the last one is kept, and all of the last hour.

    Args:
        root: the course's folder.

    Raises:
        ConfigurationError: the file is none of ours, or cannot be read.
    """

    def __init__(self, root: Path) -> None:
        self._file = root / FILE
        self._all: list[Answer] = _read(self._file)

    def last(self, student: str, assignment: str) -> Answer | None:
        """The last answer to a student for an assignment, in the order in which they were given."""
        key = student, assignment
        return next((a for a in reversed(self._all) if (a.student, a.assignment) == key), None)

    def times(self, now: float) -> dict[str, list[float]]:
        """Student to the times of the answers; a fault of the grader's costs nobody a turn.

        Nor does an answer of the future, which a clock gave that was wrong.
        """
        times = defaultdict(list)
        for answer in self._all:
            if answer.outcome is not Outcome.FAULT and answer.at <= now:
                times[answer.student].append(answer.at)
        return times

    def add(self, answer: Answer) -> None:
        """Remember an answer."""
        kept = [each for each in self._all if each.at > answer.at - HOUR or self._is_last(each)]
        self._all = [*kept, answer]

    def complete(self, student: str, assignment: str, digest: str) -> None:
        """Remember that nothing is left to do for the last answer, if it is of this version."""
        last = self.last(student, assignment)
        if last is not None and last.digest == digest and not last.whole:
            self._all[self._all.index(last)] = replace(last, whole=True)

    def _is_last(self, answer: Answer) -> bool:
        return self.last(answer.student, answer.assignment) is answer

    def save(self) -> None:
        """Write what is remembered; raises ``ConfigurationError`` if that cannot be done."""
        content = {"version": VERSION, "answers": [asdict(answer) for answer in self._all]}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            whole_files.write(self._file, json.dumps(content, indent=1).encode())
        except OSError as error:
            raise ConfigurationError(
                f"{self._file} cannot be written ({error.strerror}): expected a course's folder "
                "that this account may write to, on a disk that is not full"
            ) from error


class _Content(msgspec.Struct):
    version: int
    answers: list[Answer]


def _read(file: Path) -> list[Answer]:
    try:
        content = msgspec.json.decode(file.read_bytes(), type=_Content)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read ({error.strerror})") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{file} holds no answers of grader watch ({error}): remove it; then everything that "
            "lies there is tested once more"
        ) from error
    if content.version != VERSION:
        raise ConfigurationError(
            f"{file} is of version {content.version}, expected {VERSION}: remove it; then "
            "everything that lies there is tested once more"
        )
    return content.answers
