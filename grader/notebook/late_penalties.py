"""Late penalties of submissions that are not judged again, computed again by nbgrader's plugin.

nbgrader computes a penalty when it grades. A due date, an extension or ``timestamp.txt`` may change
afterwards, and a person may give points: then the penalty is another, and no verdict is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.utils.importstring import import_item

from grader.errors import GraderError
from grader.notebook import course_lock, sqlalchemy_warnings
from grader.notebook.submission import paths
from grader.settings import Settings


def refresh(settings: Settings, name: str, students: Sequence[str]) -> tuple[str, ...]:
    """Compute late penalties as grading would do now.

    Args:
        settings: the course.
        name: the assignment.
        students: whose submissions are graded already.

    Returns:
        The students whose penalty is another now.

    Raises:
        ConfigurationError: another process keeps the gradebook.
    """
    step = step_of(settings)
    if step is None or not students:
        return ()
    with course_lock.writing(settings), sqlalchemy_warnings.ignored():
        return _refresh_all(step, paths.course_directory(settings), name, students)


def _refresh_all(
    step: AssignLatePenalties, directory: CourseDirectory, name: str, students: Sequence[str]
) -> tuple[str, ...]:
    with Gradebook(directory.db_url) as gradebook:
        try:
            notebook = gradebook.find_notebook(name, name)
        except MissingEntry:
            return ()
        submitted = {each.assignment.student_id: each for each in notebook.submissions}
        known = [student for student in students if student in submitted]
        changed = tuple(
            student for student in known if _is_changed(step, directory, submitted[student], name)
        )
        gradebook.db.commit()
    return changed


def _is_changed(
    step: AssignLatePenalties, directory: CourseDirectory, notebook: SubmittedNotebook, name: str
) -> bool:
    """Bring one submission up to date, if it is known when it was handed in; else it stays."""
    try:
        return _refresh(step, directory, notebook, name)
    except GraderError:  # a decision that cannot be read, for example: see ``penalty_waits``
        return False


def step_of(settings: Settings) -> AssignLatePenalties | None:
    """The step of the course's that assigns late penalties; None if it has none."""
    for named in settings.config.get("Autograde", {}).get("autograde_preprocessors", ()):
        step = import_item(named) if isinstance(named, str) and "Late" in named else named
        if isinstance(step, type) and issubclass(step, AssignLatePenalties):
            made: AssignLatePenalties = step(config=settings.config)
            made.init_plugin()
            return made
    return None


def _refresh(
    step: AssignLatePenalties, directory: CourseDirectory, notebook: SubmittedNotebook, name: str
) -> bool:
    """Bring one submission up to date; whether its penalty changed."""
    submission, student = notebook.assignment, notebook.assignment.student_id
    folder = Path(directory.format_path(directory.submitted_directory, student, name))
    timestamp = directory.get_existing_timestamp(str(folder))
    if timestamp is not None and timestamp != submission.timestamp:
        submission.timestamp = timestamp
    now = penalty(step, notebook, submission.total_seconds_late)
    if now == (notebook.late_submission_penalty or 0.0):
        return False
    notebook.late_submission_penalty = now or None
    return True


def penalty(step: AssignLatePenalties, notebook: SubmittedNotebook, seconds_late: float) -> float:
    """In points, as ``AssignLatePenalties.preprocess`` has it."""
    if seconds_late <= 0:
        return 0.0
    found = step.plugin_inst.late_submission_penalty(
        notebook.assignment.student_id, notebook.score, seconds_late
    )
    return 0.0 if found is None else float(step._check_late_penalty(notebook, found))
