"""Attacks by texts that a test runs, opens, removes or sends on, outside of every sandbox.

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
NORMALISED = READS.replace("Path(answer())", "Path(answer()).resolve()")
REMOVES = """
import os
from pathlib import Path
path = Path(answer())
assert path.name == 'own.txt' or path.name == 'secret.txt'
os.remove(path)
"""
REMOVES_ALL = "import shutil\nshutil.rmtree(answer())"
FETCHES = "import pandas\nassert 'secret' in list(pandas.read_csv(answer()))[0]"
HINTS = """
import typing
class Own: ...
Own.__annotations__ = {"x": answer()}
assert typing.get_type_hints(Own)["x"]
"""
REWRITES = "assert eval(answer().replace('^', '**')) == 9"
QUERIES = "import pandas\nassert len(pandas.DataFrame({'a': [9]}).query(answer())) == 1"
UNPICKLES = """
import pickle
from pathlib import Path
Path("notes.txt").write_text("the test's own")
assert Path("notes.txt").read_text()
assert pickle.loads(answer()) == [9]
"""
ASKS = """
import sqlite3
table = sqlite3.connect(":memory:")
table.executescript("create table numbers (a); " + answer())
assert table.execute("select a from numbers").fetchall() == [(9,)]
"""


def returning(text: str | bytes, test: str) -> Carry:
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
        (folder / "kernel" / "made").mkdir()
        (folder / "kernel" / "made" / "own.txt").write_text("no secret")
        answer = (
            text.replace("@OUTSIDE@", str(outside))
            if isinstance(text, str)
            else text.replace(b"@OUTSIDE@", bytes(outside))
        )

        def answered() -> str | bytes:
            Path("own.txt").write_text("no secret")
            Path("made", "own.txt").write_text("no secret")
            return answer

        student = Both(folder / "kernel", Course(folder / "beside"), {"answer": answered})
        came = NOT_PASSED
        with contextlib.closing(student), contextlib.suppress(CourseError):
            came = PASSED if student.tested(test).passed else NOT_PASSED
        found = {path.name for path in outside.iterdir()} if outside.exists() else set()
        return ", ".join([came, *sorted(found ^ {"secret.txt"})])

    return carry


def _trial(name: str, about: str, test: str, hostile: str | bytes, twin: str | bytes) -> Trial:
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
    _trial(
        "path_of_another_written_otherwise",
        "writes that path with links, dots and a second slash in it",
        NORMALISED,
        "/proc/self/root/@OUTSIDE@/./secret.txt",
        "./own.txt",
    ),
    _trial(
        "path_that_a_test_removes",
        "returns the path of a file of the machine where a test removes what was written",
        REMOVES,
        "@OUTSIDE@/secret.txt",
        "own.txt",
    ),
    _trial(
        "folder_that_a_test_removes",
        "returns a folder of the machine where a test removes the folder that was made",
        REMOVES_ALL,
        "@OUTSIDE@",
        "made",
    ),
    _trial(
        "address_of_a_file",
        "returns a file of the machine as an address where a test reads a table",
        FETCHES,
        "file://@OUTSIDE@/secret.txt",
        "own.txt",
    ),
    _trial(
        "long_code_in_an_answer",
        "returns code that is too long to be compiled for a comparison",
        RUNS,
        "lambda value: 3 + open('@OUTSIDE@/run', 'w').close()" + " " * 300_000,
        "lambda value: value + 1",
    ),
    _trial(
        "code_in_an_answer_that_a_test_changes",
        "returns code where a test evaluates what it has made of it",
        REWRITES,
        "9 + 0^0 if open('@OUTSIDE@' + '/run', 'w').close() else 9",
        "2^3 + 1",
    ),
    _trial(
        "code_in_an_annotation",
        "returns an annotation with code in it where a test asks for type hints",
        HINTS,
        "*[int, open('@OUTSIDE@' + '/run', 'w').close()]",
        "int",
    ),
    _trial(
        "calls_in_a_query",
        "returns a query that writes a file where a test asks a frame with it",
        QUERIES,
        "a == 9 or @pandas.Series([1]).to_csv('@OUTSIDE@' + '/run') == 1",
        "a == 9",
    ),
    _trial(
        "code_in_returned_bytes",
        "returns a pickle that runs code where a test has read a file of its own before",
        UNPICKLES,
        b"cbuiltins\nopen\n(S'@OUTSIDE@/run'\nS'w'\ntR.",
        b"(lp0\nI9\na.",
    ),
)
