"""The first step of nbgrader's release: moves the hints into the notebook's metadata."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.notebook import hints
from grader.notebook.loaded_course import CourseStep

Resources = dict[str, Any]


class CollectHints(CourseStep, NbGraderPreprocessor):
    """Lets the released notebook carry the hints of its solution cells, for ``%hint``."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Called by nbgrader on the source notebook, before its solutions are taken out."""
        loaded = self.load(resources["nbgrader"]["assignment"])
        if cells := hints.of_assignment(loaded.assignment):
            hints.put_into(nb, hints.Hints(cells, loaded.settings.record_hints))
        return nb, resources
