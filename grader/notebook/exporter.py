"""What nbgrader's autograding reads submissions with; named in course_config.py.

nbgrader finds the submissions, makes its exporter, and only then touches a student's files: it
reads ``timestamp.txt``, copies the folder (following links), and opens the notebook (waiting for
ever where that is a named pipe). So the exporter looks at each folder first. nbgrader reports what
is refused, by name, and goes on with the next student.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from nbconvert.exporters import NotebookExporter
from nbgrader.converters.base import BaseConverter

from grader.notebook import handed_in, reading

Resources = dict[str, Any]


class SubmissionExporter(NotebookExporter):
    """Reads notebooks as ``reading`` does, and lets no folder pass that ``handed_in`` refuses."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(self.parent, BaseConverter):
            self.parent.init_destination = _checked(self.parent)

    def from_file(
        self, file_stream: TextIO, resources: Resources | None = None, **kwargs: Any
    ) -> tuple[str, Resources]:
        """Called by nbgrader with each notebook, opened."""
        notebook = reading.parse(file_stream.buffer.read(), file_stream.name)
        # The one entry of the metadata that nbconvert takes for text unseen.
        notebook.metadata.pop("language", None)
        output, resources = self.from_notebook_node(notebook, resources, **kwargs)
        return output, resources


def _checked(converter: BaseConverter) -> Callable[[str, str], bool]:
    """The first step of nbgrader's with a submission that may fail for this student alone."""
    first_step = converter.init_destination

    def init_destination(assignment: str, student: str) -> bool:
        folder = Path(converter._format_source(assignment, student))
        handed_in.check(folder, converter.coursedir.ignore)
        return bool(first_step(assignment, student))

    return init_destination
