"""What nbgrader's autograde runs in place of its own steps; named in course_config.py.

nbgrader calls ``preprocess(notebook, resources)`` on each, in the order of the lists there, with
the course's folder as working directory. Rebuilding belongs to the first list (sanitise), judging
and saving to the second, and nbgrader writes the notebook to disk in between: what the second must
know of the first travels in the notebook's metadata.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import traitlets
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from grader.engines.base import Silent
from grader.model import Override
from grader.notebook.assignment import grade_id, is_claim
from grader.notebook.judging import scratch
from grader.notebook.judging.judge_submission import Judged, judge_rebuilt, submission_work
from grader.notebook.loaded_course import CourseStep
from grader.notebook.plugins import shown_verdicts
from grader.notebook.submission import override_file, paths, rebuild
from grader.notebook.submission.submitted_files import files_of

Resources = dict[str, Any]
_METADATA = "grader"


class RebuildNotebook(CourseStep, NbGraderPreprocessor):
    """Sets the student's answers into the course's own notebook; see ``rebuild``."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Called by nbgrader first of all steps, on the notebook as it was handed in."""
        loaded = self.load(resources["nbgrader"]["assignment"])
        rebuilt = rebuild.rebuild(
            loaded.assignment,
            nb,
            resources.get("grader_beside", ()),
            resources.get("grader_elsewhere", ()),
        )
        rebuilt.notebook.metadata[_METADATA] = {
            "missing": list(rebuilt.missing),
            "untouched": list(rebuilt.untouched),
            "waiting": list(rebuilt.waiting),
            "notes": [*resources.get("grader_notes", ()), *rebuilt.notes],
        }
        return rebuilt.notebook, resources


class JudgeClaims(CourseStep, NbGraderPreprocessor):
    """Puts a verdict under every test cell: judges the rebuilt notebook, or takes the result.

    ``grader grade`` judges many submissions at once, and hands each result over afterwards.
    """

    judged = traitlets.Any(None, help="Returns the result if it is judged already.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Called by nbgrader on the rebuilt notebook, in the autograded folder."""
        noted = nb.metadata.pop(_METADATA)
        rebuilt = rebuild.Rebuilt(
            nb,
            missing=tuple(noted.missing),
            untouched=tuple(noted.untouched),
            waiting=tuple(noted.waiting),
            notes=tuple(noted.notes),
        )
        judged = self.judged() if self.judged is not None else self._judge(rebuilt, resources)
        graded = override_file.applied(judged.graded, self._decisions(resources))
        shown_verdicts.show(judged.notebook, graded.verdicts)
        resources["grader"] = graded
        resources["grader_evidence"] = judged.evidence
        resources["grader_waiting"] = rebuilt.waiting
        return judged.notebook, resources

    def _decisions(self, resources: Resources) -> tuple[Override, ...]:
        names = resources["nbgrader"]
        settings = self.load(names["assignment"]).settings
        return override_file.read(settings, names["student"], names["assignment"])

    def _judge(self, rebuilt: rebuild.Rebuilt, resources: Resources) -> Judged:
        names = resources["nbgrader"]
        loaded = self.load(names["assignment"])
        settings, assignment = loaded.settings, loaded.assignment
        submission = paths.submission(settings, names["student"], assignment.name)
        files = files_of(settings, submission)
        work = submission_work(settings, assignment, submission, files)
        with scratch.folder() as place:
            files.lay_out(place)
            return judge_rebuilt(work, rebuilt, place, Silent())


class SaveVerdicts(SaveAutoGrades):
    """Writes verdicts and people's decisions, and nothing else, into nbgrader's gradebook."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Called by nbgrader on the judged notebook."""
        self._last_cell = len(nb.cells) - 1
        nb, resources = super().preprocess(nb, resources)
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        """Called by nbgrader on each cell, with the gradebook open."""
        if is_claim(cell):
            self._save(cell, resources)
        else:
            super().preprocess_cell(cell, resources, cell_index)
            self._let_wait(cell, resources)
        if cell_index == self._last_cell:  # each commit waits for the disk
            self.gradebook.db.commit()
        return cell, resources

    def _let_wait(self, cell: NotebookNode, resources: Resources) -> None:
        """Take back nbgrader's 0 for no response where the answer may stand somewhere else."""
        name = grade_id(cell)
        if not utils.is_grade(cell) or name not in resources["grader_waiting"]:
            return
        place = name, self.notebook_id, self.assignment_id, self.student_id
        grade = self.gradebook.find_grade(*place)
        grade.auto_score, grade.needs_manual_grade = None, True
        if utils.is_solution(cell):
            self.gradebook.find_comment(*place).auto_comment = None

    def _save(self, cell: NotebookNode, resources: Resources) -> None:
        """A claim without a verdict or decision stays without a score, and waits for a person."""
        name, graded = grade_id(cell), resources["grader"]
        verdict = next((each for each in graded.verdicts if each.claim == name), None)
        grade = self.gradebook.find_grade(
            name, self.notebook_id, self.assignment_id, self.student_id
        )
        grade.auto_score = verdict.machine_score if verdict else None
        if verdict is None or verdict.override is None:
            grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
            return
        if grade.manual_score not in (None, verdict.override.points):
            note = f"{override_file.NOTE} {name} (points: {verdict.override.points:g}) replaces "
            note += f"what was given in the formgrader, {grade.manual_score:g}"
            resources["grader"] = dataclasses.replace(graded, notes=(*graded.notes, note))
        grade.manual_score, grade.needs_manual_grade = verdict.override.points, False
