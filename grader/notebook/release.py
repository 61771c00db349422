"""Compiles instructor notebooks into what students get, and tells the gradebook of them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment

from grader import course_packages
from grader.errors import CourseError
from grader.notebook import earlier_releases, experiments, hints, notebook_json
from grader.notebook.assignment import Assignment, load_assignment, source_path
from grader.notebook.loaded_course import LoadedCourse
from grader.notebook.plugins.converters import convert
from grader.notebook.submission.cell_digest import digest_of
from grader.notebook.submission.paths import course_directory, released
from grader.settings import Settings


def release(settings: Settings, name: str, into: Path | None = None) -> tuple[str, ...]:
    """Compile one assignment into the release folder, and record its cells in the gradebook.

    What cells said in the release of before is kept in ``source``; see ``earlier_releases``.

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
    if into is None:
        _keep_texts(settings, assignment)
    _compile(LoadedCourse(settings, assignment), into)
    return hints.without(assignment)


def register(settings: Settings, assignment: Assignment) -> None:
    """Record the cells of an assignment in the gradebook, and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        _compile(LoadedCourse(settings, assignment), Path(folder))


def _keep_texts(settings: Settings, assignment: Assignment) -> None:
    """Keep what cells say in the release that is about to be replaced, but for what stays."""
    path = earlier_releases.beside(source_path(settings, assignment.name))
    known = earlier_releases.load(path)
    if not (before := _digests(_released(settings, assignment.name))):
        return
    stay = {
        digest_of(cell.cell_type, assignment.released.get(cell.id, cell.source))
        for cell in assignment.master.cells
    }
    texts = {digest: id_ for digest, id_ in {**before, **known}.items() if digest not in stay}
    if texts != known:
        earlier_releases.write(path, texts)


def _digests(cells: Sequence[NotebookNode]) -> dict[str, str]:
    """Digest to id of each cell that says something."""
    return {digest_of(c.cell_type, c.source): c.id for c in cells if c.source.strip()}


def _released(settings: Settings, name: str) -> Sequence[NotebookNode]:
    """The cells of the notebook in the release folder; none if there is none yet."""
    path = released(settings, name) / f"{name}.ipynb"
    try:
        return tuple(notebook_json.decode(path.read_bytes()).cells)
    except FileNotFoundError:
        return ()
    except ValueError as error:
        raise CourseError(
            f"{path} is not a notebook ({error}), and students may have got it: restore it from "
            "your version control, or remove it"
        ) from error


def _compile(loaded: LoadedCourse, into: Path | None) -> None:
    directory = course_directory(loaded.settings)
    directory.assignment_id = loaded.assignment.name
    if into is not None:
        directory.release_directory = str(into)
    config = loaded.carried_by_config()
    convert(GenerateAssignment(coursedir=directory, config=config, force=True))
