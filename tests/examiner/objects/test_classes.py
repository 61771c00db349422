from __future__ import annotations

from typing import Any

import pytest

from grader.examiner.cells.finding import Finding
from grader.examiner.objects import classes
from grader.examiner.proxies import Proxies
from grader.sandbox.guest.data.counted import Malformed
from tests.in_process import InProcess

KERNEL = InProcess(
    """
import collections, dataclasses, enum, typing
@dataclasses.dataclass
class Point:
    x: float
    y: float = 0
    def norm(self): return (self.x**2 + self.y**2) ** 0.5
@dataclasses.dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
@dataclasses.dataclass
class Liar:
    x: int
    def __eq__(self, other): return True
Pair = collections.namedtuple("Pair", "a b")
class Item(typing.NamedTuple):
    price: int
    count: int = 5
    def total(self): return self.price * self.count
class Sum(typing.NamedTuple):
    a: int
    def __add__(self, other): return Sum(self.a + other.a)
    def __eq__(self, other): return True
class Color(enum.Enum):
    RED = 1
    GREEN = 2
    def small(self): return self.name.lower()
    @classmethod
    def first(cls): return cls.RED
class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2
class Right(enum.Flag):
    READ = 1
    WRITE = 2
class Suit(str, enum.Enum):
    HEARTS = "h"
class Odd(enum.Enum):
    ONE = 1
    def __str__(self): return "odd"
    def __eq__(self, other): return True
def red(): return Color.RED
def same(x): return x
"""
)


@pytest.mark.parametrize(
    "test",
    [
        "assert Point(1, 2) == Point(1, 2) != Point(1, 3) and Point(3, 4).norm() == 5",
        "import dataclasses\np = Point(1, 2)\nassert dataclasses.is_dataclass(p)\n"
        "assert [each.name for each in dataclasses.fields(Point)] == ['x', 'y']\n"
        "assert dataclasses.asdict(p) == {'x': 1, 'y': 2} and dataclasses.astuple(p) == (1, 2)\n"
        "assert dataclasses.replace(p, x=5) == Point(5, 2)",
        "assert Version(1, 2) < Version(1, 3) and len({Version(1), Version(1)}) == 1\n"
        "assert sorted([Version(2), Version(1)])[0] == Version(1)",
        "import dataclasses, pytest\nwith pytest.raises(dataclasses.FrozenInstanceError):\n"
        "    Version(1).major = 3",
        "assert Liar(1) != Liar(2)",
        "p = Pair(1, 2); assert p == (1, 2) and p.a == 1 and p._asdict() == {'a': 1, 'b': 2}\n"
        "assert Pair._fields == ('a', 'b') and isinstance(p, Pair) and isinstance(p, tuple)\n"
        "assert repr(p) == 'Pair(a=1, b=2)' and type(same(p)) is Pair",
        "i = Item(2); assert i == (2, 5) and i.total() == 10 and i._replace(price=3).total() == 15",
        "s = Sum(1) + Sum(2); assert s.a == 3 and s != (7,)",
        "assert red() is Color.RED and Color.RED != Color.GREEN and red().name == 'RED'\n"
        "assert Color['RED'] is Color(1) and list(Color) == [Color.RED, Color.GREEN]\n"
        "assert same(Color.GREEN) is Color.GREEN and isinstance(red(), Color)",
        "assert red().small() == 'red' and Color.first() is Color.RED",
        "assert Level.LOW < Level.HIGH and Level.LOW == 1 and same(Level.HIGH) is Level.HIGH",
        "both = Right.READ | Right.WRITE; assert same(both) == both and Right.READ in same(both)",
        "assert Suit.HEARTS == 'h' and same(Suit.HEARTS) is Suit.HEARTS",
        "assert str(Odd.ONE) == 'odd' and Odd.ONE is Odd.ONE and Odd.ONE.value == 1\n"
        "assert Odd.ONE != 7 and list(Odd) == [Odd.ONE]",
    ],
)
def test_a_test_means_what_it_means_in_a_notebook(test: str) -> None:
    assert KERNEL.tested(test) == Finding()


def answering(value: Any) -> Proxies:
    def ask(*_: Any) -> Any:
        return {"value": {"dict": [["it", value]]}}, []

    return Proxies(ask, lambda *_: None)


def described(**more: Any) -> dict[str, Any]:
    known = {"class": 1, "name": "It", "module": "__main__", "number": 0, "able": [], "bases": []}
    return known | {"form": "object"} | more


@pytest.mark.parametrize(
    "value",
    [
        {"class": 1},
        {"class": "1"},
        described(bases=[3]),
        described(bases=[{"int": 1}]),
        described(bases="dict"),
        described(bases=[{"builtin": "print"}]),
        described(bases=[{"builtin": 3}]),
        described(able=[["call"]]),
        described(form="enumeration", enumeration="Enum", members={"int": 1}),
        described(form="enumeration", enumeration="dict", members={"list": []}),
        described(
            form="enumeration",
            enumeration="Enum",
            members={"list": [{"tuple": ["mro", {"int": 1}]}]},
        ),
        described(form="named tuple", fields=["a", "a b"]) | {"fields": [3]},
        {"named": {"list": []}, "of": {"builtin": "tuple"}},
        {"named": {"list": []}, "of": described(form="named tuple", fields=["a"])},
        {"member": "A", "of": {"builtin": "dict"}},
        {"member": "A", "of": described()},
        {"view": "keys", "items": {"list": []}},
        {"view": "popitem", "items": {"dict": []}},
        {"exception": 1, "of": {"int": 3}, "arguments": {"list": []}, "message": ""},
    ],
)
def test_a_class_that_cannot_be_is_no_value(value: Any) -> None:
    with pytest.raises(Malformed):
        answering(value).look(["it"])


@pytest.mark.parametrize(
    "module",
    ["keras.src.models.model", "grader.examiner.training.trainings", "unittest.case", "builtins"],
)
@pytest.mark.parametrize("name", ["Model", "Trainings", "SkipTest", "int"])
def test_no_handle_claims_to_be_what_checks_and_graders_rely_on(module: str, name: str) -> None:
    handle = {"handle": 2, "type": name, "of": described(module=module, name=name)}
    it = answering(handle).look(["it"])["it"]
    assert it.__class__ is type(it)


def test_pythons_own_functions_are_the_same_on_both_sides() -> None:
    student = InProcess(
        "table = {len: 'length', sum: 'sum'}\ndef pick(name): return max\n"
        "def reach(): return [eval, exec, open, getattr, __import__]"
    )
    test = "assert table[len] == 'length' and set(table) == {len, sum}\nassert pick('max') is max"
    assert student.tested(test) == Finding()
    test = "pythons = (eval, exec, open, getattr, __import__)\nfor each in reach():\n"
    test += "    assert all(each is not function for function in pythons)"
    assert student.tested(test) == Finding()
    with pytest.raises(Malformed, match="no function that computes"):
        classes.built_in("eval")
