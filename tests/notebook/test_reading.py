from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.notebook import reading
from grader.settings import Settings
from tests import tiny


def test_a_notebook_is_read(tiny_course: Settings, tmp_path: Path) -> None:
    path = tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    assert len(reading.read(path).cells) == len(tiny.source().cells)


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "{}",
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}),
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}),
        json.dumps({"nbformat": 9, "nbformat_minor": 0, "metadata": {}, "cells": []}),
        "\udcff",
    ],
)
def test_what_is_no_notebook_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sums.ipynb"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SubmissionError, match=r"sums\.ipynb is not a notebook \(.*hand it in") as e:
        reading.read(path)
    assert "\n" not in str(e.value)


def test_a_missing_notebook_is_told_with_what_was_found(tmp_path: Path) -> None:
    (tmp_path / "Sums (1).ipynb").touch()
    with pytest.raises(SubmissionError, match=r"sums\.ipynb is missing.*found Sums \(1\)\.ipynb"):
        reading.read(tmp_path / "sums.ipynb")
