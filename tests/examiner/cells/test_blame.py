"""Whose fault an error in a test cell is: many cells, each with what must come of it."""

from __future__ import annotations

import contextlib
import io
import resource
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.examiner.cells.finding import Finding
from grader.examiner.cells.finding import FindingKind as Kind
from grader.examiner.examiner import examine

# What the student's notebook defines; the wrong answers of their functions are what is tested.
STUDENT = """
import math
class Account:
    def __init__(self, balance=0):
        self.balance = balance
    def deposit(self, amount):
        self.balance += amount_
def empty(*_, **__):
    return []
def number(*_):
    return 7
def word(*_):
    return "seven"
def nothing(*_, **__):
    return None
def record(*_):
    return {"mnth": "Jan"}
def apply(function, *arguments):
    return function(*arguments)
def breaks(*_):
    return [][0]
def not_written():
    raise NotImplementedError
def two(a, b):
    return a
def greets(name):
    print(name)
def devnull():
    return open("/dev/null", "w")
def counts():
    yield 1
async def waits():
    return []
def table():
    import pandas
    return pandas.DataFrame({"a": [1]})
"""
COURSE = frozenset({"Account", "empty", "missing", "given"})


class OrdinaryKernel:
    """Has the student's own objects, as ``%check`` sees them."""

    def __init__(self) -> None:
        self._space: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(STUDENT, "<student>", "exec"), self._space)

    def look(self, names: list[str]) -> dict[str, Any]:
        """Those of ``names`` that are defined."""
        return {name: self._space[name] for name in names if name in self._space}


def found(source: str) -> Finding:
    return examine(source, OrdinaryKernel(), course=COURSE, promised='save("out.csv")')


THE_WORK = [
    "for _ in range(number()):\n    bytes(1 << 60)",
    "rows = empty()\nassert rows[0] == 1",
    "assert empty()[0] == 1",
    "got = record()\nassert got['month'] == 'Jan'",
    "assert len(number()) == 3",
    "got = empty()\nassert got.shape == (2,)",
    "mean = number() - 7\nassert 1 / mean > 2",
    "import math\nassert math.sqrt(nothing()) == 2",
    "import numpy as np\nassert np.linalg.inv(empty()).shape == (2, 2)",
    "got = table()\nassert got['b'].sum() == 3",
    "got = table()\nassert got.drop(columns='b').shape == (1, 1)",
    "import numpy as np\ngot = np.array([number(), 2])\nassert got == [7, 2]",
    "a, b = empty()",
    "for a, b in [number()]:\n    pass",
    "for a in number():\n    pass",
    "with nothing() as file:\n    pass",
    "got = [row['x'] for row in [record()]]",
    "first, *rest = map(abs, empty())",
    "def close(a, b):\n    return abs(a - b) < 1\nassert close(word(), 2)",
    "close = lambda a, b: abs(a - b) < 1\nassert close(word(), 2)",
    "total = 0\ntotal += word()",
    "if (got := empty()) != 1:\n    got[3]",
    "results = []\nresults.append(word())\nassert sum(results) == 3",
    "expected = [1]\nfor i in range(number()):\n    assert expected[i] == 1",
    "expected, step = [1], 0\nwhile step < number():\n    step += 1\n    expected[step]",
    "values = [3]\napply(values.clear)\nassert values[0] == 3",
    "calls = []\ndef callback(x):\n    calls.append(x)\nempty(callback)\nassert calls[0] == 3",
    "account = Account(10)\nassert account.balanc == 10",
    "account = Account(10)\nassert account.balance.amount == 10",
    "account = Account(10)\nassert account[0] == 10",
    "account = Account(10)\nassert account < 3",
    "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n"
    "    empty()\nassert out.getvalue().splitlines()[0] == 'Ada'",
    "try:\n    empty()\nexcept ValueError as error:\n    caught = error\nassert caught.args",
    "assert int(word()) == 7",
    "assert sorted([number(), word()])",
    "got = empty()\ngot.index(3)",
    "got = empty()\ngot[2] = 3",
    "del empty()[2]",
    "open(word() + '/nowhere')",
    "empty('result.txt')\nassert open('result.txt').read()",
    "path = 'result.txt'\nempty(path)\nassert open(path).read()",
    "assert open('nowhere/out.csv').read()",
    "match number():\n    case 7:\n        got = []\ngot[1]",
    "assert (await waits())[0] == 1",
    "class T:\n    def check(self):\n        self.got = empty()\n        self.got[0]\nT().check()",
    "def deep(got):\n    return deep(got)\ndeep(empty())",
]

