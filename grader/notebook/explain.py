"""Finds what a verdict rests on, and judges a submission again with the same seeds."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from grader import datasets
from grader.engines.base import Silent
from grader.errors import CourseError
from grader.model import ClaimEvidence, Evidence, Graded, Question, Replayed
from grader.notebook import overrides
from grader.notebook.judging import class_referee, scratch
from grader.notebook.judging.judge_submission import judge_submission, submission_work
from grader.notebook.loaded_course import LoadedCourse
from grader.notebook.submission import current_verdicts, evidence_file, paths
from grader.notebook.submission.submitted_files import files_of
from grader.sandbox.host import try_sandbox
from grader.settings import Settings


@dataclass(frozen=True)
class Explained:
    """Verdicts, and what they rest on.

    Attributes:
        graded: the verdicts.
        evidence: their record.
    """

    graded: Graded
    evidence: Evidence

    def as_json(self, claim: str = "") -> dict[str, Any]:
        """Everything as plain data; of one claim, if it is named."""
        known = {each.claim: dataclasses.asdict(each) for each in self.evidence.claims}
        return {
            "student": self.graded.student,
            "assignment": self.graded.assignment,
            "graded": self.evidence.when,
            "seed": self.evidence.seed,
            "notes": list(self.graded.notes),
            "claims": [
                dataclasses.asdict(verdict) | {"evidence": known.get(verdict.claim)}
                for verdict in self.graded.verdicts
                if claim in {"", verdict.claim}
            ],
            "runs": [dataclasses.asdict(run) for run in self.graded.runs],
        }


def explain(settings: Settings, student: str, assignment: str, claim: str = "") -> Explained:
    """Look up the verdicts on a submission and what they rest on.

    Raises:
        CourseError: an unknown assignment, student or claim, nothing graded, or no record.
    """
    submission, graded = overrides.find_graded(settings, student, assignment)
    if claim:
        overrides.find_verdict(graded, claim)
    return Explained(graded, evidence_file.read(submission.evidence_file, graded))


def replay(loaded: LoadedCourse, explained: Explained) -> tuple[Replayed, ...]:
    """Judge what is handed in again, with the seeds of the verdicts; writes nothing in the course.

    Returns:
        Each claim, as it was and as it is now, in notebook order.

    Raises:
        CourseError: the submission or the source is not what was graded, or cannot be judged.
        GraderError: data, sandbox or referee are not there.
    """
    settings, assignment = loaded.settings, loaded.assignment
    before = explained.graded
    submission = paths.submission(settings, before.student, assignment.name)
    current_verdicts.load_current_verdicts(settings, submission, assignment)
    datasets.verify(settings.data)
    if settings.sandbox != "none":
        try_sandbox()
    work = submission_work(settings, assignment, submission, files_of(settings, submission))
    scratch.remove_leftovers()
    try:
        judged = judge_submission(
            dataclasses.replace(work, seed=int(explained.evidence.seed, 16)), Silent()
        )
    finally:
        class_referee.close()
    if judged.evidence is None:
        raise CourseError(f"{before.student}'s {assignment.name} was judged without a record")
    return _compared(explained, judged.graded, judged.evidence)


def _compared(explained: Explained, graded: Graded, evidence: Evidence) -> tuple[Replayed, ...]:
    old = {each.claim: each for each in explained.evidence.claims}
    new = {each.claim: each for each in evidence.claims}
    verdicts = {verdict.claim: verdict for verdict in graded.verdicts}
    return tuple(
        _replayed(
            Replayed(then.claim, then.outcome, verdicts[then.claim].outcome),
            old.get(then.claim),
            new.get(then.claim),
        )
        for then in explained.graded.verdicts
    )


def _replayed(claim: Replayed, then: ClaimEvidence | None, now: ClaimEvidence | None) -> Replayed:
    """The claim with how questions and answers compare; one that was not asked has none."""
    if then is None or now is None:
        same = then is now
        return dataclasses.replace(claim, same_questions=same, same_answers=same)
    number, pair = _first_difference(then, now)
    return dataclasses.replace(
        claim,
        count=now.count,
        same_questions=(then.count, then.asked_sha256) == (now.count, now.asked_sha256),
        same_answers=then.answered_sha256 == now.answered_sha256,
        number=number,
        then_asked=pair[0],
        now_asked=pair[1],
    )


def _first_difference(
    then: ClaimEvidence, now: ClaimEvidence
) -> tuple[int, tuple[Question | None, Question | None]]:
    """Where questions or answers differ first, counted from 1; 0 where none that is kept does."""
    for number, (old, new) in enumerate(zip(then.questions, now.questions, strict=False), 1):
        if (old.asked_sha256, old.answer_sha256) != (new.asked_sha256, new.answer_sha256):
            return number, (old, new)
    return 0, (None, None)
