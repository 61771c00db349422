"""How results are written into nbgrader's gradebook, one class after the other."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import psutil
from nbgrader import api

from grader.notebook import recording


def test_one_engine_opens_a_gradebook_that_is_replaced_and_keeps_no_file_open(
    tmp_path: Path,
) -> None:
    file = tmp_path / "gradebook.db"
    engines = set()
    with mock.patch.object(api, "create_engine", recording._engine):
        for student in ("ada", "ben"):
            with api.Gradebook(f"sqlite:///{file}") as book:
                book.add_student(student)
                assert [each.id for each in book.students] == [student]
                engines.add(book.engine)
            assert str(file) not in {each.path for each in psutil.Process().open_files()}
            file.unlink()
    assert len(engines) == 1
