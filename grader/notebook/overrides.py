"""Records what a person decides about a claim: beside the verdict, and in nbgrader's gradebook."""

from __future__ import annotations

import contextlib
import getpass
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbgrader.api import Grade, Gradebook, MissingEntry

from grader import whole_files
from grader.errors import ConfigurationError, CourseError
from grader.model import Decision, Graded, Override, Submission, Verdict
from grader.notebook import course_lock, gradebook, late_penalties
from grader.notebook.assignment import load_assignment
from grader.notebook.plugins import shown_verdicts
from grader.notebook.submission import (
    current_verdicts,
    override_file,
    paths,
    student_ids,
    verdict_file,
)
from grader.notebook.submission.submitted_files import files_of
from grader.settings import Settings

_REASON = 2000  # characters at most


def decide(
    settings: Settings,
    student: str,
    assignment: str,
    claim: str,
    *,
    points: float,
    reason: str,
    by: str = "",
) -> Decision:
    """Give a claim of a graded submission the points that a person decides on.

    Args:
        settings: the course.
        student: nbgrader's id.
        assignment: its name.
        claim: the claim's name.
        points: from 0 to what the claim is worth.
        reason: for students and colleagues to read; line ends become blanks.
        by: who decides; this account's name, if left out.

    Raises:
        CourseError: an unknown assignment, student or claim, points that are not possible, no
            reason, or nothing graded.
        ConfigurationError: the decision cannot be kept.
    """
    submission, graded = find_graded(settings, student, assignment)
    verdict = find_verdict(graded, claim)
    if not 0 <= points <= verdict.points:
        raise CourseError(
            f"{points:g} points were given for {claim}: expected 0 to {verdict.points:g}"
        )
    override = Override(
        claim=claim,
        points=points,
        reason=reason_line(reason),
        by=" ".join(by.split()) or account(),
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        handed_in=override_file.handed_in(graded),
    )
    _keep(settings, submission, claim, override)
    return Decision(student, assignment, override, verdict)


def remove(settings: Settings, student: str, assignment: str, claim: str) -> Decision:
    """Take a decision back: the machine's verdict counts again.

    Raises:
        CourseError: as ``decide``; or there is no such decision.
        ConfigurationError: it cannot be removed.
    """
    submission, graded = find_graded(settings, student, assignment)
    known = {each.claim: each for each in override_file.read(settings, student, assignment)}
    if claim not in known:
        find_verdict(graded, claim)
        raise CourseError(
            f"nothing was decided on {claim} of {student}'s {assignment}: expected a claim with a "
            f"decision ({', '.join(known) or 'there is none'})"
        )
    _keep(settings, submission, claim, None)
    verdict = next((each for each in graded.verdicts if each.claim == claim), None)
    return Decision(student, assignment, known[claim], verdict)


def listed(settings: Settings, student: str = "", assignment: str = "") -> Iterator[Decision]:
    """All decisions, by assignment and student; those of one of either, where it is named.

    Raises:
        CourseError: a file of decisions or verdicts that cannot be read.
    """
    for name in (assignment,) if assignment else settings.assignments:
        for who in paths.overridden(settings, name):
            if student in ("", who):
                graded = verdict_file.read(paths.submission(settings, who, name).verdict_file)
                verdicts = {v.claim: v for v in graded.verdicts} if graded else {}
                for override in override_file.read(settings, who, name):
                    yield Decision(who, name, override, verdicts.get(override.claim))


