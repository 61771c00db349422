"""Pages for students before their work is graded: written from one run, without the gradebook.

They stand apart from feedback on graded work, in ``watch/feedback/``, and hold nothing that the run
did not. nbgrader finds them by the structure of its own folders.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader import whole_files
from grader.errors import GraderError
from grader.model import Submission, Verdict
from grader.notebook import exchange, titles
from grader.notebook.assignment import Assignment
from grader.notebook.judging.judge_submission import Judged
from grader.notebook.reporting import feedback, feedback_outputs
from grader.notebook.reporting.grades import Grade, Grades
from grader.notebook.submission import file_rules, paths
from grader.reports.feedback import html_page
from grader.reports.feedback.content import Notice, Page, Preliminary
from grader.settings import Settings

FOLDER = "watch/feedback"

# What nbgrader publishes a page by: the student's own secret, and when the work was handed in.
_NBGRADERS = ("submission_secret.txt", file_rules.TIMESTAMP)
_MOST_BYTES = 4096


def page(
    settings: Settings,
    assignment: Assignment,
    judged: Judged,
    said: Preliminary,
    unnamed: Collection[str] = (),
) -> str:
    """The page of one run.

    Args:
        settings: the course.
        assignment: that the run was judged by: what it does not hold cannot be on the page.
        judged: the run's result.
        said: what the page says beside it.
        unnamed: names of test cells that the page does not name: a note that does is left out.
    """
    graded = judged.graded
    known = _no_grades(assignment, graded.verdicts)
    drawn = feedback_outputs.collect(judged.notebook, assignment.same_for_all)
    return html_page.render(
        Page(
            assignment=assignment.name,
            title=titles.title(settings, assignment),
            description=titles.description(settings, assignment),
            student=graded.student,
            student_name="",
            score=0.0,
            max_score=0.0,
            late_penalty=0.0,
            claims=feedback.judged_claims(assignment, graded, known),
            answers=feedback.answers_of(judged.notebook, known, drawn),
            notes=tuple(n for n in graded.notes if not any(name in n for name in unnamed)),
            pictures=drawn.pictures,
            without_experiments=drawn.without_experiments,
            runs=graded.runs,
            target=settings.target(assignment.name),
            seconds=graded.seconds,
            timings=graded.timings,
            preliminary=said,
        )
    )


def notice(
    settings: Settings, assignment: Assignment, student: str, title: str, said: tuple[str, ...]
) -> str:
    """A page that says why there is no feedback yet, or none.

    Args:
        settings: the course.
        assignment: that was handed in.
        student: nbgrader's id.
        title: what there is to say, in a few words.
        said: the rest, in sentences.
    """
    called = titles.title(settings, assignment)
    return html_page.render_notice(Notice(called, student, title, said))


@dataclass(frozen=True)
class Ticket:
    """What nbgrader publishes a page about one version by; empty where it came another way.

    Attributes:
        files: name to content of the files that nbgrader's submit adds.
        handed_in: when the version was handed in: as nbgrader noted, else when it was written.
    """

    files: tuple[tuple[str, bytes], ...]
    handed_in: datetime


def ticket(submission: Submission) -> Ticket:
    """The ticket of the version that lies in the submission's folder now."""
    files: list[tuple[str, bytes]] = []
    for name in _NBGRADERS:
        with contextlib.suppress(GraderError, OSError):
            files.append((name, file_rules.read(submission.submitted / name, _MOST_BYTES)))
    return Ticket(tuple(files), _handed_in(submission, dict(files)))


def is_of(submission: Submission, timestamp: str) -> bool:
    """Whether what lies in the submission's folder was handed in at that time of nbgrader's."""
    try:
        text = file_rules.read(submission.submitted / file_rules.TIMESTAMP, _MOST_BYTES).decode()
        return file_rules.moment(text) == file_rules.moment(timestamp)
    except (GraderError, OSError, ValueError, OverflowError, TypeError):
        return False


def publish(settings: Settings, submission: Submission, of: Ticket, html: str) -> bool:
    """Write a page about a version, and put it where the student fetches it.

    Returns:
        Whether it is in the exchange; else it is only in ``watch/feedback/``.

    Raises:
        CourseError: nbgrader's exchange refuses it.
        OSError: it cannot be written.
    """
    directory = paths.course_directory(settings)
    folder = Path(directory.format_path(FOLDER, submission.student, submission.assignment))
    folder.mkdir(parents=True, exist_ok=True)
    for name in _NBGRADERS:
        (folder / name).unlink(missing_ok=True)
    for name, content in of.files:
        (folder / name).write_bytes(content)
    whole_files.write(folder / f"{submission.assignment}.html", html.encode())
    return exchange.publish(settings, submission.assignment, submission.student, FOLDER)


def _handed_in(submission: Submission, files: dict[str, bytes]) -> datetime:
    with contextlib.suppress(KeyError, ValueError, OverflowError, TypeError):
        return file_rules.moment(files[file_rules.TIMESTAMP].decode())
    try:
        written = submission.notebook.lstat().st_mtime
    except OSError:  # it is gone already
        return datetime.now().astimezone()
    return datetime.fromtimestamp(written).astimezone()


def _no_grades(assignment: Assignment, verdicts: tuple[Verdict, ...]) -> Grades:
    """Grades in place of a gradebook's: verdicts, and written answers that are not marked yet."""
    cells = {verdict.claim: Grade(verdict.score, verdict.points, False) for verdict in verdicts}
    return Grades(
        student_name="",
        score=0.0,
        max_score=0.0,
        late_penalty=0.0,
        cells=cells | {n: Grade(None, points, False) for n, points in assignment.written.items()},
        comments={},
    )
