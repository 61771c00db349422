"""The page on which a person marks the written answers of a class, one question at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from grader.model import Score
from grader.reports import html
from grader.reports.feedback.content import Shown


@dataclass(frozen=True)
class Question:
    """A cell that a person marks.

    Attributes:
        name: its ``grade_id``.
        points: what it is worth.
        text: what students are asked, as HTML in which nothing runs.
    """

    name: str
    points: float
    text: Markup


@dataclass(frozen=True)
class Answer:
    """One student's answer to a question, and its mark.

    Attributes:
        student: nbgrader's id.
        name: the student's, as the gradebook has it; empty if it has none.
        text: the answer as HTML in which nothing runs.
        pictures: of the answer, or a line in place of one that was left out.
        score: what it has; None if it has none yet.
        to_mark: whether it waits for a person.
        comment: a person's, as it was typed.
        version: changes with the answer, its mark and its comment.
        pictured: whether it has pictures, which are shown once they are needed.
        group: number of the answers that are alike.
    """

    student: str
    name: str
    text: Markup
    score: float | None
    to_mark: bool
    comment: str
    version: str
    pictured: bool = False
    pictures: tuple[Shown, ...] = field(default=())
    group: int = 0


def render(
    title: str, questions: Sequence[Question], question: Question, answers: Sequence[Answer]
) -> str:
    """The page for one question.

    Args:
        title: the assignment's.
        questions: all that a person marks in it.
        question: the one that is shown.
        answers: in the order in which they are read.
    """
    sizes = {answer.group: 0 for answer in answers}
    for answer in answers:
        sizes[answer.group] += 1
    return html.render(
        "marking.html.j2",
        "marking.css",
        "marking.js",
        title=title,
        questions=questions,
        question=question,
        answers=answers,
        sizes=sizes,
        left=sum(answer.to_mark for answer in answers),
        worth=Score(0, question.points),
    )


def render_answer(answer: Answer) -> str:
    """An answer with its pictures, as a part of the page."""
    return html.render("marking_answer.html.j2", "marking.css", answer=answer)