def account() -> str:
    """The name of the account that this process runs as."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account that has no name
        return f"user {os.getuid()}"


def find_graded(settings: Settings, student: str, assignment: str) -> tuple[Submission, Graded]:
    """A submission and its verdicts, up to date or not.

    Raises:
        CourseError: an unknown assignment or student, or nothing graded.
        SubmissionError: what was handed in cannot be graded.
    """
    loaded = load_assignment(settings, assignment)
    known = paths.students(settings, loaded.name)
    if not known:
        raise CourseError(
            f"nothing is handed in for {assignment}: expected submitted/{student}/{assignment}/ in "
            f"{settings.root}; collect it, or put it there"
        )
    if student not in known:
        raise CourseError(
            f"{student} handed in nothing for {assignment}: expected one of "
            f"{student_ids.some_of(known, student)}"
        )
    submission = paths.submission(settings, student, assignment)
    graded = verdict_file.read(submission.verdict_file)
    if graded is None:
        files = files_of(settings, submission)
        current_verdicts.expect_gradable(settings, loaded, submission, files)
        raise current_verdicts.not_graded(submission)
    return submission, graded


def find_verdict(graded: Graded, claim: str) -> Verdict:
    """The verdict on a claim; raises ``CourseError`` if there is no such claim."""
    for verdict in graded.verdicts:
        if verdict.claim == claim:
            return verdict
    names = ", ".join(verdict.claim for verdict in graded.verdicts)
    raise CourseError(
        f"{graded.assignment} has no claim {claim}: expected one of {names}; "
        "written answers are graded in the formgrader"
    )


def reason_line(reason: str) -> str:
    """The reason in one line; raises ``CourseError`` if there is none, or a long one."""
    if not (text := " ".join(reason.split())):
        raise CourseError("no reason was given: say why, for students and colleagues (--reason)")
    if len(text) > _REASON:
        raise CourseError(f"the reason has {len(text)} characters: expected at most {_REASON}")
    return text


def _keep(
    settings: Settings, submission: Submission, claim: str, override: Override | None
) -> None:
    """Write a decision, or its removal, to all places that hold it; compute the penalty again.

    The file of decisions comes first: grading takes them from there, also if a later step fails.
    """
    student, name = submission.student, submission.assignment
    with course_lock.writing(settings), gradebook.opened(settings) as book:
        graded = verdict_file.read(submission.verdict_file)
        if graded is None:  # another process grades it just now
            raise current_verdicts.not_graded(submission)
        before = override_file.read(settings, student, name)
        decided = _in_order(graded, before, claim, override)
        grade = _find(book, submission, claim, expected=override is not None)
        override_file.write(settings, student, name, decided)
        if grade is not None:
            _give(grade, next((each for each in before if each.claim == claim), None), override)
            book.db.commit()
        graded = override_file.applied(graded, decided)
        _rewrite(submission, graded)
        _show(submission, graded)
    late_penalties.refresh(settings, name, [student])


def _in_order(
    graded: Graded, before: Sequence[Override], claim: str, override: Override | None
) -> tuple[Override, ...]:
    """The decisions once one was added, replaced or removed, in the order of claims."""
    order = {verdict.claim: place for place, verdict in enumerate(graded.verdicts)}
    kept = [each for each in before if each.claim != claim] + ([override] if override else [])
    return tuple(sorted(kept, key=lambda each: order.get(each.claim, len(order))))


def _find(book: Gradebook, submission: Submission, claim: str, expected: bool) -> Grade | None:
    """The gradebook's entry of a claim; raises ``CourseError`` if one is expected and missing."""
    name, student = submission.assignment, submission.student
    try:
        return book.find_grade(claim, name, name, student)
    except MissingEntry as error:
        if expected:
            raise CourseError(
                f"{student} has no grades for {name} in the gradebook: grade it first "
                f"(grader grade {name})"
            ) from error
        return None


def _give(grade: Grade, before: Override | None, override: Override | None) -> None:
    """Enter a decision; where one is removed, points of the formgrader's stay."""
    if override is not None:
        grade.manual_score, grade.needs_manual_grade = override.points, False
    elif before is not None and grade.manual_score == before.points:
        grade.manual_score, grade.needs_manual_grade = None, grade.auto_score is None


def _rewrite(submission: Submission, graded: Graded) -> None:
    """Put the verdicts on disk again, under the permissions that nbgrader gave them."""
    file = submission.verdict_file
    with _told(file):
        verdict_file.write(graded, file, None)


def _show(submission: Submission, graded: Graded) -> None:
    """Put the decisions into the notebook that the formgrader shows, beside the verdicts."""
    file = submission.autograded_notebook
    with _told(file):
        notebook = nbformat.read(file, as_version=nbformat.NO_CONVERT)
        shown_verdicts.show(notebook, graded.verdicts)
        whole_files.write(file, (nbformat.writes(notebook) + "\n").encode())


@contextlib.contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or file} cannot be written ({error.strerror}): see to it, then run "
            "the same command again"
        ) from error
