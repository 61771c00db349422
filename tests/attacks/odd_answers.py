"""Answers that are odd in themselves: what never ends, changes, hides, or costs its reader."""

from __future__ import annotations

from tests.attacks.submissions import Attack, HandedIn


def adding(text: str) -> HandedIn:
    """``text`` as the cell ``add``."""
    return HandedIn({"add": text.strip()})


def doubling(text: str) -> HandedIn:
    """``text`` as the cell ``double``, below the import of numpy."""
    return HandedIn({"double": f"import numpy as np\n{text.strip()}"})


def answering(value: str, before: str = "") -> HandedIn:
    """A ``double`` whose answer is this expression."""
    return doubling(f"{before.strip()}\ndef double(array):\n    return {value}")


CHAMELEON = """
class Meta(type):
    def __instancecheck__(cls, value):
        return True
    def __eq__(cls, other):
        return True
    __hash__ = type.__hash__
class Chameleon(metaclass=Meta):
    asked = 0
    def __getattribute__(self, name):
        Chameleon.asked += 1
        if name == '__class__':
            return (int, float, complex)[Chameleon.asked % 3]
        return object.__getattribute__(self, name)
    def __eq__(self, other):
        return True
    def __hash__(self):
        return hash(3)
    def __int__(self):
        return 3
    __index__ = __int__
    def __float__(self):
        return 3.0
def add(a, b):
    return Chameleon()
"""
HONEST_CLASS = """
class Sum:
    def __init__(self, a, b):
        self.value = a + b
def add(a, b):
    return Sum(a, b).value
"""
FAMILY = """
import collections, datetime, decimal, fractions
asked = []
def family():
    kinds = (float, str, list, tuple, dict, set, bytes, frozenset, complex, decimal.Decimal,
             fractions.Fraction, collections.Counter, collections.deque, datetime.timedelta)
    for kind in kinds:
        yield type(kind.__name__, (kind,), {
            '__eq__': lambda self, other: True, '__hash__': lambda self: hash(3),
            '__ne__': lambda self, other: False, '__len__': lambda self: 1})()
answers = list(family())
def add(a, b):
    asked.append(a)
    return answers[len(asked) % len(answers)]
"""
LIES = """
class Lying:
    shape, ndim, size, dtype = (2,), 1, 2, np.dtype('f8')
    __array_interface__ = {'shape': (2,), 'typestr': '<f8', 'data': (4096, False), 'version': 3}
    __array_struct__ = property(lambda self: 3)
    __array_priority__ = 1e9
    def __len__(self):
        return 2
    def __array__(self, *given, **named):
        return np.array([7.0, 9.0])
    def __array_ufunc__(self, *given, **named):
        return np.array([True, True])
    def __array_function__(self, *given, **named):
        return True
"""
ENDLESS = """
class Endless:
    def __len__(self):
        return 2
    def __iter__(self):
        while True:
            yield 2.0
"""
GENERATOR = """
def add(a, b):
    while True:
        yield a + b
"""
COROUTINE = """
import asyncio
async def add(a, b):
    while True:
        await asyncio.sleep(0)
"""
MUTE_ERROR = """
class Error(Exception):
    def __str__(self):
        while True:
            pass
    __repr__ = __str__
def total(numbers):
    raise Error
"""
LOUD_ERROR = """
class Error(Exception):
    def __str__(self):
        return 'x' * 100_000_000
def add(a, b):
    raise Error
"""
NESTED_ERRORS = """
def add(a, b):
    error = ValueError('x')
    for _ in range(3000):
        error = ExceptionGroup('g', [error, error])
        error.__cause__ = error.__context__ = error
    raise error
"""
CAUGHT = """
def add(a, b):
    try:
        raise ExceptionGroup('g', [ValueError('x')])
    except* ValueError:
        pass
    return a + b
"""
SHARED_PARTS = """
def total(numbers):
    parts = ()
    for _ in range(60):
        parts = (parts, parts)
    return parts
"""
COLLIDING = "{float(number) * (2 ** 61 - 1): 1 for number in range(9000)}"
PRECISE = """
from decimal import Decimal
def add(a, b):
    return Decimal('1E+999999999999999999')
"""
RIGHT_DECIMAL = "from decimal import Decimal\ndef add(a, b):\n    return Decimal(a + b)"
SIGNALS = "from decimal import Decimal\ndef add(a, b):\n    return Decimal('sNaN')"
RIGHT_ARRAY = answering("np.add(array, array)")
RIGHT_SUM = adding(HONEST_CLASS)

