from __future__ import annotations

import operator

import pytest

from grader.errors import ClaimFailed
from grader.examiner.cells.finding import Finding, FindingKind
from grader.examiner.objects.exceptions import StudentRaised
from tests.in_process import InProcess

KERNEL = InProcess(
    """
class BankError(Exception):
    def __init__(self, message, code=1):
        super().__init__(message)
        self.code = code
class Poor(BankError): pass
class Wrong(ValueError, KeyError): pass
class Last(BaseException): pass
class Ends(StopIteration): pass
class ClaimFailed(Exception): pass
class OutputLimit(Exception): pass
class Quiet(Exception):
    def __str__(self): return 1 / 0
def fails(kind, *given): raise kind(*given)
def poor(): raise Poor("negative", 7)
def chained():
    try:
        {}["k"]
    except KeyError as error:
        raise ValueError("bad") from error
def leaves(): raise SystemExit(3)
def opens(): open("/nonexistent")
def decodes():
    import json
    json.loads("{")
def around(function):
    try:
        function()
    except ValueError as error:
        raise error from error
def in_a_ring(function):
    try:
        function()
    except ValueError as error:
        error.__cause__ = KeyError("k")
        error.__cause__.__context__ = error
        raise
def skips():
    import unittest
    raise unittest.SkipTest("x")
def code(error): return error.code
def last(): raise Last("x")
def ends(): raise Ends("x")
def claims(): raise ClaimFailed("x")
def limit(): raise OutputLimit("x")
def quiet(): raise Quiet
def large():
    raise ValueError("x", [0] * 2_000_000)
def returned(): return Poor("later")
"""
)


@pytest.mark.parametrize(
    "test",
    [
        "import pytest\nwith pytest.raises(BankError, match='neg') as error:\n    poor()\n"
        "assert error.value.code == 7 and error.value.args == ('negative',)\n"
        "assert error.type is Poor and code(error.value) == 7",
        "try:\n    raise Poor('x', 3)\nexcept BankError as error:\n    assert error.code == 3",
        "import pytest\nwith pytest.raises(ValueError) as error:\n    chained()\n"
        "assert error.value.__cause__.args == ('k',)",
        "import pytest\nwith pytest.raises(SystemExit) as error:\n    leaves()\n"
        "assert error.value.code == 3",
        "import pytest\nwith pytest.raises(FileNotFoundError) as error:\n    opens()\n"
        "assert error.value.errno == 2",
        "import json\ntry:\n    decodes()\nexcept json.JSONDecodeError:\n    pass",
        "try:\n    fails(KeyError, 'a')\nexcept KeyError as e:\n    assert e.args == ('a',)",
        "try:\n    fails(Wrong, 'a')\nexcept KeyError as e:\n    assert isinstance(e, ValueError)",
        "error = returned(); assert isinstance(error, BankError) and str(error) == 'later'",
        "try:\n    large()\nexcept ValueError:\n    pass",
        "assert issubclass(Poor, BankError) and issubclass(BankError, Exception)",
    ],
)
def test_a_test_catches_what_it_catches_in_a_notebook(test: str) -> None:
    assert KERNEL.tested(test) == Finding()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("last", StudentRaised),
        ("ends", StudentRaised),
        ("claims", ClaimFailed),
        ("limit", StudentRaised),
        ("quiet", StudentRaised),
        ("poor", StudentRaised),
        ("leaves", StudentRaised),
    ],
)
def test_nothing_ends_a_loop_or_this_process(name: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as raised:
        for _ in map(operator.call, [KERNEL.has(name)]):
            pass
    assert isinstance(raised.value, Exception)
    assert not isinstance(raised.value, StopIteration)


@pytest.mark.parametrize("passes_it_on", ["around", "in_a_ring"])
def test_no_exception_of_a_tests_is_behind_itself(passes_it_on: str) -> None:
    finding = KERNEL.tested(f"def fails():\n    raise ValueError('x')\n{passes_it_on}(fails)")
    assert (finding.kind, finding.message) == (FindingKind.REFUTED, "x")


def test_an_exception_that_a_test_raises_from_itself_ends_it() -> None:
    finding = KERNEL.tested(
        "try:\n    poor()\nexcept BankError as error:\n    raise error from error"
    )
    assert finding.error == "Poor"


def test_a_skip_of_the_students_is_none_of_the_tests() -> None:
    finding = KERNEL.tested(
        "import unittest\ntry:\n    skips()\nexcept unittest.SkipTest:\n    pass"
    )
    assert (finding.kind, finding.error) == (FindingKind.RAISED, "SkipTest")


def test_too_much_output_is_known_by_its_name() -> None:
    assert KERNEL.tested("limit()").kind is FindingKind.OUTPUT_LIMIT


def test_an_object_that_cannot_be_told_does_not_end_the_examiner() -> None:
    kernel = InProcess("class Odd:\n    def __str__(self): return 1 / 0\nit = Odd()")
    assert kernel.tested("raise ValueError(it)").message == ""


def test_a_library_that_walks_through_all_exceptions_asks_no_kernel() -> None:
    kind = KERNEL.has("BankError")
    before = len(KERNEL.questions)
    assert kind in Exception.__subclasses__() or kind.__subclasses__() is not None
    for each in StudentRaised.__subclasses__():
        each.__subclasses__()
    assert len(KERNEL.questions) == before
