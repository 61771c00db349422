from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy.exc import OperationalError

from grader.notebook import gradebook_errors

LOCKED = "database is locked"


def locked() -> OperationalError:
    return OperationalError("INSERT INTO grade", {}, sqlite3.OperationalError(LOCKED))


def test_a_database_that_refuses_is_told_by_its_own_words() -> None:
    assert gradebook_errors.reason(locked()) == LOCKED
    invalid = InvalidEntry("rolled back")
    invalid.__context__ = locked()
    assert gradebook_errors.reason(invalid) == LOCKED


def test_what_no_database_refused_has_no_reason() -> None:
    assert gradebook_errors.reason(InvalidEntry("no such student")) == ""
    assert gradebook_errors.reason(ValueError("three")) == ""


def test_nbgrader_logs_no_traceback_of_what_it_raises(
    tiny_gradebook: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = shutil.copy(tiny_gradebook, tmp_path)
    with Gradebook(f"sqlite:///{file}") as gradebook:
        gradebook.add_student("ada")
        with pytest.raises(InvalidEntry):
            gradebook.add_student("ada")
    assert "Rolling back" not in caplog.text