THE_TEST = [
    "expected = [1, 2]\nassert number() == expected[2]",
    "1 / 0",
    "cases = {'a': 1}\nassert number() == cases['b']",
    "import math\nassert math.sqroot(4) == number()",
    "import not_installed_anywhere",
    "from math import not_there",
    "import numpy as np\nassert np.alltrue_(empty())",
    "assert open('nowhere/expected.txt').read() == word()",
    "assert numbr() == 7",
    "expeted = 7\nassert number() == expected",
    "def check():\n    got_ = 3\n    return gott\ncheck()",
    "def late():\n    print(x)\n    x = 1\nlate()",
    "raise ValueError('not ready')",
    "raise NotImplementedError",
    "raise KeyboardInterrupt",
    "import sys\nsys.exit()",
    "import sys\nsys.exit('done')",
    "'3' + 4",
    "int('seven')",
    "a, b = [1]",
    "next(iter([]))",
    "def deep():\n    return deep()\ndeep()",
    "raise type('', (Exception,), {})",
    "import pytest\npytest.skip('later')",
    "import pytest\npytest.exit('later')",
    "import unittest\nraise unittest.SkipTest('later')",
    "import warnings\nwarnings.simplefilter('error')\nwarnings.warn('old')",
    "assert number(1, 2)\nassert 3 == (4).real_",
    "await nowhere_defined()",
    "math.sqrt(-1)",
    "math.sqroot(number())",
    "for _ in range(3):\n    bytes(1 << 60)",
    "import os\nfor _ in range(number()):\n    os.write(os.open('/dev/full', os.O_WRONLY), b'a')",
    "for _ in range(number()):\n    bytes('seven')",
]


@pytest.mark.parametrize("source", THE_WORK)
def test_what_rests_on_an_answer_is_the_students(source: str) -> None:
    finding = found(source)
    assert finding.kind is Kind.STUMBLED, finding
    assert 0 < finding.line <= source.count("\n") + 1
    assert finding.code in " ".join(source.split())


@pytest.mark.parametrize("source", THE_TEST)
def test_what_rests_on_no_answer_is_the_tests(source: str) -> None:
    finding = found(source)
    assert finding.kind is Kind.TEST_FAULT, finding
    assert 0 < finding.line <= source.count("\n") + 1


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file of this process may grow beyond a page, as a judge's beyond its limit."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, former[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, former)


_WRITING = """
import os, tempfile
with tempfile.TemporaryFile(buffering=0) as file:
    for _ in range({count}):
        {write}
"""


@pytest.mark.parametrize(
    "write", ['os.write(file.fileno(), b"x" * 1000)', 'file.write(b"x" * 1000)']
)
@pytest.mark.parametrize(
    ("count", "kind"),
    [("number()", Kind.STUMBLED), ("7", Kind.TEST_FAULT)],
    ids=["theirs", "ours"],
)
def test_a_file_that_grows_too_large_is_whose_loop_it_is(
    count: str, kind: Kind, write: str, small_files: None
) -> None:
    finding = found(_WRITING.format(count=count, write=write))
    assert (finding.kind, finding.error) == (kind, "OSError"), finding
    assert "File too large" in finding.message


