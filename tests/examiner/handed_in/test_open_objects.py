"""What a student's code may do with what a test hands in, and what it may not."""

from __future__ import annotations

import functools
import operator
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, Mock

import numpy as np
import pytest

from grader.examiner.handed_in import library
from grader.examiner.handed_in.callbacks import Callbacks
from grader.examiner.handed_in.handed import Handed
from grader.examiner.objects.handles import Handle
from grader.sandbox.guest.data.encoder import Encoder
from tests.in_process import InProcess

SECRET = "no student ever reads this"


class Held:
    """What a test may define."""

    shared = (1,)

    def __init__(self) -> None:
        self.public, self._private, self.module = 1, SECRET, sys

    def method(self) -> str:
        """Public."""
        return "called"

    def __len__(self) -> int:
        return 3

    def __getattr__(self, name: str) -> Any:
        if name == "computed":
            return 5
        raise AttributeError(name)


class Run(threading.Thread):
    """A test's class that inherits a library's methods."""

    def own(self) -> int:
        """Public."""
        return 1


def secret() -> str:
    return SECRET


def done(value: Any, operation: Any, *arguments: Any, **named: Any) -> Any:
    """What a student's code gets."""
    handed = Handed()
    reference = handed.refer(value, Encoder(handed.refer))
    return Callbacks(handed).work({"callback": operation, "of": reference["own"]}, arguments, named)


OPEN = [
    (secret, "__call__", (), SECRET),
    (Held().method, "__call__", (), "called"),
    (Held(), "get", ("public",), 1),
    (Held(), "get", ("computed",), 5),
    (Held(), "get", ("shared",), (1,)),
    (Held(), "set", ("public", 2), None),
    (Held(), "__len__", (), 3),
    (Held, "get", ("shared",), (1,)),
    (Run(), "get", ("own",), None),
    ([].append, "__call__", (1,), None),
    (iter([1]), "__next__", (), 1),
    ((n for n in [1]), "__next__", (), 1),
    (MagicMock(), "__len__", (), 0),
    (np.poly1d([1, 0]), "__call__", (3,), 3),
    (operator.itemgetter(1), "__call__", ([1, 2],), 2),
    (functools.lru_cache(secret), "__call__", (), SECRET),
]
SHUT = [
    *((secret, "get", (name,)) for name in ("__globals__", "__closure__", "__code__", "x")),
    *((Held(), "get", (name,)) for name in ("_private", "__dict__", "__class__", "__init__")),
    *((Held(), "get", (name,)) for name in ("a.b", "", 3, None, ["public"], "public\0")),
    *((Held(), name, ()) for name in ("__getattribute__", "__init__", "__reduce__", "__dir__")),
    *((Held(), name, ()) for name in ("method", "get", "set", 3, None, ["__len__"], "__call__")),
    (Held(), "set", ("_private", 1)),
    (Held(), "set", ("__class__", 1)),
    (Held(), "__setattr__", ("public", 1)),
    (secret, "set", ("public", 1)),
    (Held().method, "get", ("__self__",)),
    (Held().method, "get", ("__func__",)),
    (Held, "get", ("__subclasses__",)),
    (Held, "get", ("mro",)),
    (Run(), "get", ("start",)),
    (Run(), "get", ("daemon",)),
    (iter([1]), "__reduce__", ()),
    ((n for n in [1]), "get", ("gi_frame",)),
    ((n for n in [1]), "throw", (ValueError,)),
    ([].append, "get", ("__self__",)),
    (Mock(), "get", ("side_effect",)),
    (Mock(), "get", ("assert_called_with",)),
    (Mock(), "set", ("called", True)),
    (Mock(), "set", ("return_value", 1)),
    (np.poly1d([1]), "get", ("coeffs",)),
]


@pytest.mark.parametrize(("value", "operation", "arguments", "expected"), OPEN)
def test_what_a_test_hands_in_may_be_used(
    value: Any, operation: str, arguments: tuple[Any, ...], expected: Any
) -> None:
    answer = done(value, operation, *arguments)
    assert callable(answer) if expected is None and operation == "get" else answer == expected


@pytest.mark.parametrize(("value", "operation", "arguments"), SHUT)
def test_what_lies_behind_it_may_not(
    value: Any, operation: Any, arguments: tuple[Any, ...]
) -> None:
    with pytest.raises((AttributeError, TypeError)):
        done(value, operation, *arguments)


@pytest.mark.parametrize(
    "value",
    [
        sys._getframe(),
        secret.__code__,
        threading.Lock(),
        Path("/").iterdir,
        functools.lru_cache(open),
        np.vectorize(open),
        subprocess.Popen(["true"]),
        types.MappingProxyType({}),
        Callbacks(Handed()),
        library,
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_of_libraries_nor_of_ours_is_handed_in(value: Any) -> None:
    handed = Handed()
    with pytest.raises(TypeError, match="cannot be handed to a student's function"):
        handed.refer(value, Encoder(handed.refer))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (len, "builtins:len"),
        (int, "builtins:int"),
        (str.upper, "builtins:str.upper"),
        (np.mean, "numpy:mean"),
        (np.sin, "numpy:sin"),
        (__import__("random").random, "random:random"),
        (np.random.rand, "numpy.random:rand"),
        (subprocess.run, "subprocess:run"),
        (sys, "sys:"),
        (secret, None),
        (Held, None),
        (Handle, None),
        (Held().method, None),
        (np.random.default_rng(1).random, None),
        (library, None),
        (Mock(), None),
    ],
)
def test_libraries_are_known_by_name(value: Any, name: str | None) -> None:
    assert library.name_of(value) == name


REACHING = {
    "globals": "return f.__globals__['SECRET']",
    "closure": "return [cell.cell_contents for cell in f.__closure__]",
    "code": "return f.__code__.co_consts",
    "self": "return f.__self__",
    "pickle": "import pickle\n    return pickle.dumps(f)",
    "frames": "import sys\n    return sys._getframe(1).f_globals['SECRET']",
    "forged number": "back(10**6, '__call__', (), {})",
    "forged name": "back(number(f), 'get', ('__globals__',), {})",
    "forged operation": "back(number(f), '__getattribute__', ('__globals__',), {})",
    "forged type": "back(True, ['__call__'], (), {})",
    "too deep": "x = []\n    for _ in range(100): x = [x]\n    f(x)",
}


@pytest.mark.parametrize("body", REACHING.values(), ids=REACHING)
def test_a_student_reaches_nothing_through_a_function(body: str) -> None:
    student = InProcess(f"def it(f):\n    {body}\n")
    student.names["back"] = student.agent.calls.call_back
    student.names["number"] = student.agent.calls.handed.number_of
    test = (
        f"SECRET = {SECRET!r}\ndef f(*_):\n    return SECRET and 3\nanswer = it(f)\nprint(answer)"
    )
    finding = student.tested(test)
    said = str(student.said)
    assert SECRET not in said
    assert finding.passed <= (body.startswith(("return [cell", "return f.__code__")))
