"""Attacks on what a test hands in: functions and objects that a student's code calls and changes.

The agent is the real one, in this process; see ``tests.in_process``.
"""

from __future__ import annotations

from pathlib import Path

from tests.attacks.trials import Carry, Trial
from tests.in_process import InProcess

PASSED, NOT_PASSED = "passed", "not passed"
KEPT = """
KEPT = []
def apply(function, value):
    KEPT.append(function)
    return function(value)
def later():
    return KEPT[0](5)
"""
CALLED_AGAIN = KEPT.replace("return KEPT[0](5)", "return apply(lambda value: value + 1, 5)")
INSIDES = """
def apply(function, value):
    names = ("__globals__", "__code__", "__closure__", "__defaults__", "__builtins__", "__self__",
             "__wrapped__", "__dict__", "__reduce__", "f_back", "gi_frame")
    told = ""
    for name in names:
        try:
            told += str(getattr(function, name))
        except Exception as error:
            told += str(error)
    return 4242 if "4242" in told else 0
"""
EQUAL = """
class Equal:
    def __eq__(self, other): return True
    def __hash__(self): return hash(4)
def apply(function, value):
    return function(Equal())
"""
ENDS = """
import os
class Ends:
    def __add__(self, other): os._exit(3)
    __radd__ = __index__ = __int__ = __add__
def apply(function, value):
    return function(Ends())
"""
ANOTHER_CODE = """
def apply(function, value):
    function.__code__ = (lambda value: 4).__code__
    return 4
"""
ANOTHER_CLASS = """
class Other: pass
def apply(thing, value):
    thing.__class__ = Other
    thing.__dict__.clear()
    return value
"""
ANOTHER_METHOD = """
def apply(thing, value):
    try:
        thing.is_told = lambda: True
    except AttributeError:
        pass
"""
TELLS = "def apply(thing, value):\n    thing.said = value\n    thing.tell(value)"
TOLD = """
class Board:
    def __init__(self): self.notes = []
    def tell(self, note): self.notes.append(note)
    def is_told(self): return self.notes == [3] == [self.said]
board = Board()
apply(board, 3)
assert board.is_told()
"""
ANOTHER_MOCK = """
class Other:
    def __call__(self, value): pass
    def __getattr__(self, name): return lambda *arguments: None
def apply(thing, value):
    thing.send = Other()
"""
SENDS = "def apply(thing, value):\n    thing.send(value)\n    thing.sent = len"
SENT = """
from unittest.mock import Mock
board = Mock()
apply(board, 3)
board.send.assert_called_once_with(3)
"""
CALLED = """
from unittest.mock import Mock, call
board = Mock()
apply(board, 3)
assert board.method_calls == [call.send(3)]
"""
CALLS = "def apply(function, value):\n    return function(value)"
FROM_ITSELF = """
def apply(function, value):
    try:
        return function(value)
    except ValueError as error:
        raise error from error
"""
FROM_IT = FROM_ITSELF.replace("raise error", "raise ValueError('odd')")
CAUSES = """
def fails(value):
    raise ValueError("negative")
count = 0
try:
    apply(fails, 3)
except ValueError as error:
    while error is not None:
        error, count = error.__cause__, count + 1
assert count == 2
"""
ADDS_ONE = "assert apply(lambda value: value + 1, 3) == 4"
NOTES = """
class Notes:
    count = 1
notes = Notes()
assert apply(notes, 3) == 3 and type(notes) is Notes and notes.count == 1
"""


NOT_PYTHONS = """
class Equal:
    __name__, __qualname__, __module__ = "max", "max", "builtins"
    __class__ = property(lambda self: type(len))
    def __eq__(self, other): return True
    def __hash__(self): return hash(max)
    def __call__(self, values): return 3
def apply(names, name):
    return {Equal(): name}, Equal()
"""
PYTHONS = "def apply(names, name):\n    return {max: name}, max"
FOUND = """
keyed, function = apply(["max"], "max")
assert function is max and keyed[max] == "max"
"""
OTHER_METACLASS = """
class Meta(type): pass
class Lies(type):
    __class__ = property(lambda cls: Meta)
    def __eq__(cls, other): return True
    __hash__ = type.__hash__
class Made(metaclass=Lies): pass
"""
ITS_METACLASS = "class Meta(type): pass\nclass Made(metaclass=Meta): pass"


