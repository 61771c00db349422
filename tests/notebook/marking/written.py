"""A class with written answers that wait for a person, graded by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import nbformat

from grader.notebook import gradebook
from grader.notebook.assignment import load_assignment
from grader.notebook.submission import paths
from grader.settings import Settings
from tests import tiny
from tests.notebook.exports import school

QUESTION = "written_answer"
CLASS = {
    "ada": "The numbers are **learned**: $w \\leftarrow w - \\eta \\nabla L$.",
    "ben": "Training finds the numbers in the filters of the network.",
    "cleo": "Training finds the numbers in the filters of the networks.",
    "dan": "<script>document.title = 'stolen'</script><b onclick=alert(1)>bold</b>",
    "eve": "",
}


def make(folder: Path, answers: Mapping[str, str] = CLASS) -> Settings:
    """The tiny course with one answer a student; an empty one has 0 points by machine."""
    folder.mkdir(parents=True, exist_ok=True)
    course = tiny.make_course(folder, cell_seconds=20)
    gradebook.prepare(course, load_assignment(course, "sums"))
    for student, text in answers.items():
        answer(course, student, text)
        machine = school.POINTS | {QUESTION: 0.0}
        if text:
            del machine[QUESTION]
        school.grade(course, student, **machine)
    return course


def answer(course: Settings, student: str, text: str) -> None:
    """Let an autograded notebook hold this answer."""
    notebook = tiny.submission(course, {QUESTION: text} if text else {})
    file = paths.submission(course, student, "sums").autograded_notebook
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, file)
