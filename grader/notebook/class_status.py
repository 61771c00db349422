"""The status of each submission of a class: handed in, graded, or waiting, and for whom."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from grader.errors import GraderError
from grader.model import Score
from grader.notebook import gradebook_queries, grading_now, penalty_waits, submission_state, titles
from grader.notebook.assignment import load_assignment
from grader.notebook.gradebook_queries import HandedIn
from grader.notebook.loaded_course import LoadedCourse
from grader.notebook.submission import grounds, paths
from grader.notebook.submission.current_verdicts import expect_gradable
from grader.settings import Settings


class Stage(StrEnum):
    """What a submission waits for; ``DONE`` for nothing."""

    DONE = "graded"
    TO_MARK = "waits for a person"
    TO_GRADE = "to be graded"
    JUDGED = grading_now.Doing.JUDGED.value
    TRAINING = grading_now.Doing.TRAINING.value
    FAILED = "the grader failed"
    REFUSED = "cannot be graded"


WAITS_FOR_PERSON = (Stage.TO_MARK, Stage.REFUSED)


@dataclass(frozen=True)
class SubmissionStatus:
    """The status of one submission.

    Attributes:
        student: nbgrader's id.
        stage: what it waits for.
        why: more on that; empty where there is nothing to say.
        handed_in: when, in UTC; None where nobody noted it.
        late: by how much it was late; zero if it was not, or if nothing is due.
        score: as the gradebook has it; None before the first grading.
    """

    student: str
    stage: Stage
    why: str
    handed_in: datetime | None
    late: timedelta
    score: Score | None


@dataclass(frozen=True)
class ClassStatus:
    """The status of a class in one assignment.

    Attributes:
        assignment: its name.
        heading: the name, and the title that people know it by.
        due: when it is due for everybody without an extension, in UTC; None for never.
        submissions: of all who handed in, by student.
        missing: students whom the gradebook knows and who handed in nothing.
    """

    assignment: str
    heading: str
    due: datetime | None
    submissions: tuple[SubmissionStatus, ...]
    missing: tuple[str, ...]

    def at(self, *stages: Stage) -> int:
        """How many submissions wait for one of these."""
        return sum(each.stage in stages for each in self.submissions)

    @property
    def late(self) -> int:
        """How many were handed in late."""
        return sum(bool(each.late) for each in self.submissions)


def status(
    settings: Settings, name: str, progress: Callable[[int, int], None] = lambda done, of: None
) -> ClassStatus:
    """Look at all submissions of an assignment; nothing is changed.

    Args:
        settings: the course.
        name: the assignment.
        progress: is told how many submissions were looked at, and of how many.

    Raises:
        CourseError: an unknown assignment, or one whose source notebook cannot be read.
        ConfigurationError: the gradebook cannot be read.
    """
    loaded = LoadedCourse(settings, load_assignment(settings, name))
    enrolment = gradebook_queries.enrolment(settings, name)
    students = paths.students(settings, name)
    look = _Look(
        loaded,
        gradebook_queries.scores(settings, name),
        gradebook_queries.scored(settings, name),
        enrolment.submissions,
        enrolment.due,
        grading_now.being_graded(settings, name),
        penalty_waits.waiting(settings, name, students),
    )
    submissions = []
    for student in students:
        submissions.append(look.at(student))
        progress(len(submissions), len(students))
    missing = tuple(sorted(set(enrolment.students) - set(students)))
    heading = titles.labelled(settings, loaded.assignment)
    return ClassStatus(name, heading, _in_utc(enrolment.due), tuple(submissions), missing)


@dataclass(frozen=True)
class _Look:
    """What is known of a class before its submissions are looked at."""

    loaded: LoadedCourse
    scores: Mapping[str, Score]
    scored: frozenset[str]
    recorded: Mapping[str, HandedIn]
    due: datetime | None
    doing: Mapping[str, grading_now.Doing]
    penalties: Mapping[str, str]

    def at(self, student: str) -> SubmissionStatus:
        """The status of a student's submission."""
        handed_in = self._handed_in(student)
        stage, why = self._stage(student)
        known = self.recorded.get(student)
        due = self.due + known.extension if self.due and known else self.due
        late = max(timedelta(), handed_in - due) if handed_in and due else timedelta()
        score = self.scores.get(student)
        return SubmissionStatus(student, stage, why, _in_utc(handed_in), late, score)

    def _handed_in(self, student: str) -> datetime | None:
        """When, in UTC without a zone, as the gradebook has it: by the file, if there is one."""
        with contextlib.suppress(GraderError, OSError, ValueError, OverflowError):
            name = self.loaded.assignment.name
            if times := paths.handed_in(self.loaded.settings, student, name):
                return times[0]
        known = self.recorded.get(student)
        return known.when if known else None

    def _stage(self, student: str) -> tuple[Stage, str]:
        if student in self.doing:
            return Stage(self.doing[student].value), ""
        try:
            state = submission_state.look_at(self.loaded, student)
            if state.up_to_date(student in self.scored) is None:
                return self._not_graded(state)
        except GraderError as error:
            return Stage.REFUSED, str(error)
        score = self.scores.get(student)
        if student in self.penalties or (score and score.to_mark):
            return Stage.TO_MARK, self.penalties.get(student, "")
        return Stage.DONE, ""

    def _not_graded(self, state: submission_state.SubmissionState) -> tuple[Stage, str]:
        """Why there are no verdicts that hold; raises ``SubmissionError`` if there can be none."""
        verdicts = state.known.verdicts if state.known else ()
        faulty = [verdict.claim for verdict in verdicts if verdict.faulty]
        if faulty and not state.changed:
            return Stage.FAILED, ", ".join(faulty)
        loaded = self.loaded
        expect_gradable(loaded.settings, loaded.assignment, state.submission, state.files)
        return Stage.TO_GRADE, ", ".join(grounds.CHANGES[name] for name in state.changed)


def _in_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
