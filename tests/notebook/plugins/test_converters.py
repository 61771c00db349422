from __future__ import annotations

import sqlite3
import traceback
from types import SimpleNamespace
from typing import Any

import pytest
from nbgrader.api import InvalidEntry
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import OperationalError

from grader.errors import ConfigurationError, CourseError, GraderError
from grader.notebook.plugins import converters

REMEDY = "expected a course folder that this account may read and write, on a disk with room"
FULL = "database or disk is full"


class Converter:
    """Logs and raises as one of nbgrader's does."""

    def __init__(self, error: BaseException, *, logs: bool = True) -> None:
        self.coursedir: Any = SimpleNamespace(root="course", db_url="sqlite:///gradebook.db")
        self.log: Any = None
        self._error, self._logs = error, logs

    def start(self) -> None:
        """Called by ``convert``."""
        try:
            raise self._error
        except Exception:
            if not self._logs:
                raise
            self.log.error("There was an error processing assignment: sums")
            self.log.error(traceback.format_exc())
        raise NbGraderException("Please see the above traceback")


def told(error: BaseException, *, logs: bool = True) -> GraderError:
    with pytest.raises(GraderError) as raised:
        converters.convert(Converter(error, logs=logs))  # type: ignore[arg-type]
    return raised.value


def full_database() -> OperationalError:
    return OperationalError("INSERT INTO student", {}, sqlite3.OperationalError(FULL))


@pytest.mark.parametrize(
    ("error", "file"),
    [
        (OSError(30, "Read-only file system", "release/sums"), "release/sums"),
        (OSError(28, "No space left on device", "from.png", None, "to.png"), "to.png"),
        (PermissionError(13, "Permission denied", b"feedback"), "feedback"),
        (OSError(28, "No space left on device"), "course"),
    ],
)
@pytest.mark.parametrize("logs", [True, False])
def test_what_the_system_refuses_is_told_with_file_and_remedy(
    error: OSError, file: str, logs: bool
) -> None:
    assert isinstance(told(error, logs=logs), ConfigurationError), "it may pass"
    assert str(told(error, logs=logs)) == f"{file} cannot be used: {error.strerror}; {REMEDY}"


def test_what_the_database_refuses_is_told_without_its_statement() -> None:
    error = told(full_database())
    assert isinstance(error, ConfigurationError)
    assert f"the gradebook sqlite:///gradebook.db cannot be written ({FULL})" in str(error)
    assert "run the same command again" in str(error)
    assert "INSERT" not in str(error)


def test_what_the_database_refuses_is_told_where_nbgrader_calls_it_an_invalid_entry() -> None:
    error = InvalidEntry(str(full_database()))
    error.__context__ = full_database()
    assert FULL in str(told(error))
    assert isinstance(told(error), ConfigurationError)
    assert isinstance(told(InvalidEntry("no such student")), CourseError)


def test_our_own_errors_say_all_there_is_to_say() -> None:
    assert str(told(CourseError("the source is wrong: mend it"))) == "the source is wrong: mend it"


def test_other_errors_keep_their_name() -> None:
    assert str(told(KeyError("cells"))) == "KeyError: 'cells'"


def test_an_error_of_several_lines_is_told_by_its_first() -> None:
    said = "unable to open database file\n[SQL: SELECT]\n(Background on this error at: a page)"
    assert str(told(RuntimeError(said))) == "RuntimeError: unable to open database file"


def test_what_nbgrader_refuses_without_an_error_is_its_first_line() -> None:
    said = str(told(NbGraderException("no notebooks")))
    assert said == "There was an error processing assignment: sums"
