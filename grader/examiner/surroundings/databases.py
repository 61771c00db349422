"""Keeps a database that a test cell opens from attaching others.

A test runs SQL of a student's outside of every sandbox: ``ATTACH`` and ``VACUUM INTO`` would write
any file of this machine, and read any database.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from grader.examiner.replaced import replaced


@contextlib.contextmanager
def alone(text: str) -> Iterator[None]:
    """In the body, let databases of SQLite that are opened attach no other.

    Args:
        text: of the test cell, and of what it imports of the course's.
    """
    if "sql" not in text.lower():
        yield
        return
    import sqlite3
    from sqlite3 import dbapi2

    connect = dbapi2.connect

    def connected(*given: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*given, **named)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        return connection

    # Libraries, as pandas and SQLAlchemy, connect by the second name.
    with replaced(sqlite3, "connect", connected), replaced(dbapi2, "connect", connected):
        yield
