"""A submission: whose it is, and where the course keeps its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Submission:
    """One student's submission of one assignment, and the places of all files that belong to it.

    Attributes:
        student: nbgrader's id.
        assignment: the assignment's name, and that of its notebook.
        submitted: the folder that the student submitted.
        autograded: the folder that grading writes.
        feedback: the folder of the student's feedback page.
    """

    student: str
    assignment: str
    submitted: Path
    autograded: Path
    feedback: Path

    @property
    def notebook(self) -> Path:
        """The notebook that the student submitted."""
        return self.submitted / f"{self.assignment}.ipynb"

    @property
    def autograded_notebook(self) -> Path:
        """The notebook with sanitised outputs and verdicts."""
        return self.autograded / f"{self.assignment}.ipynb"

    @property
    def verdict_file(self) -> Path:
        """The verdicts; see ``grader.notebook.submission.verdict_file``."""
        return self.autograded / f"{self.assignment}.verdicts.json"

    @property
    def evidence_file(self) -> Path:
        """What the verdicts rest on; see ``grader.notebook.submission.evidence_file``."""
        return self.autograded / f"{self.assignment}.evidence.json.gz"

    @property
    def feedback_page(self) -> Path:
        """The student's feedback page."""
        return self.feedback / f"{self.assignment}.html"