def tested(source: str, *tests: str) -> Carry:
    """Run test cells on a student's code, and say what came of the last one."""

    def carry(_: Path) -> str:
        student = InProcess(source)
        findings = [student.tested(test) for test in tests]
        return PASSED if findings[-1].passed else NOT_PASSED

    return carry


def _trial(name: str, about: str, hostile: Carry, twin: Carry) -> Trial:
    return Trial(48, name, about, hostile, NOT_PASSED, twin, PASSED)


TRIALS = (
    _trial(
        "calls_later",
        "keeps a test's function, and calls it in another test",
        tested(KEPT, ADDS_ONE, "assert later() == 6"),
        tested(CALLED_AGAIN, ADDS_ONE, "assert later() == 6"),
    ),
    _trial(
        "calls_each_other",
        "calls a test's function that calls the student's, without an end",
        tested(CALLS, "def f(value):\n    return apply(f, value)\nassert apply(f, 1) == 1"),
        tested(CALLS, "def f(n):\n    return apply(f, n - 1) if n else 0\nassert apply(f, 9) == 0"),
    ),
    _trial(
        "looks_inside",
        "looks for the expected value in a test's function",
        tested(INSIDES, "expected = 4242\nassert apply(lambda x: expected, 1) == expected"),
        tested(CALLS, "expected = 4242\nassert apply(lambda x: expected, 1) == expected"),
    ),
    _trial(
        "hands_back_an_equal",
        "calls a test's function with an object that equals everything",
        tested(EQUAL, "assert apply(lambda value: value == 9, 9)"),
        tested(CALLS, "assert apply(lambda value: value == 9, 9)"),
    ),
    _trial(
        "ends_the_judge",
        "calls a test's function with an object whose methods end Python",
        tested(ENDS, ADDS_ONE),
        tested(CALLS, ADDS_ONE),
    ),
    _trial(
        "another_code",
        "gives a test's function another code",
        tested(ANOTHER_CODE, ADDS_ONE),
        tested(CALLS, ADDS_ONE),
    ),
    _trial(
        "another_method",
        "gives a test's object another method, by which the test judges",
        tested(ANOTHER_METHOD, TOLD),
        tested(TELLS, TOLD),
    ),
    _trial(
        "another_mock",
        "puts an object that agrees with every assertion in place of a part of a test's mock",
        tested(ANOTHER_MOCK, SENT),
        tested(SENDS, SENT),
    ),
    _trial(
        "calls_of_its_own",
        "gives a test's mock another list of its calls",
        tested("def apply(thing, value):\n    thing.method_calls = [('send', (3,), {})]", CALLED),
        tested("def apply(thing, value):\n    thing.send(value)", CALLED),
    ),
    _trial(
        "raises_from_itself",
        "raises a test's exception from itself, so that its causes have no end",
        tested(FROM_ITSELF, CAUSES),
        tested(FROM_IT, CAUSES),
    ),
    _trial(
        "not_pythons_own",
        "returns an object that says that it is a function of Python's, as a key too",
        tested(NOT_PYTHONS, FOUND),
        tested(PYTHONS, FOUND),
    ),
    _trial(
        "another_metaclass",
        "makes a class whose metaclass says that it is another one",
        tested(OTHER_METACLASS, "assert type(Made) is Meta"),
        tested(ITS_METACLASS, "assert type(Made) is Meta"),
    ),
    Trial(
        48,
        "another_class",
        "gives a test's object another class, and empties it: the test's own stays as it is",
        tested(ANOTHER_CLASS, NOTES),
        PASSED,
        tested("def apply(thing, value):\n    return value", NOTES),
        PASSED,
    ),
)
