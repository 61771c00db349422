"""What is read from nbgrader's gradebook for a whole class at once."""

from __future__ import annotations

from pathlib import Path

from grader.model import Score
from grader.notebook import gradebook
from grader.notebook.assignment import load_assignment
from grader.notebook.gradebook_queries import scores
from tests import tiny
from tests.notebook.exports import school


def test_scores_of_a_class_have_penalties_and_what_is_to_mark(tmp_path: Path) -> None:
    course = tiny.make_course(tmp_path, cell_seconds=20)
    gradebook.prepare(course, load_assignment(course, "sums"))
    school.grade(course, "ada", penalty=2, **school.POINTS)
    school.grade(course, "ben", adds=2, totals=3)
    school.grade(course, "cleo", penalty=4, adds=1, adds_negatives=0, totals=0)
    with school.opened(course) as book:
        book.find_grade("adds", "sums", "sums", "ada").manual_score = 1.5
        book.find_grade("adds", "sums", "sums", "ada").extra_credit = 0.25
    assert scores(course, "sums") == {
        "ada": Score(8.75, 11, to_mark=0),
        "ben": Score(5, 11, to_mark=6),
        "cleo": Score(0, 11, to_mark=5),
    }
    assert scores(course, "sums", ["ben", "zoe"]) == {"ben": Score(5, 11, to_mark=6)}
    assert scores(course, "unknown") == {}
