"""The course's configuration, read once into a typed value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import traitlets
from traitlets.config import Config, Configurable, PyFileConfigLoader

from grader.errors import ConfigurationError, CourseError

CONFIG_FILE = "nbgrader_config.py"


class Course(Configurable):
    """What ``c.Course`` in course_config.py may say."""

    assignments = traitlets.List(
        traitlets.Unicode(), help="Names of the assignments, in the order of the course."
    ).tag(config=True)
    data = traitlets.Unicode("data", help="Folder of the data sets.").tag(config=True)
    cell_seconds = traitlets.Float(120, help="Wall seconds for one cell.").tag(config=True)
    training_seconds = traitlets.Dict(
        value_trait=traitlets.Float(),
        key_trait=traitlets.Unicode(),
        help="Assignment to wall seconds for one cell, where cells train networks.",
    ).tag(config=True)


@dataclass(frozen=True)
class Settings:
    """The course as the rest of the package sees it.

    Attributes:
        root: the course's folder, absolute.
        data: the folder of the data sets, absolute.
        assignments: names, in the order of the course.
        cell_seconds: wall seconds for one cell of a student's.
        training_seconds: the same for assignments whose cells train networks.
        config: everything that course_config.py says, for nbgrader's own classes.
    """

    root: Path
    data: Path
    assignments: tuple[str, ...]
    cell_seconds: float
    training_seconds: Mapping[str, float]
    config: Config = field(repr=False, compare=False)

    def cell_limit(self, assignment: str) -> float:
        """Wall seconds that one cell of ``assignment`` may take."""
        return self.training_seconds.get(assignment, self.cell_seconds)

    def require_assignment(self, name: str) -> str:
        """Return ``name`` if the course has such an assignment, else raise ``CourseError``."""
        if name in self.assignments:
            return name
        raise CourseError(
            f"there is no assignment {name!r} in this course: expected one of "
            f"{', '.join(self.assignments)} (c.Course.assignments in course_config.py)"
        )


def load(root: Path) -> Settings:
    """Read the configuration of the course in ``root``.

    Raises:
        ConfigurationError: no configuration there, or one that cannot be run.
    """
    root = root.resolve()
    if not (root / CONFIG_FILE).is_file():
        raise ConfigurationError(
            f"{root} is not a course: expected {CONFIG_FILE} in it; "
            "run grader in the course's folder or name it with --course"
        )
    try:
        config = PyFileConfigLoader(CONFIG_FILE, path=str(root)).load_config()
        return from_config(root, config)
    except (traitlets.TraitError, SyntaxError, NameError, AttributeError) as error:
        raise ConfigurationError(f"course_config.py cannot be read: {error}") from error


def from_config(root: Path, config: Config) -> Settings:
    """The settings of the course in ``root`` whose configuration nbgrader has already read."""
    course = Course(config=config)
    return Settings(
        root=root,
        data=root / course.data,
        assignments=tuple(course.assignments),
        cell_seconds=course.cell_seconds,
        training_seconds=dict(course.training_seconds),
        config=config,
    )
