"""nbgrader's own command on a class in which some folders must not be touched."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from grader.notebook import gradebook
from grader.notebook.assignment import load_assignment
from grader.notebook.submission import paths
from grader.settings import Settings
from tests import tiny
from tests.tiny import make_course

pytestmark = pytest.mark.kernel


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


# Student to what is done to the notebook that was handed in, and what is said of it.
REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "deep": (lambda path: path.write_text("[" * 100_000), "sums.ipynb is over a limit: JSON"),
    "linked": (lambda path: (path.parent / "x").symlink_to("/etc/passwd"), "x is a symbolic link"),
    "piped": (pipe, "sums.ipynb is a named pipe"),
    "timeless": (lambda path: pipe(path.parent / "timestamp.txt"), "timestamp.txt is a named pipe"),
    "timed": (
        lambda path: (path.parent / "timestamp.txt").write_text("noon"),
        "timestamp.txt holds no time",
    ),
}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, str]:
    """The course and what nbgrader said, after it has graded the class."""
    course = make_course(tmp_path_factory.mktemp("course"), cell_seconds=20)
    good = tiny.submission(course, tiny.GOOD)
    for student, (change, _) in REFUSED.items():
        change(tiny.hand_in(course, student, good))
    good.metadata["language"] = 3  # nbconvert would ask a number for its small letters
    tiny.hand_in(course, "zoe", good)
    # Graded once before: then nbgrader asks for the time before it copies anything.
    paths.submission(course, "timeless", "sums").autograded.mkdir(parents=True)
    gradebook.prepare(course, load_assignment(course, "sums"))
    command = [sys.executable, "-m", "nbgrader", "autograde", "sums"]
    run = subprocess.run(
        command, cwd=course.root, capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 1
    return course, run.stderr


@pytest.mark.parametrize("student", REFUSED)
def test_a_student_is_refused_by_name(done: tuple[Settings, str], student: str) -> None:
    course, said = done
    folder = paths.submission(course, student, "sums").submitted
    assert f"SubmissionError: {folder}/{REFUSED[student][1]}" in said
    assert not paths.submission(course, student, "sums").autograded.exists()


def test_the_class_goes_on(done: tuple[Settings, str]) -> None:
    folder = paths.submission(done[0], "zoe", "sums").autograded
    assert (folder / "sums.verdicts.json").exists()
    assert nbformat.read(folder / "sums.ipynb", as_version=4).cells