@pytest.mark.parametrize(
    ("source", "kind", "error"),
    [
        ("breaks()", Kind.RAISED, "IndexError"),
        ("assert breaks()[0] == 1", Kind.RAISED, "IndexError"),
        ("Account(10).deposit(3)", Kind.NAME_UNDEFINED, "NameError"),
        ("apply(1, 2, 3)", Kind.RAISED, "TypeError"),
        ("number(key=2)", Kind.RAISED, "TypeError"),
        ("Account(1, 2, 3)", Kind.RAISED, "TypeError"),
        ("account = Account()\naccount.withdraw_all", Kind.STUMBLED, "AttributeError"),
        ("account = Account()\naccount.deposit()", Kind.RAISED, "TypeError"),
        ("greets()", Kind.RAISED, "TypeError"),
        ("not_written()", Kind.NOT_IMPLEMENTED, "NotImplementedError"),
        (
            "import numpy\nfrom grader.checks import pooling\n"
            "pooling.values(two, numpy.ones((4, 4)))",
            Kind.RAISED,
            "TypeError",
        ),
        ("missing()", Kind.NAME_UNDEFINED, "NameError"),
        ("given", Kind.NAME_UNDEFINED, "NameError"),
        ("list(map(breaks, [1]))", Kind.RAISED, "IndexError"),
        ("try:\n    breaks()\nexcept KeyError:\n    pass", Kind.RAISED, "IndexError"),
        ("try:\n    breaks()\nexcept IndexError:\n    raise", Kind.RAISED, "IndexError"),
    ],
)
def test_what_the_students_code_raised_stays_what_it_is(
    source: str, kind: Kind, error: str
) -> None:
    finding = found(source)
    assert (finding.kind, finding.error) == (kind, error)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("assert number() == 8, 'no 8'", "no 8"),
        ("assert number() == 8", ""),
        ("if number() != 8:\n    raise ValueError('no 8')", "no 8"),
        ("for got in [number()]:\n    if got != 8:\n        raise RuntimeError('no 8')", "no 8"),
        ("try:\n    number()\nexcept ValueError:\n    pass\nelse:\n    raise KeyError(8)", "8"),
        ("def check(got):\n    raise ValueError('no 8')\ncheck(number())", "no 8"),
        ("def unsteady():\n    raise OSError('not yet')\napply(unsteady)", "not yet"),
        ("@apply\ndef decorated():\n    raise OSError('not yet')\ndecorated()", "not yet"),
        (
            "class Full:\n    def put(self):\n        raise OSError('full')\napply(Full().put)",
            "full",
        ),
        ("import pytest\npytest.fail('no 8')", "no 8"),
        (
            "import pytest\nwith pytest.raises(ValueError):\n    number()",
            "The test expected ValueError to be raised, and nothing was.",
        ),
        ("import unittest\nunittest.TestCase().fail('no 8')", "no 8"),
        ("import unittest\nunittest.TestCase().assertEqual(number(), 8)", "7 != 8"),
        ("import numpy as np\nnp.testing.assert_equal(number(), 8, 'no 8')", "no 8"),
    ],
)
def test_a_test_that_says_no_has_found_the_work_wrong(source: str, message: str) -> None:
    finding = found(source)
    assert finding.kind is Kind.REFUTED, finding
    assert message in finding.message


@pytest.mark.parametrize(
    "source",
    [
        "assert number() == 8, f'it gave {gott}'",
        "assert number() == 8, 'it gave ' + number()",
        "def said():\n    return nowhere\nassert number() == 8, said()",
    ],
)
def test_a_message_that_cannot_be_made_does_not_save_a_wrong_answer(source: str) -> None:
    finding = found(source)
    assert (finding.kind, finding.message) == (Kind.REFUTED, "")
    assert finding.lost_message.startswith(finding.error)
    assert found(source.replace("8", "7")).passed


def test_where_nothing_is_known_of_the_notebook_a_name_is_the_students_to_define() -> None:
    assert examine("assert numbr() == 7", OrdinaryKernel()).kind is Kind.NAME_UNDEFINED


def test_an_error_without_a_name_of_its_own_is_told_apart_from_the_end_of_a_test() -> None:
    assert found("raise type(' ', (Exception,), {})").error == "an exception without a name"


def test_a_skipped_unittest_is_no_pass() -> None:
    assert issubclass(unittest.SkipTest, Exception)
    assert not found("import unittest\nraise unittest.SkipTest").passed


def test_a_file_that_the_student_writes_is_found_by_its_text(tmp_path: Path) -> None:
    source = f"import pathlib\nempty(pathlib.Path({str(tmp_path)!r}) / 'a.txt')\nopen('a.txt')"
    with contextlib.redirect_stderr(io.StringIO()):
        assert found(source).kind is Kind.STUMBLED
