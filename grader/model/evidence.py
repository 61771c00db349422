"""What verdicts rest on: the questions that tests asked, the answers, and the seeds of draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.model.runs import Run
from grader.model.verdicts import Outcome


@dataclass(frozen=True)
class Question:
    """One question of a test cell to a student's kernel, and its answer.

    Attributes:
        asked: what was asked, for people and as JSON: ``do`` (look, call, run or dry_run), and
            with it names, arguments or logs; see ``grader.examiner.evidence.interview``.
        answer: what came: ``value``, ``printed``, or ``error`` with ``message``; large values are
            summarised.
        asked_sha256: of the whole question; equal questions have equal digests.
        answer_sha256: of the whole answer.
    """

    asked: Mapping[str, Any]
    answer: Mapping[str, Any]
    asked_sha256: str
    answer_sha256: str


@dataclass(frozen=True)
class Consulted:
    """A training that a test cell looked at.

    Attributes:
        run: the training, as it was then.
        seed: of the referee's; 0 is the student's own run.
    """

    run: Run
    seed: int = 0


@dataclass(frozen=True)
class ClaimEvidence:
    """What the verdict on one claim rests on.

    Attributes:
        claim: the claim's name.
        statement: the claim, in words, as it was then.
        test: the test cell's text, as it was then.
        seed: of all random draws of the test cell, in hexadecimal.
        questions: in the order in which they were asked; of many, the first.
        count: of all questions.
        asked_sha256: of all questions together.
        answered_sha256: of all answers together.
        consulted: the trainings that the test cell looked at.
    """

    claim: str
    statement: str
    test: str
    seed: str
    questions: tuple[Question, ...] = ()
    count: int = 0
    asked_sha256: str = ""
    answered_sha256: str = ""
    consulted: tuple[Consulted, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What the verdicts on one submission rest on.

    Attributes:
        student: nbgrader's id.
        assignment: its name.
        seed: from which the seeds of all claims follow, in hexadecimal.
        when: the moment, in UTC, as ISO 8601 has it.
        claims: those whose test cell was run, in the order in which they were judged.
    """

    student: str
    assignment: str
    seed: str
    when: str
    claims: tuple[ClaimEvidence, ...]


@dataclass(frozen=True)
class Replayed:
    """A claim that was judged once more with the same seeds.

    Attributes:
        claim: its name.
        then: the verdict's outcome.
        now: the outcome once more.
        count: of all questions, now.
        same_questions: whether the same was asked.
        same_answers: whether the same was answered.
        number: of the first question where something differs, from 1; 0: none that is kept.
        then_asked: that question and its answer, as they were.
        now_asked: the same, now.
    """

    claim: str
    then: Outcome
    now: Outcome
    count: int = 0
    same_questions: bool = True
    same_answers: bool = True
    number: int = 0
    then_asked: Question | None = None
    now_asked: Question | None = None

    @property
    def same(self) -> bool:
        """Whether questions, answers and verdict are the same."""
        return self.same_questions and self.same_answers and self.then is self.now
