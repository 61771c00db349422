"""Attacks by texts that a test runs, opens or sends to a database, outside of every sandbox.

The agent is the real one, in this process; files, paths and what surrounds a test are apart.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from grader.errors import CourseError
from grader.examiner.surroundings.course import Course
from tests.attacks.trials import Carry, Trial
from tests.examiner.surroundings.both import Both

PASSED, NOT_PASSED = "passed", "not passed"
RUNS = "assert eval(answer())(2) == 3"
READS = "from pathlib import Path\nassert 'secret' in Path(answer()).read_text()"
ASKS = """
import sqlite3
table = sqlite3.connect(":memory:")
table.executescript("create table numbers (a); " + answer())
assert table.execute("select a from numbers").fetchall() == [(9,)]
"""


def returning(text: str, test: str) -> Carry:
    """A test cell on a function that returns a text, and what the text has left outside.

    Args:
        text: with ``@OUTSIDE@`` for a folder that no student may reach.
        test: the test cell.
    """

    def carry(folder: Path) -> str:
        outside = folder / "outside"
        for place in (folder / "kernel", folder / "beside", outside):
            place.mkdir()
        (outside / "secret.txt").write_text("a secret")
        (folder / "kernel" / "own.txt").write_text("no secret")
        answer = text.replace("@OUTSIDE@", str(outside))

        def answered() -> str:
            Path("own.txt").write_text("no secret")
            return answer

        student = Both(folder / "kernel", Course(folder / "beside"), {"answer": answered})
        came = NOT_PASSED
        with contextlib.closing(student), contextlib.suppress(CourseError):
            came = PASSED if student.tested(test).passed else NOT_PASSED
        written = sorted(path.name for path in outside.iterdir() if path.name != "secret.txt")
        return ", ".join([came, *written])

    return carry


def _trial(name: str, about: str, test: str, hostile: str, twin: str) -> Trial:
    hostile_side, twin_side = returning(hostile, test), returning(twin, test)
    return Trial(73, name, about, hostile_side, NOT_PASSED, twin_side, PASSED)


TRIALS = (
    _trial(
        "code_in_an_answer",
        "returns code where a test evaluates what was returned",
        RUNS,
        "lambda value: 3 + open('@OUTSIDE@/run', 'w').close()",
        "lambda value: value + 1",
    ),
    _trial(
        "path_of_another",
        "returns the path of a file of the machine where a test reads what was written",
        READS,
        "@OUTSIDE@/secret.txt",
        "own.txt",
    ),
    _trial(
        "sql_that_attaches",
        "returns SQL that writes a file where a test sends it to a database",
        ASKS,
        "insert into numbers values (9); attach database '@OUTSIDE@/run' as o;"
        " create table o.a (b);",
        "insert into numbers values (9);",
    ),
)
