from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.student import own_notebook


def said(path: Path) -> str:
    with pytest.raises(SubmissionError) as raised:
        own_notebook.read(path)
    message = str(raised.value)
    assert "student" not in message.replace(str(path.parent), ""), "it is the student who reads it"
    return message


def test_a_notebook_that_is_missing_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    assert "found no notebook in that folder" in said(tmp_path / "nosuch.ipynb")
    for number in range(12):
        (tmp_path / f"n{number:02}\x1b.ipynb").touch()
    message = said(tmp_path / "nosuch.ipynb")
    assert message.startswith(f"there is no {tmp_path}/nosuch.ipynb: found n00")
    assert "n09" in message
    assert "and 2 more" in message
    assert "\x1b" not in message


def test_what_is_no_notebook_is_to_be_opened_and_saved(tmp_path: Path) -> None:
    path = tmp_path / "sums.ipynb"
    path.write_text("no JSON")
    assert "open it in JupyterLab and save it" in said(path)


def test_a_merge_that_was_not_finished_is_to_be_resolved(tmp_path: Path) -> None:
    path = tmp_path / "sums.ipynb"
    path.write_text("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n")
    assert said(path).endswith("expected one notebook; resolve it")


def test_too_many_parts_are_to_be_cleared(tmp_path: Path) -> None:
    path = tmp_path / "sums.ipynb"
    path.write_text("[" * 200 + "]" * 200)
    assert said(path).endswith("deep; clear the outputs")


@pytest.mark.parametrize(
    ("instructor", "student"),
    [
        ("x; ask the student to hand it in again", f"x; {own_notebook._OPEN_IT}"),
        ("x; ask the student to clear the outputs, or to hand in less", "x; clear the outputs"),
        ("x; nothing is asked", "x; nothing is asked"),
    ],
)
def test_what_would_be_asked_of_the_student_is_told(instructor: str, student: str) -> None:
    assert own_notebook.for_student(instructor) == student
