"""Runs nbgrader's converters quietly and turns their failures into one line."""

from __future__ import annotations

import logging
import re

from nbgrader.converters.base import BaseConverter, NbGraderException

from grader.errors import CourseError
from grader.notebook import sqlalchemy_warnings

LOG = logging.getLogger("grader.nbgrader")

# How Python writes that the operating system refused something, with its one or two files.
_SYSTEM = re.compile(
    r"\w+: \[Errno \d+\] (?P<reason>[^:]+): '(?P<file>[^']*)'(?: -> '(?P<to>[^']*)')?$"
)
# Our own exceptions say all there is to say in their message.
_OURS = re.compile(r"^grader\.errors\.\w+: ")


class _Errors(logging.Handler):
    """Keeps what a converter logs as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def convert(converter: BaseConverter) -> None:
    """Run ``converter``; raises ``CourseError`` with the error that it logged first."""
    errors = _Errors()
    converter.log = LOG
    LOG.addHandler(errors)
    try:
        with sqlalchemy_warnings.ignored():
            converter.start()
    except (NbGraderException, SystemExit) as error:
        raise CourseError(_cause(errors.lines) or str(error)) from error
    except OSError as error:
        file = error.filename2 or error.filename or converter.coursedir.root
        raise CourseError(_refused(str(file), error.strerror or str(error))) from error
    finally:
        LOG.removeHandler(errors)


def _refused(file: str, reason: str) -> str:
    return (
        f"{file} cannot be used: {reason}; expected a course folder that this account may read "
        "and write, on a disk with room"
    )


def _cause(lines: list[str]) -> str:
    """The error of the first traceback logged, in its first line; else the first line."""
    tracebacks = [line for line in lines if line.startswith("Traceback")]
    if tracebacks:
        said = _error_line(tracebacks[0])
        if system := _SYSTEM.match(said):
            return _refused(system["to"] or system["file"], system["reason"])
        return _OURS.sub("", said)
    return lines[0].splitlines()[0] if lines else ""


def _error_line(traceback: str) -> str:
    """The first line of the error's own text: below the last frame, whose lines are indented."""
    lines = traceback.strip().splitlines()
    frames = [number for number, line in enumerate(lines) if line.startswith('  File "')]
    below = lines[frames[-1] + 1 :] if frames else lines[1:]
    return next((line for line in below if line and not line.startswith(" ")), lines[-1])
