"""Runs nbgrader's converters quietly and turns their failures into one line."""

from __future__ import annotations

import logging
import os
import sys

from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory

from grader.errors import ConfigurationError, CourseError, GraderError
from grader.notebook import gradebook_errors, sqlalchemy_warnings

LOG = logging.getLogger("grader.nbgrader")


class _Errors(logging.Handler):
    """Keeps what a converter logs as an error, and the first exception that it logs so."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []
        self.error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        self.error = self.error or sys.exc_info()[1]  # nbgrader logs where it has caught it


def convert(converter: BaseConverter) -> None:
    """Run ``converter``; raises ``CourseError`` with the error that it logged first.

    Raises:
        CourseError: nbgrader refused, or what it runs for us did.
        ConfigurationError: the gradebook or a file cannot be written, which may pass.
    """
    errors, directory = _Errors(), converter.coursedir
    converter.log = LOG
    LOG.addHandler(errors)
    try:
        with sqlalchemy_warnings.ignored():
            converter.start()
    except (NbGraderException, SystemExit) as error:
        raise _told(errors.error, directory) or CourseError(_first(errors) or str(error)) from error
    except OSError as error:
        raise _refused(error, directory) from error
    finally:
        LOG.removeHandler(errors)


def _told(error: BaseException | None, directory: CourseDirectory) -> GraderError | None:
    """What a person is told of an error that nbgrader logged; None where it logged none."""
    if error is None or isinstance(error, NbGraderException):
        return None
    if why := gradebook_errors.reason(error):
        return gradebook_errors.unwritable(directory.db_url, why)
    if isinstance(error, GraderError):
        return CourseError(str(error))
    if isinstance(error, OSError):
        return _refused(error, directory)
    said = str(error).splitlines()
    return CourseError(f"{type(error).__name__}: {said[0]}" if said else type(error).__name__)


def _refused(error: OSError, directory: CourseDirectory) -> ConfigurationError:
    file = os.fsdecode(error.filename2 or error.filename or directory.root)
    return ConfigurationError(
        f"{file} cannot be used: {error.strerror or error}; expected a course folder that this "
        "account may read and write, on a disk with room"
    )


def _first(errors: _Errors) -> str:
    return errors.lines[0].splitlines()[0] if errors.lines else ""
