"""Bytes of notebooks: what is decoded, and how an error about them is told."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.notebook import notebook_json


def test_a_notebook_is_decoded() -> None:
    notebook = new_notebook(cells=[new_code_cell("1 + 1")])
    assert notebook_json.decode(nbformat.writes(notebook).encode()).cells[0].source == "1 + 1"


@pytest.mark.parametrize(
    "text", [b"", b"\xff", b"[]", b"{}", b'{"nbformat": 4, "metadata": [], "cells": 3}']
)
def test_anything_else_is_refused_in_one_line(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        notebook_json.decode(text)
    assert len(str(caught.value).splitlines()) == 1


def test_half_a_character_is_refused() -> None:
    notebook = json.loads(nbformat.writes(new_notebook(cells=[new_code_cell("x")])))
    notebook["cells"][0]["source"] = "\ud800"
    with pytest.raises(ValueError, match="surrogate"):
        notebook_json.decode(json.dumps(notebook).encode())


def test_an_error_is_one_short_printable_line() -> None:
    assert notebook_json.one_line(ValueError("a\x1b[31m" + "b" * 500 + "\nc")) == (
        "a?[31m" + "b" * 114
    )
    assert notebook_json.one_line(ValueError()) == "ValueError"
