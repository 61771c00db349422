"""What is handed in, what is known of it, and the work of judging it.

``grader grade`` and ``grader watch`` both begin here.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.engines.base import Cancelled, WorkLost
from grader.errors import GraderError
from grader.model import Graded, Submission
from grader.notebook import notebook_json
from grader.notebook.loaded_course import LoadedCourse
from grader.notebook.machine_lacks import lacking
from grader.notebook.submission import grounds, paths, verdict_file
from grader.notebook.submission.student_ids import require_plain
from grader.notebook.submission.submitted_files import Files, files_of

if TYPE_CHECKING:
    from grader.notebook.judging.judge_submission import SubmissionWork

LOG = logging.getLogger("grader.grading")


@dataclass(frozen=True)
class SubmissionState:
    """A submission as it lies in the course's folder.

    Attributes:
        submission: whose it is, and its places.
        files: what was handed in.
        sha256: digest of the notebooks; see ``Files``.
        known: the verdicts of the last time, up to date or not; None: it was never graded.
        current: whether all that those verdicts rest on is as it was, and none waits for a retry.
        changed: names of what they rest on that is another now; see ``grounds.CHANGES``.
    """

    submission: Submission
    files: Files
    sha256: str
    known: Graded | None
    current: bool
    changed: tuple[str, ...] = ()

    def up_to_date(self, scored: bool) -> Graded | None:
        """The verdicts, if the submission need not be judged again.

        Args:
            scored: whether the gradebook has a score of it: it may be new, or an old copy.
        """
        if self.known is None or not self.current:
            return None
        waits = all(verdict.machine_score is None for verdict in self.known.verdicts)
        return self.known if scored or waits else None


def look_at(loaded: LoadedCourse, student: str) -> SubmissionState:
    """Look at a student's submission.

    Raises:
        GraderError: what was handed in may not be there or cannot be read; or the verdicts cannot.
    """
    require_plain(student)
    submission = paths.submission(loaded.settings, student, loaded.assignment.name)
    files = files_of(loaded.settings, submission)
    now = grounds.digests(loaded.settings, loaded.assignment, files)
    known = verdict_file.read(submission.verdict_file)
    changed = grounds.changed(known, now) if known is not None else ()
    current = (
        known is not None
        and not changed
        and not any(verdict.faulty for verdict in known.verdicts)
        and submission.autograded_notebook.exists()
    )
    return SubmissionState(submission, files, now[grounds.NOTEBOOKS], known, current, changed)


def work_of(loaded: LoadedCourse, state: SubmissionState) -> SubmissionWork:
    """The work of judging a submission."""
    # Here, because a run that finds nothing to judge need not load what judges.
    from grader.notebook.judging.judge_submission import submission_work

    return submission_work(loaded.settings, loaded.assignment, state.submission, state.files)


def problem(error: BaseException) -> str:
    """One line for the instructor on why there are no verdicts."""
    if isinstance(error, GraderError):
        return str(error)
    if isinstance(error, Cancelled):
        return "cancelled: run the same command again to grade it"
    if lack := lacking(error):
        return f"{lack}: see to it, then run the same command again"
    if not isinstance(error, WorkLost):
        LOG.error("judging failed", exc_info=error)
    said = notebook_json.one_line(error)
    return f"the grader failed ({type(error).__name__}: {said}); grade it again"
