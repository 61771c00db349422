"""nbgrader's gradebook: made ready for an assignment, and opened to be changed."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import sqlalchemy.exc
from nbgrader import api, utils
from nbgrader.api import Gradebook, MissingEntry

from grader.notebook import gradebook_errors, sqlalchemy_warnings
from grader.notebook.assignment import Assignment, grade_id
from grader.notebook.submission import paths
from grader.settings import Settings


def prepare(settings: Settings, assignment: Assignment) -> None:
    """Ensure that the gradebook knows the assignment as its source is now.

    Raises:
        ConfigurationError: the gradebook cannot be opened or made.
        CourseError: the source gained or lost cells after students handed in.
    """
    url, course = paths.course_directory(settings).db_url, settings.config.CourseDirectory.course_id
    require_writable(settings)
    try:
        _make_whole(url, course)
        with Gradebook(url, course) as gradebook:
            recorded = _recorded(gradebook, assignment.name)
    except gradebook_errors.RAISED as error:
        raise gradebook_errors.unusable(
            url, gradebook_errors.reason(error) or str(error)
        ) from error
    except subprocess.CalledProcessError as error:  # nbgrader asks alembic for a version
        raise gradebook_errors.unusable(url, str(error)) from error
    if recorded != _expected(assignment):
        from grader.notebook import release  # with nbgrader's programs, seldom needed here

        release.register(settings, assignment)


def _make_whole(url: str, course: str) -> None:
    """Make a gradebook that is not there yet, at once.

    nbgrader makes the tables first and notes their version afterwards. One that was interrupted in
    between could not be upgraded later.
    """
    file = sqlite_file(url)
    if file is None or file.exists():
        return
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with Gradebook(f"sqlite:///{unfinished}", course):
        pass
    unfinished.replace(file)


def require_writable(settings: Settings) -> None:
    """Ensure that the gradebook, if it is a file that exists, can be written, and its journal.

    SQLite takes a file that may only be read for a database to read, and says so with the first
    row that is written.

    Raises:
        ConfigurationError: it cannot; says why.
    """
    url = paths.course_directory(settings).db_url
    file = sqlite_file(url)
    if file is None or not file.exists():
        return
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        raise gradebook_errors.unusable(url, error.strerror or "it cannot be opened") from error
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise gradebook_errors.unusable(url, f"{file.parent} cannot be written")


def sqlite_file(url: str) -> Path | None:
    """The file of a gradebook; None if a server has it."""
    parsed = sqlalchemy.make_url(url)
    return (
        Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
    )


def enrol(settings: Settings, names: Mapping[str, tuple[str, str]]) -> None:
    """Put students into the gradebook: nbgrader's id to first and last name."""
    url = paths.course_directory(settings).db_url
    with Gradebook(url, settings.config.CourseDirectory.course_id) as gradebook:
        for student, (first, last) in names.items():
            gradebook.update_or_create_student(student, first_name=first, last_name=last)


def assignments_in(settings: Settings) -> tuple[str, ...] | None:
    """Names of the assignments that the gradebook knows; None if it is still to be made.

    Nothing is made or changed, but a gradebook that exists is opened as a writer would.

    Raises:
        ConfigurationError: the gradebook cannot be read or written, or not be made.
    """
    url = sqlalchemy.make_url(paths.course_directory(settings).db_url)
    file = sqlite_file(str(url))
    if file and not file.exists():
        if not os.access(file.parent, os.W_OK | os.X_OK):
            raise gradebook_errors.unusable(str(url), f"{file.parent} cannot be written")
        return None
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            if not sqlalchemy.inspect(connection).get_table_names():
                return None
            names = connection.scalars(sqlalchemy.select(api.Assignment.name)).all()
            connection.rollback()
            if file:  # takes the writer's lock, which a file that may only be read does not give
                connection.execute(sqlalchemy.text("BEGIN IMMEDIATE"))
        return tuple(sorted(names))
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise gradebook_errors.unusable(str(url), gradebook_errors.reason(error)) from error
    finally:
        engine.dispose()


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Gradebook]:
    """The gradebook, to be changed: commit what is to stay, and hold ``course_lock.writing``.

    Raises:
        ConfigurationError: it cannot be written.
    """
    url = paths.course_directory(settings).db_url
    with sqlalchemy_warnings.ignored():
        try:
            with Gradebook(url) as book:
                yield book
        except gradebook_errors.RAISED as error:
            if not (why := gradebook_errors.reason(error)):
                raise
            raise gradebook_errors.unwritable(url, why) from error


def _recorded(gradebook: Gradebook, name: str) -> dict[str, tuple[str, float]] | None:
    """Checksum and points of every cell that the gradebook knows, by ``grade_id``."""
    try:
        notebook = gradebook.find_notebook(name, name)
    except MissingEntry:
        return None
    points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    return {
        cell.name: (cell.checksum, points.get(cell.name, 0.0)) for cell in notebook.source_cells
    }


def _expected(assignment: Assignment) -> dict[str, tuple[str, float]]:
    return {
        grade_id(cell): (
            cell.metadata.nbgrader.checksum,
            float(cell.metadata.nbgrader.get("points", 0.0)) if utils.is_grade(cell) else 0.0,
        )
        for cell in assignment.master.cells
        if grade_id(cell)
    }
