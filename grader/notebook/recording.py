"""Writes judged submissions into nbgrader's files and gradebook: the only writer of both.

nbgrader's own Autograde does it, with a result that is there already. It belongs to one thread, the
main one: nbgrader changes the working directory. A lock keeps other processes of the grader away
for the time of one submission.
"""

from __future__ import annotations

import functools
from typing import Any
from unittest import mock

from nbgrader import api
from nbgrader.converters import Autograde
from sqlalchemy import Engine, NullPool, create_engine
from traitlets.config import Config

from grader.errors import CourseError
from grader.model import Graded, Timing, WorkPart
from grader.notebook import course_lock, gradebook_errors
from grader.notebook.judging.judge_submission import Judged
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.loaded_course import LoadedCourse
from grader.notebook.plugins.converters import convert
from grader.notebook.submission import grounds, paths, verdict_file
from grader.notebook.submission.submitted_files import files_of

_CHECK = "nbgrader.preprocessors.CheckCellMetadata"


class Recorder:
    """Records the results of one assignment, one after the other.

    Args:
        loaded: the course and the assignment.
    """

    def __init__(self, loaded: LoadedCourse) -> None:
        self._loaded = loaded
        self._config = _without_checks(loaded.carried_by_config())

    def record(
        self, judged: Judged, wait_seconds: float = course_lock.WAIT_SECONDS
    ) -> tuple[Graded, tuple[Timing, ...]]:
        """Write one result; returns its verdicts as they are on disk, and what this took.

        Raises:
            CourseError: nbgrader refused, or the submission was replaced while it was judged.
            ConfigurationError: another process keeps the gradebook for longer than that.
        """
        with course_lock.writing(self._loaded.settings, wait_seconds):
            return self._record(judged)

    def _record(self, judged: Judged) -> tuple[Graded, tuple[Timing, ...]]:
        student = judged.graded.student
        submission = paths.submission(self._loaded.settings, student, self._loaded.assignment.name)
        settings, assignment = self._loaded.settings, self._loaded.assignment
        now = grounds.digests(settings, assignment, files_of(settings, submission))
        if not {grounds.NOTEBOOKS, grounds.FILES}.isdisjoint(grounds.changed(judged.graded, now)):
            raise CourseError(f"{student} handed in again while this was graded: grade it again")
        stopwatch = Stopwatch()
        with stopwatch.measure(WorkPart.NBGRADER):
            self._run_nbgrader(judged)
        graded = verdict_file.read(submission.verdict_file)
        if graded is None:
            raise CourseError(
                f"grading {submission.submitted} left no verdicts: look at {submission.autograded}"
            )
        return graded, stopwatch.timings

    def _run_nbgrader(self, judged: Judged) -> None:
        directory = paths.course_directory(self._loaded.settings)
        directory.assignment_id = self._loaded.assignment.name
        directory.student_id = judged.graded.student
        self._config.JudgeClaims.judged = lambda: judged
        try:
            with mock.patch.object(api, "create_engine", _engine):
                convert(_Autograde(coursedir=directory, config=self._config, force=True))
        except gradebook_errors.RAISED as error:  # locked by nbgrader, for example
            raise gradebook_errors.unwritable(
                directory.db_url, gradebook_errors.reason(error) or str(error)
            ) from error


@functools.cache
def _engine(url: str, **options: Any) -> Engine:
    """The one engine of this process for a gradebook, which keeps no connection open.

    nbgrader opens the gradebook seven times for a submission. With one engine, SQLAlchemy compiles
    each statement once. With one for each class, its mappers would keep the statements of the last
    hundred: 15 MiB.
    """
    return create_engine(url, poolclass=NullPool, **options)


class _Autograde(Autograde):
    """nbgrader's, for the one notebook of the assignment; the student may have renamed it."""

    def init_notebooks(self) -> None:
        """Called by nbgrader: what ``SubmissionExporter`` reads in place of this file."""
        name = self.coursedir.assignment_id
        folder = self._format_source(name, self.coursedir.student_id)
        self.assignments = {folder: [f"{folder}/{name}.ipynb"]}


def _without_checks(config: Config) -> Config:
    """The configuration without nbgrader's check of metadata.

    It validates every cell twice for each submission. What is recorded is the course's own
    notebook, which is checked when the assignment is loaded.
    """
    for steps in ("sanitize_preprocessors", "autograde_preprocessors"):
        if isinstance(named := config.Autograde.get(steps), list):
            config.Autograde[steps] = [name for name in named if name != _CHECK]
    return config
