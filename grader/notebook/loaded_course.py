"""The course and one assignment, loaded once and handed to all steps that nbgrader starts.

nbgrader makes its steps itself, of classes and a configuration. So the configuration carries what
is loaded already. Where ``nbgrader autograde`` or the formgrader starts the steps, it carries
nothing, and they load what they need.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

import traitlets
from traitlets.config import Config, Configurable

from grader import language
from grader import settings as course_settings
from grader.notebook.assignment import Assignment, load_assignment
from grader.settings import Settings


@dataclass(frozen=True)
class LoadedCourse:
    """The course as it is read from its files.

    Attributes:
        settings: the course.
        assignment: the one that is worked on.
    """

    settings: Settings
    assignment: Assignment

    def carried_by_config(self) -> Config:
        """A copy of the course's configuration for nbgrader, which carries this to its steps."""
        config = copy.deepcopy(self.settings.config)
        # A function: traitlets copies whatever else a configuration holds.
        config.CourseStep.loaded = lambda: self
        return config


class CourseStep(Configurable):
    """A part of ours that nbgrader makes, and that knows the course and the assignment."""

    loaded = traitlets.Any(None, help="Returns the course if it is loaded already.").tag(
        config=True
    )

    def load(self, assignment: str) -> LoadedCourse:
        """The course and the assignment of this name.

        Called with the course's folder as working directory.
        """
        if self.loaded is not None:
            loaded: LoadedCourse = self.loaded()
            return loaded
        settings = course_settings.from_config(Path.cwd(), self.config)
        language.use(settings.language)
        return LoadedCourse(settings, load_assignment(settings, assignment))
