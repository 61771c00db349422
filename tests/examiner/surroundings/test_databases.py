"""SQL of a student's reaches no file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from grader.examiner.examiner import Finding
from tests.examiner.surroundings.conftest import Make

DATABASE = """
import sqlite3
table = sqlite3.connect(":memory:")
table.execute("create table numbers (a)")
table.execute("insert into numbers values (9)")
assert table.execute(query()).fetchall() == [(9,)]
"""


@pytest.mark.parametrize("query", ["ATTACH DATABASE '{}' AS other", "VACUUM INTO '{}'"])
def test_sql_of_a_students_writes_no_file(both: Make, tmp_path: Path, query: str) -> None:
    other = tmp_path / "stolen"
    student = both(query=lambda: query.format(other))
    assert not student.tested(DATABASE).passed
    assert not other.exists()
    assert both(query=lambda: "select a from numbers").tested(DATABASE) == Finding()
    sqlite3.connect(other).close()  # elsewhere nothing is replaced
    assert sqlite3.connect(":memory:").getlimit(sqlite3.SQLITE_LIMIT_ATTACHED) > 0
