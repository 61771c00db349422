"""What nbgrader's autograde runs in place of its own steps; named in course_config.py.

nbgrader calls ``preprocess(notebook, resources)`` on each, in the order of the lists there, with
the course's folder as working directory. Rebuilding belongs to the first list (sanitise), judging
and saving to the second, and nbgrader writes the notebook to disk in between: what the second must
know of the first travels in the notebook's metadata.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import traitlets
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from grader import settings
from grader.model import Graded, Outcome, Verdict
from grader.notebook import assignments, folders, reading, rebuild, referees, verdicts
from grader.notebook.judge import Examination
from grader.notebook.stopwatch import Stopwatch
from grader.notebook.worker import judge_apart, judges_networks
from grader.settings import Settings

Resources = dict[str, Any]
_METADATA = "grader"


class _Step(NbGraderPreprocessor):
    """A step that knows the course and the assignment."""

    def settings(self) -> Settings:
        return settings.from_config(Path.cwd(), self.config)

    def assignment(self, resources: Resources) -> assignments.Assignment:
        return assignments.load(self.settings(), resources["nbgrader"]["assignment"])


class RebuildNotebook(_Step):
    """Sets the student's answers into the course's own notebook; see ``rebuild``."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Called by nbgrader first of all steps, on the notebook as it was handed in."""
        rebuilt = rebuild.rebuild(self.assignment(resources), nb)
        rebuilt.notebook.metadata[_METADATA] = {
            "missing": list(rebuilt.missing),
            "untouched": list(rebuilt.untouched),
            "duplicated": list(rebuilt.duplicated),
        }
        return rebuilt.notebook, resources


class JudgeClaims(_Step):
    """Runs the rebuilt notebook and puts a verdict under every test cell."""

    progress = traitlets.Any(lambda _: None, help="Told each cell's name before it runs.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Called by nbgrader on the rebuilt notebook, in the autograded folder."""
        begin = time.monotonic()
        names = resources["nbgrader"]
        assignment, course = self.assignment(resources), self.settings()
        found = nb.metadata.pop(_METADATA)
        rebuilt = rebuild.Rebuilt(
            nb, tuple(found.missing), tuple(found.untouched), tuple(found.duplicated)
        )
        stopwatch = Stopwatch()
        folder = Path(resources["metadata"]["path"])
        examination = Examination(assignment, rebuilt, folder, course, names["student"])
        referee = referees.address(course) if judges_networks(assignment) else ""
        nb, judged, runs = judge_apart(examination, stopwatch, self.progress, referee)
        _show(nb, judged)
        submitted = folders.submitted(course, names["student"], assignment.name)
        graded = Graded(
            student=names["student"],
            assignment=assignment.name,
            verdicts=judged,
            notes=_notes(rebuilt),
            seconds=time.monotonic() - begin,
            sandbox=course.sandbox,
            timings=stopwatch.timings,
            submission_sha256=reading.sha256(
                reading.content(submitted / f"{names['notebook']}.ipynb")
            ),
            source_sha256=assignment.sha256,
            runs=runs,
        )
        resources["grader"] = graded
        resources.setdefault("outputs", {})
        resources["outputs"][verdicts.file_name(assignment.name)] = verdicts.dump(graded)
        return nb, resources


class SaveVerdicts(SaveAutoGrades):
    """Writes verdicts, and nothing but verdicts, into nbgrader's gradebook."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        """Called by nbgrader on each cell, with the gradebook open."""
        if assignments.is_claim(cell):
            self._save(cell, resources["grader"])
        else:
            super().preprocess_cell(cell, resources, cell_index)
        return cell, resources

    def _save(self, cell: NotebookNode, graded: Graded) -> None:
        """A claim without a verdict stays without a score, and waits for a person."""
        name = assignments.grade_id(cell)
        scores = {verdict.claim: verdict.score for verdict in graded.verdicts}
        grade = self.gradebook.find_grade(
            name, self.notebook_id, self.assignment_id, self.student_id
        )
        grade.auto_score = scores.get(name)
        grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
        self.gradebook.db.commit()


def _notes(rebuilt: rebuild.Rebuilt) -> tuple[str, ...]:
    missing = [f"cell {name} is missing" for name in rebuilt.missing]
    twice = [f"cell {name} came more than once: the first counts" for name in rebuilt.duplicated]
    return tuple(missing + twice)


def _show(nb: NotebookNode, judged: tuple[Verdict, ...]) -> None:
    """Put each verdict under its test cell, in place of what the test wrote."""
    by_claim = {verdict.claim: verdict for verdict in judged}
    for cell in nb.cells:
        if utils.is_grade(cell) and (verdict := by_claim.get(assignments.grade_id(cell))):
            text = f"{verdict.outcome}: {verdict.score or 0:g} of {verdict.points:g} points"
            if verdict.outcome is not Outcome.PASSED:
                text += f"\n{verdict.message}"
            cell.outputs = [new_output("stream", name="stdout", text=text)]