ATTACKS = (
    Attack(
        45,
        "chameleon",
        "an object of another class with each question",
        adding(CHAMELEON),
        RIGHT_SUM,
        "xx++",
    ),
    Attack(
        45,
        "equal_family",
        "subclasses of fourteen plain types that equal everything, in turn",
        adding(FAMILY),
        adding("class Whole(int): pass\ndef add(a, b):\n    return Whole(a + b)"),
        "FF++",
    ),
    Attack(
        45,
        "lying_array",
        "an object that answers for an array, and tells an address",
        answering("Lying()", LIES),
        RIGHT_ARRAY,
        "+++F",
    ),
    Attack(
        45,
        "hidden_values",
        "a masked array that hides what is wrong",
        answering("np.ma.masked_array([7.0, 4.0], [True, False])"),
        answering("np.ma.masked_array(2 * array, [False, False])"),
        "+++F",
    ),
    Attack(
        45,
        "endless_rows",
        "an iterator without an end, of a length that lies",
        answering("Endless()", ENDLESS),
        answering("[2 * number for number in array]"),
        "+++x",
    ),
    Attack(
        45,
        "endless_generator",
        "a generator without an end",
        adding(GENERATOR),
        adding("def add(a, b):\n    return next(number for number in [a + b])"),
        "FF++",
    ),
    Attack(
        45,
        "endless_coroutine",
        "a coroutine that never returns",
        adding(COROUTINE),
        adding(
            "async def later(a, b):\n    return a + b\n"
            "def add(a, b):\n    try:\n        later(a, b).send(None)\n"
            "    except StopIteration as end:\n        return end.value"
        ),
        "FF++",
    ),
    Attack(
        45,
        "text_without_end",
        "an exception whose text is never made",
        HandedIn({"total": MUTE_ERROR}),
        adding(CAUGHT),
        "++L+",
    ),
    Attack(
        45,
        "text_of_100_mb",
        "an exception with a text of 100 MB",
        adding(LOUD_ERROR),
        adding(CAUGHT),
        "CC++",
    ),
    Attack(
        45,
        "nested_errors",
        "groups of exceptions within one another, each its own cause",
        adding(NESTED_ERRORS),
        adding(CAUGHT),
        "CC++",
    ),
    Attack(
        45,
        "parts_of_parts",
        "a value of 2 to the power of 60 parts, in 60 lines",
        HandedIn({"total": SHARED_PARTS}),
        HandedIn({"total": "def total(numbers):\n    return sum((*numbers, *numbers)) // 2"}),
        "++x+",
    ),
    Attack(
        45,
        "colliding_keys",
        "a dict of 9,000 keys with one hash",
        answering(COLLIDING),
        answering("np.array([{0: 2.0, 1: 4.0}[key] for key in (0, 1)])"),
        "+++F",
    ),
    Attack(
        45,
        "number_of_many_digits",
        "a number that takes hours to write out",
        adding(PRECISE),
        adding(RIGHT_DECIMAL),
        "xx++",
    ),
    Attack(
        45,
        "number_that_raises",
        "a number that raises where it is compared",
        adding(SIGNALS),
        adding(RIGHT_DECIMAL),
        "xx++",
    ),
    Attack(
        45,
        "text_of_200_mb",
        "a text of 200 MB",
        adding("def add(a, b):\n    return 'x' * 200_000_000"),
        adding("def add(a, b):\n    return len('x' * (a + b)) if a > 0 else a + b"),
        "FF++",
    ),
)
