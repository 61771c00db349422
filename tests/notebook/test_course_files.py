"""The course's files beside a source notebook."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from traitlets.config import Config

from grader.errors import CourseError
from grader.notebook import course_files
from grader.notebook.assignment import load_assignment
from grader.settings import Settings

IGNORE = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "hidden"]


@pytest.fixture
def course(tiny_course: Settings) -> Settings:
    folder = tiny_course.root / "source" / "sums"
    for name in ("sales.csv", "hidden/expected.csv", "deep/helpers.py", "__pycache__/a.pyc"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    return tiny_course


def with_config(course: Settings, **config: object) -> Settings:
    return dataclasses.replace(course, config=Config(config))


def test_students_get_all_files_but_notebooks(course: Settings) -> None:
    assignment = load_assignment(course, "sums")
    assert assignment.files == ("deep/helpers.py", "hidden/expected.csv", "sales.csv")
    assert assignment.hidden_files == {}


def test_what_the_course_keeps_back_is_hidden(course: Settings) -> None:
    hiding = with_config(course, CourseDirectory={"ignore": IGNORE})
    folder = course.root / "source" / "sums"
    assert course_files.public(hiding, "sums", folder) == ("deep/helpers.py", "sales.csv")
    assert course_files.hidden(hiding, folder) == {"hidden/expected.csv": b"hidden/expected.csv"}


def test_a_file_that_students_may_change_is_not_the_courses(course: Settings) -> None:
    kept = with_config(course, Autograde={"exclude_overwriting": {"sums": ["sales.csv"]}})
    assert "sales.csv" not in course_files.public(kept, "sums", course.root / "source" / "sums")


def test_hidden_files_that_are_too_large_are_named(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course_files, "_MOST_HIDDEN", 3)
    hiding = with_config(course, CourseDirectory={"ignore": IGNORE})
    with pytest.raises(CourseError, match=r"c\.CourseDirectory\.ignore keeps back"):
        course_files.hidden(hiding, Path(course.root / "source" / "sums"))
