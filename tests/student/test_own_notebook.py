from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader import language
from grader.errors import SubmissionError
from grader.notebook.submission import file_rules
from grader.student import own_notebook


def said(path: Path) -> str:
    with pytest.raises(SubmissionError) as raised:
        own_notebook.read(path)
    message = str(raised.value)
    assert "student" not in message.replace(str(path.parent), ""), "it is the student who reads it"
    return message


def test_a_notebook_that_is_missing_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    assert "there is no other notebook in that folder" in said(tmp_path / "nosuch.ipynb")
    for number in range(12):
        (tmp_path / f"n{number:02}\x1b.ipynb").touch()
    message = said(tmp_path / "nosuch.ipynb")
    assert message.startswith(f"{tmp_path}/nosuch.ipynb is missing: found n00")
    assert "n09" in message
    assert "and 2 more" in message
    assert "\x1b" not in message
    for number in range(1, 12):
        (tmp_path / f"n{number:02}\x1b.ipynb").unlink()
    assert "more" not in said(tmp_path / "nosuch.ipynb")


MERGE = "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n"
CELL = '{"cell_type": "markdown", "metadata": {}, "source": "", "id": "a"}'
MANY_CELLS = f'{{"nbformat": 4, "nbformat_minor": 5, "metadata": {{}}, "cells": [{CELL}'
MANY_CELLS += f", {CELL}" * 1000 + "]}"

UNREADABLE = {
    "no JSON": "open it in JupyterLab and save it there",
    "<html>": "is not a notebook but a web page (HTML): fetch the assignment again",
    "": "is not a notebook but an empty file",
    MERGE: "finish the merge first",
    "[" * 200 + "]" * 200: "clear the outputs",
    MANY_CELLS: "keep the assignment's cells alone",
    " " * (file_rules.CAPS.notebook + 1): "has more than 20 MB: clear the outputs",
}


@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: text[:8])
def test_what_cannot_be_read_says_what_the_student_can_do(text: str, tmp_path: Path) -> None:
    path = tmp_path / "sums.ipynb"
    path.write_text(text)
    message = said(path)
    assert message.startswith(f"{path} ")
    assert UNREADABLE[text] in message


@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: text[:8])
def test_it_is_said_in_the_courses_language(text: str, tmp_path: Path) -> None:
    path = tmp_path / "sums.ipynb"
    path.write_text(text)
    english = said(path)
    language.use("de")
    try:
        assert said(path) not in ("", english)
    finally:
        language.use(language.ENGLISH)


def test_an_error_without_a_text_for_students_is_said_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise SubmissionError(f"{path.name} is {{refused}}")

    monkeypatch.setattr(own_notebook.parse, "read", refuse)
    (tmp_path / "sums.ipynb").touch()
    assert said(tmp_path / "sums.ipynb") == "sums.ipynb is {refused}"


def test_a_link_is_to_be_replaced_by_the_notebook(tmp_path: Path) -> None:
    (tmp_path / "other.ipynb").write_text("{}")
    for make in (Path.symlink_to, Path.hardlink_to):
        path = tmp_path / "sums.ipynb"
        make(path, tmp_path / "other.ipynb")
        assert "copy your notebook into this folder" in said(path)
        path.unlink()


def test_a_file_that_may_not_be_read_is_to_be_opened_to_the_account() -> None:
    error = file_rules.unreadable(Path("sums.ipynb"), PermissionError(13, os.strerror(13)))
    assert error.to_student.format_map(error.values) == (
        "sums.ipynb cannot be read (Permission denied): give your account the right to read it."
    )
