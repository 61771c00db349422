"""A class of a course with two exercises, and grades that nobody had to compute."""

from __future__ import annotations

import csv
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from grader import settings as course_settings
from grader.notebook import gradebook
from grader.notebook.assignment import load_assignment
from grader.notebook.submission import paths
from grader.settings import Settings
from tests import tiny

# The points of the claims and of the written answer; both exercises have the same.
POINTS = {"adds": 2.0, "adds_negatives": 1.0, "totals": 3.0, "written_answer": 5.0}


def make(folder: Path) -> Settings:
    """The tiny course with its exercise twice, both in the gradebook."""
    tiny.make_course(folder, cell_seconds=20)
    (folder / "source" / "more_sums").mkdir()
    nbformat.write(tiny.source(), folder / "source" / "more_sums" / "more_sums.ipynb")
    with (folder / "course_config.py").open("a") as config:
        config.write('\nc.Course.assignments = ["sums", "more_sums"]\n')
    course = course_settings.load(folder)
    for name in course.assignments:
        gradebook.prepare(course, load_assignment(course, name))
    return course


def copy(course: Settings, folder: Path) -> Settings:
    """A course of its own, to be changed."""
    shutil.copytree(course.root, folder)
    return course_settings.load(folder)


def of_three(course: Settings) -> Settings:
    """Ada is done, ben's written answer waits, and cleo handed in nothing."""
    names = {"ada": ("Ada", "Lovelace"), "ben": ("Ben", "Bitdiddle"), "cleo": ("Cleo", "Patra")}
    for student, (first, last) in names.items():
        email = f"{student}@example.org"
        enrol(course, student, first_name=first, last_name=last, email=email)
    grade(course, "ada", **POINTS)
    grade(course, "ben", adds=2, adds_negatives=0, totals=3)
    return course


@contextmanager
def opened(course: Settings) -> Iterator[Gradebook]:
    """The gradebook, whose changes are kept."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # as nbgrader's own commands run into it
        with Gradebook(paths.course_directory(course).db_url) as book:
            yield book
            book.db.commit()


def enrol(course: Settings, student: str, **fields: str) -> None:
    """Let the gradebook know a student."""
    with opened(course) as book:
        book.update_or_create_student(student, **fields)


def hand_in(course: Settings, student: str, assignment: str = "sums") -> None:
    """What a student handed in, as a folder alone: exports look no closer."""
    paths.submission(course, student, assignment).submitted.mkdir(parents=True)


def grade(
    course: Settings, student: str, assignment: str = "sums", *, penalty: float = 0, **scores: float
) -> None:
    """Give scores by ``grade_id``; cells that are not named wait for a person."""
    hand_in(course, student, assignment)
    with opened(course) as book:
        book.update_or_create_student(student)
        found = book.update_or_create_submission(assignment, student)
        found.notebooks[0].late_submission_penalty = penalty or None
        for one in found.notebooks[0].grades:
            one.auto_score, one.needs_manual_grade = scores.get(one.name), one.name not in scores


def comment(course: Settings, student: str, text: str, assignment: str = "sums") -> None:
    """A person's comment on the written answer."""
    with opened(course) as book:
        book.find_comment("written_answer", assignment, assignment, student).manual_comment = text


def table(file: Path) -> list[list[str]]:
    """The rows of a file."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))
