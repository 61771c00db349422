"""Calls of student code that get functions and objects of the test's, and call them."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from grader.examiner.examiner import Finding
from tests.in_process import InProcess
from tests.patience import PATIENCE

WORK = """
import functools, random

def twice(f, x): return f(f(x))
def each(items): return [2 * item for item in items]
def first(items): return next(iter(items))
def same(values): return values
def kind(value): return type(value).__name__

def caught(f):
    try:
        return f()
    except ValueError as error:
        return f"caught {error}"

def retry(f, times, on):
    for _ in range(times - 1):
        try:
            return f()
        except on:
            pass
    return f()

def counted(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        inner.calls += 1
        return f(*args, **kwargs)
    inner.calls = 0
    return inner

def pay(account, amount):
    account.deposit(amount)
    account.owner = "Ada"
    return account.balance, len(account), account + 1, account == account

def only(cls, items): return [item for item in items if isinstance(item, cls)]
def made(cls, *args): return cls(*args)
def asked(): return int(input("a? ")) + int(input("b? "))
def thrown(): return random.randint(1, 6)
def said(): print("a", 3)
def lines(path):
    with open(path) as file:
        return [line.strip() for line in file]
def written(file): file.write("hello"); file.write("!")
def drawn(rng): return rng.integers(100)
def log(logger, n): logger.info("n is", n=n); return logger.level
"""

ACCOUNT = """
class Account:
    def __init__(self, balance=0): self.balance = balance
    def deposit(self, amount): self.balance += amount
    def __len__(self): return 7
    def __add__(self, other): return Account(self.balance + other)
    def __eq__(self, other): return self.balance == other.balance
"""

TESTS = {
    "a function": """
calls = []
def double(x):
    calls.append(x)
    return 2 * x
assert twice(double, 3) == 12
assert calls == [3, 6]
""",
    "a lambda of a list": "assert twice(lambda v: v + [len(v)], []) == [0, 1]",
    "functions of libraries": """
import math, numpy as np, operator
assert twice(math.sqrt, 16) == 2
assert twice(np.abs, -3) == 3
assert twice(str.upper, "a") == "A"
assert kind(len) == "builtin_function_or_method" and kind(int) == "type"
""",
    "a partial and methods": """
import functools
seen = []
assert twice(functools.partial(max, 3), 1) == 3
assert twice(seen.append, 1) is None and seen == [1, None]
""",
    "generators and iterators": """
read = []
def numbers():
    for n in range(5):
        read.append(n)
        yield n
assert first(numbers()) == 0 and read == [0]
assert each(numbers()) == [0, 2, 4, 6, 8]
assert each(map(abs, [-1])) == each(iter([1])) == each({1: 2}.keys()) == [2]
""",
    "an error that is caught, and one that is not": """
def wrong(): raise ValueError("x")
assert caught(wrong) == "caught x"
class Boom(Exception): pass
boom = Boom("y")
def worse(): raise boom
try:
    caught(worse)
except Boom as error:
    assert error is boom
else:
    assert False
""",
    "an exception class": """
class Boom(Exception): pass
tries = []
def flaky():
    tries.append(1)
    if len(tries) < 3:
        raise Boom
    return "done"
assert retry(flaky, 3, Boom) == "done" and len(tries) == 3
try:
    retry(flaky, 1, on=None), tries.clear(), retry(flaky, 2, (Boom, KeyError))
except Boom:
    pass
else:
    assert False
""",
    "a decorator": """
def square(x):
    "Squares."
    return x * x
wrapped = counted(square)
assert wrapped(3) == 9
""",
    "an object": ACCOUNT
    + """
account = Account(1)
assert pay(account, 4) == (5, 7, Account(6), True)
assert account.owner == "Ada"
assert same(account) is account
""",
    "classes": ACCOUNT
    + """
class Other: pass
a = Account(3)
assert only(Account, [a, Other(), 3]) == [a]
assert made(Account, 5).balance == 5 and isinstance(made(Account), Account)
""",
    "input": """
from unittest import mock
with mock.patch("builtins.input", side_effect=["3", "4"]) as asking:
    assert asked() == 7
assert [call.args for call in asking.call_args_list] == [("a? ",), ("b? ",)]
""",
    "standard input": """
import io, sys
before, sys.stdin = sys.stdin, io.StringIO("3\\n4\\n5\\n")
try:
    assert asked() == 7
    assert sys.stdin.read() == "5\\n"
finally:
    sys.stdin = before
""",
    "other patches": """
from unittest import mock
with mock.patch("random.randint", return_value=4) as throw:
    assert thrown() == 4
throw.assert_called_once_with(1, 6)
with mock.patch("builtins.print") as say:
    said()
say.assert_called_once_with("a", 3)
""",
    "mocks": """
from unittest.mock import Mock, MagicMock
function = Mock(return_value=3)
assert twice(function, 1) == 3
function.assert_called_with(3)
logger = MagicMock(level=2)
assert log(logger, 5) == 2
logger.info.assert_called_once_with("n is", n=5)
""",
    "texts in memory and files": """
import io
text = io.StringIO()
written(text)
assert text.getvalue() == "hello!"
import tempfile
with tempfile.TemporaryFile("w+") as file:
    written(file)
    file.seek(0)
    assert file.read() == "hello!"
""",
    "generators of random numbers": """
import numpy as np
rng, twin = np.random.default_rng(1), np.random.default_rng(1)
assert drawn(rng) == twin.integers(100)
assert rng.integers(100) == twin.integers(100)
""",
    "calls back and forth": """
def down(n): return 0 if n == 0 else caught(lambda: down(n - 1)) + 1
assert down(8) == 8
""",
    "the same list": """
values, other = [1], [1]
assert same(values) is values and same(values) is not other
assert twice(lambda v: v, values) is values
""",
}

A_PATCHED_OPEN = """
from unittest import mock
for place in ("builtins.open", "__main__.open"):
    with mock.patch(place, mock.mock_open(read_data="a\\nb\\n")) as opened:
        assert lines("x.txt") == ["a", "b"], place
    opened.assert_called_once_with("x.txt")
"""


@pytest.fixture(scope="module")
def student() -> InProcess:
    return InProcess(WORK)


@pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)
def test_an_ordinary_test_means_what_it_means_in_a_notebook(student: InProcess, test: str) -> None:
    plain = dict(student.names)
    exec(test, plain)
    assert student.tested(test) == Finding()


def _tested_here(test: str) -> Finding:
    from IPython.core.interactiveshell import _modified_open

    return InProcess(WORK, {"open": _modified_open}).tested(test)  # as in every notebook


@pytest.mark.lengthy
def test_a_file_that_the_test_patches_is_the_students_too() -> None:
    """In another process: threads that other tests left in this one open files as well."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as alone:
        assert alone.submit(_tested_here, A_PATCHED_OPEN).result(PATIENCE) == Finding()


def test_an_input_that_the_test_cell_defines_is_the_students_too(student: InProcess) -> None:
    test = "lines = iter(['3', '4'])\ninput = lambda prompt='': next(lines)\nassert asked() == 7"
    assert student.tested(test).passed
    assert student.tested("asked()").error == "StdinNotImplementedError"


def test_no_error_of_the_tests_ends_its_loops_later() -> None:
    """A student could keep what an iterator of the test's raised at its end."""
    student = InProcess(
        "kept = []\ndef it(items):\n    for _ in range(2):\n        try:\n            next(items)\n"
        "        except StopIteration as error:\n            kept.append(error)\n"
        "def wrong(_):\n    raise kept[0]\n"
    )
    finding = student.tested("it(iter([1]))\nfor _ in map(wrong, [1]):\n    assert False")
    assert finding.error == "StopIteration"


def test_what_cannot_be_handed_in_is_named(student: InProcess) -> None:
    for made in (
        "__import__('threading').Lock()",
        "__import__('sys')._getframe()",
        "(lambda: 0).__code__",
    ):
        finding = student.tested(f"same({made})")
        assert "cannot be handed to a student's function" in finding.message


def test_a_function_that_is_called_without_end_ends_the_test(student: InProcess) -> None:
    finding = student.tested("def f():\n    return caught(f)\nf()")
    assert not finding.passed


def test_a_fault_of_the_graders_is_no_finding_about_the_student(student: InProcess) -> None:
    from grader.errors import SandboxError

    fault = "from grader.errors import SandboxError\ndef f(_):\n    raise SandboxError('no')\n"
    test = f"{fault}try:\n    twice(f, 1)\nfinally:\n    same(1)"
    with pytest.raises(SandboxError, match="no"):
        student.tested(test)


def test_a_thread_waits_for_a_question_before_it_calls_the_test() -> None:
    student = InProcess(
        "import threading, time\nfound = []\n"
        "def later(function):\n"
        "    def work():\n        time.sleep(0.01)\n        found.append(function())\n"
        "    thread = threading.Thread(target=work, daemon=True)\n"
        "    thread.start()\n    return thread\n"
        "def waited(thread):\n    thread.join(PATIENCE)\n    return found\n",
        {"PATIENCE": PATIENCE},
    )
    test = "import time\nthread = later(lambda: 7)\ntime.sleep(0.05)\nassert waited(thread) == [7]"
    assert student.tested(test).passed
