"""Compiles instructor notebooks into what students get, and tells the gradebook of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment

from grader import course_packages
from grader.notebook import experiments, hints
from grader.notebook.assignment import load_assignment, source_path
from grader.notebook.plugins.converters import convert
from grader.notebook.submission.paths import course_directory
from grader.settings import Settings


def release(settings: Settings, name: str, into: Path | None = None) -> tuple[str, ...]:
    """Compile one assignment into the release folder, and record its cells in the gradebook.

    Args:
        settings: the course.
        name: the assignment.
        into: a folder to write to instead of the course's ``release``.

    Returns:
        The solution cells that have no hints, if others have some.

    Raises:
        CourseError: unknown assignment, or a source that nbgrader refuses, or one whose cells need
            an experiment.
        ConfigurationError: packages of the course are missing.
    """
    course_packages.require(settings)
    assignment = load_assignment(settings, name)
    experiments.require_apart(assignment.source, source_path(settings, name))
    _compile(settings, name, into)
    return hints.without(assignment)


def register(settings: Settings, name: str) -> None:
    """Record the cells of an assignment that is loaded in the gradebook, and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        _compile(settings, name, Path(folder))


def _compile(settings: Settings, name: str, into: Path | None) -> None:
    directory = course_directory(settings)
    directory.assignment_id = name
    if into is not None:
        directory.release_directory = str(into)
    convert(GenerateAssignment(coursedir=directory, config=settings.config, force=True))
