"""What nbgrader's autograding reads submissions with; named in course_config.py.

nbgrader finds the submissions, makes its exporter, and only then touches a student's files: it
reads ``timestamp.txt``, copies the folder (following links), and opens the notebook (waiting for
ever where that is a named pipe). So the exporter looks at each folder first. nbgrader reports what
is refused, by name, and goes on with the next student.

The verdict file says that a submission is graded. So it is removed before nbgrader's first step,
and written after its last one: what is interrupted in between counts as not graded.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters.base import BaseConverter

from grader.model import Evidence, Graded
from grader.notebook.loaded_course import CourseStep
from grader.notebook.submission import evidence_file, parse, paths, verdict_file
from grader.notebook.submission.chosen_notebook import choose
from grader.notebook.submission.submitted_files import files_of

Resources = dict[str, Any]


class SubmissionExporter(CourseStep, NotebookExporter):
    """Reads notebooks as ``parse`` does, and lets no folder pass that ``file_rules`` refuses.

    Of the notebooks in a submitted folder it reads the one that ``choose`` chooses.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.graded: Graded | None = None  # by the notebook that was read last
        self.evidence: Evidence | None = None  # of the same
        self.submitted: tuple[str, str] | None = None  # assignment and student, while sanitising
        if isinstance(self.parent, BaseConverter):
            self.parent.init_destination = _checked(self.parent, self)
            self.parent.set_permissions = _finished(self.parent, self)

    def from_filename(
        self, filename: str, resources: Resources | None = None, **kwargs: Any
    ) -> tuple[str, Resources]:
        """Called by nbgrader with the path of each notebook: as submitted, then as autograded."""
        if self.submitted is None:
            converted: tuple[str, Resources] = super().from_filename(filename, resources, **kwargs)
            return converted
        (name, student), self.submitted = self.submitted, None
        loaded = self.load(name)
        files = files_of(loaded.settings, paths.submission(loaded.settings, student, name))
        chosen = choose(loaded.assignment, files.notebooks(), str(Path(filename).parent))
        resources = resources if resources is not None else {}
        resources["metadata"] = {"name": name, "path": str(Path(filename).parent)}
        resources["grader_notes"], resources["grader_beside"] = chosen.notes, files.beside()
        resources["grader_elsewhere"] = chosen.elsewhere
        return self._converted(chosen.notebook, resources, **kwargs)

    def from_file(
        self, file_stream: TextIO, resources: Resources | None = None, **kwargs: Any
    ) -> tuple[str, Resources]:
        """Called by nbgrader with each notebook, opened."""
        notebook = parse.parse(file_stream.buffer.read(), file_stream.name)
        return self._converted(notebook, resources, **kwargs)

    def _converted(
        self, notebook: NotebookNode, resources: Resources | None, **kwargs: Any
    ) -> tuple[str, Resources]:
        # The one entry of the metadata that nbconvert takes for text unseen.
        notebook.metadata.pop("language", None)
        output, resources = self.from_notebook_node(notebook, resources, **kwargs)
        self.graded, self.evidence = resources.get("grader"), resources.get("grader_evidence")
        return output, resources


def _checked(converter: BaseConverter, exporter: SubmissionExporter) -> Callable[[str, str], bool]:
    """The first step of nbgrader's with a submission that may fail for this student alone."""
    first_step = converter.init_destination

    def init_destination(assignment: str, student: str) -> bool:
        folder = Path(converter._format_source(assignment, student))
        settings = exporter.load(assignment).settings
        files_of(settings, paths.submission(settings, student, assignment)).check()
        if converter.force:
            _file(converter, assignment, student, "verdicts.json").unlink(missing_ok=True)
        # For any other files in the folder, and also where the expected name is missing.
        converter.notebooks = [str(folder / f"{assignment}.ipynb")]
        exporter.submitted = assignment, student
        return bool(first_step(assignment, student))

    return init_destination


def _finished(converter: BaseConverter, exporter: SubmissionExporter) -> Callable[[str, str], None]:
    """The last step of nbgrader's with a submission, and the verdict file after it."""
    last_step = converter.set_permissions

    def set_permissions(assignment: str, student: str) -> None:
        last_step(assignment, student)
        if exporter.graded is None:
            return
        permissions = int(str(converter.permissions), 8)
        if exporter.evidence is not None:
            file = _file(converter, assignment, student, "evidence.json.gz")
            evidence_file.write(exporter.evidence, file, permissions)
        file = _file(converter, assignment, student, "verdicts.json")
        verdict_file.write(exporter.graded, file, permissions)

    return set_permissions


def _file(converter: BaseConverter, assignment: str, student: str, name: str) -> Path:
    return Path(converter._format_dest(assignment, student)) / f"{assignment}.{name}"
