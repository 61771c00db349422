from __future__ import annotations

import textwrap

import pytest

from grader.examiner.cells.finding import Finding, FindingKind
from grader.examiner.objects.handles import Handle
from tests.in_process import InProcess

KERNEL = InProcess(
    """
import abc, asyncio, contextlib, functools, types
class Account:
    "An account."
    def __init__(self, balance=0): self.balance = balance
    def deposit(self, amount: int, *, note: str = "x") -> None:
        "Adds."
        self.balance += amount
    def __len__(self): return 3
    def __str__(self): return f"Account({self.balance})"
    @property
    def double(self): return 2 * self.balance
    @classmethod
    def make(cls): return cls(1)
    @staticmethod
    def two(): return 2
class Savings(Account): pass
class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...
class Square(Shape):
    def area(self): return 4
class Registry(dict): pass
class Node:
    def __init__(self, value, next=None): self.value, self.next = value, next
class Any:
    def __getattr__(self, name): return 5
class Everything:
    def __call__(self, x): return 2 * x
    def __iter__(self): return iter([1, 2, 3])
    def __contains__(self, x): return x == 2
    def __reversed__(self): return iter([3, 2, 1])
    def __float__(self): return 2.5
    def __int__(self): return 2
    def __getitem__(self, key): return key
def batches():
    yield 1
    yield 2
def naturals():
    n = 0
    while True:
        yield n
        n += 1
async def fetch(x):
    await asyncio.sleep(0)
    return x + 1
async def count():
    for i in range(3):
        await asyncio.sleep(0)
        yield i
def decorated(function):
    @functools.wraps(function)
    def inner(*given): return function(*given)
    return inner
@decorated
def wrapped(a, b): "doc"
def views(): return {"a": 1}.keys(), {"a": 1}.values(), {"a": 1}.items()
def far(): return range(10**12)
def takes(a, /, b, *args, c=3, **others): return a, b, args, c, others
def same(x): return x
def axes():
    from matplotlib.figure import Figure
    made = Figure().subplots()
    made.plot([1, 2], [3, 4])
    made.set_title("sales")
    return made
"""
)

CLAIMS = {
    "state": "a = Account(10); a.deposit(5); assert a.balance == 15 and a.double == 30",
    "a method of the class": "a = Account(1); Account.deposit(a, 5); assert a.balance == 6",
    "the class": (
        "a = Account(1); assert isinstance(a, Account) and type(a) is Account\n"
        "assert a.__class__ is Account and not isinstance(a, Savings)"
    ),
    "a derived class": (
        "assert isinstance(Savings(1), Account) and issubclass(Savings, Account)\n"
        "assert Savings.__mro__[1] is Account and Savings.__bases__ == (Account,)"
    ),
    "an abstract class": (
        "import pytest\nwith pytest.raises(TypeError):\n    Shape()\n"
        "assert Square().area() == 4 and isinstance(Square(), Shape)"
    ),
    "a set attribute": "a = Account(1); a.balance = 7; a.balance += 1; assert a.balance == 8",
    "a deleted attribute": "a = Account(1); del a.balance; assert not hasattr(a, 'balance')",
    "texts": "a = Account(7); assert str(a) == f'{a}' == 'Account(7)' and 'Account' in repr(a)",
    "documentation": (
        "assert Account.__doc__ == 'An account.' and Account.deposit.__doc__ == 'Adds.'\n"
        "assert Account.__name__ == 'Account' and Account(1).deposit.__name__ == 'deposit'"
    ),
    "a decorator": "assert (wrapped.__name__, wrapped.__doc__) == ('wrapped', 'doc')",
    "a signature": (
        "import inspect\nfound = inspect.signature(Account.deposit)\n"
        "assert str(found) == '(self, amount: int, *, note: str = \\'x\\') -> None'\n"
        "assert list(inspect.signature(Account(1).deposit).parameters) == ['amount', 'note']\n"
        "assert list(inspect.signature(Account).parameters) == ['balance']\n"
        "assert str(inspect.signature(takes)) == '(a, /, b, *args, c=3, **others)'"
    ),
    "callable": "assert callable(Account) and callable(same) and not callable(Account(1))",
    "names": (
        "a = Account(1); assert hasattr(a, 'balance') and getattr(a, 'nope', 3) == 3\n"
        "assert vars(a) == {'balance': 1} and 'deposit' in dir(a)"
    ),
    "methods of the class": "assert Account.make().balance == 1 and Account.two() == 2",
    "length and truth": "assert len(Account(1)) == 3 and Account(1) and Node(1)",
    "one object": "a = Account(1); assert a is same(a) and a == a and a in [a] and a != 5",
    "a key": "a = Account(1); assert {a: 1}[same(a)] == 1",
    "a generator": "assert list(batches()) == [1, 2] and sum(batches()) == 3",
    "endless": "import itertools; assert list(itertools.islice(naturals(), 3)) == [0, 1, 2]",
    "next": "g = batches(); assert (next(g), next(g), next(g, None)) == (1, 2, None)",
    "unpacking": "a, b = batches(); assert (a, b) == (1, 2)",
    "kinds": (
        "import collections.abc, inspect, types\n"
        "assert inspect.isgenerator(batches()) and inspect.isgeneratorfunction(batches)\n"
        "assert isinstance(same, types.FunctionType) and isinstance(Account(1).deposit,"
        " types.MethodType)\n"
        "assert isinstance(Everything(), collections.abc.Iterable)\n"
        "assert not isinstance(Account(1), collections.abc.Iterable)"
    ),
    "operations": (
        "e = Everything(); assert e(4) == 8 and list(e) == [1, 2, 3] and 2 in e and 3 not in e\n"
        "assert list(reversed(e)) == [3, 2, 1] and (float(e), int(e)) == (2.5, 2)\n"
        "assert e[1:2] == slice(1, 2)"
    ),
    "a subclass of dict": (
        "r = Registry(a=1); r['b'] = 2\n"
        "assert isinstance(r, dict) and dict(r) == {'a': 1, 'b': 2}\n"
        "del r['b']; assert 'b' not in r and len(r) == 1"
    ),
    "views of a dict": (
        "keys, values, items = views()\n"
        "assert keys == {'a'} and list(values) == [1] and list(items) == [('a', 1)]"
    ),
    "linked": (
        "node, seen = Node(1, Node(2)), []\nwhile node:\n    seen.append(node.value)\n"
        "    node = node.next\nassert seen == [1, 2]"
    ),
    "copies": (
        "import copy\na = Account(1); b, c = copy.copy(a), copy.deepcopy(a); c.balance = 9\n"
        "assert a.balance == 1 and b is not a"
    ),
    "classes of Python's own": "assert same(int) is int and same(ValueError) is ValueError",
    "far away": "assert far()[5] == 5 and isinstance(far(), range)",
    "a coroutine": (
        "import asyncio\nasync def check():\n    assert await fetch(1) == 2\n"
        "    assert [i async for i in count()] == [0, 1, 2]\n"
        "    assert await asyncio.gather(fetch(1), fetch(2)) == [2, 3]\n"
        "asyncio.run(check())\nassert asyncio.run(fetch(3)) == 4"
    ),
    "axes": (
        "from matplotlib.axes import Axes\nshown = axes()\nassert isinstance(shown, Axes)\n"
        "assert shown.get_title() == 'sales' and list(shown.lines[0].get_xdata()) == [1, 2]"
    ),
    "names of ours": (
        "it = Any(); assert [it.runs, it.operate, it._kept, it.dry_run, it.asks] == [5] * 5"
    ),
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_test_means_what_it_means_in_a_notebook(claim: str) -> None:
    assert KERNEL.tested(CLAIMS[claim]) == Finding()


@pytest.mark.parametrize(
    ("test", "error"),
    [
        ("Account(1).nope", "AttributeError"),
        ("len(Node(1))", "TypeError"),
        ("for _ in Account(1):\n    pass", "TypeError"),
        ("Account(1)()", "TypeError"),
        ("class Own: pass\nclass Mine(Own, Account): pass", "CannotTravel"),
        ("import pickle\npickle.dumps(Account(1))", "PicklingError"),
        ("same.__globals__", "AttributeError"),
        ("assert same(Account(1)) == 5", "AssertionError"),
    ],
)
def test_what_is_wrong_raises_what_python_raises(test: str, error: str) -> None:
    assert KERNEL.tested(test).error == error


def test_items_are_asked_for_one_by_one() -> None:
    kernel = InProcess(
        "seen = []\ndef f():\n    for i in range(9):\n        seen.append(i)\n        yield i"
    )
    names = kernel.proxies.look(["f", "seen"])
    iterator = iter(names["f"]())
    assert (next(iterator), next(iterator)) == (0, 1)
    assert [each["operation"] for each in kernel.questions[2:]] == ["next", "next"]
    assert kernel.has("seen") == [0, 1]


def test_an_object_has_one_handle_and_each_question_of_a_method_costs_two() -> None:
    kernel = InProcess("class Box:\n    def get(self): return self\nbox = Box()")
    box = kernel.has("box")
    assert isinstance(box, Handle)
    assert box.get() is box
    assert box.get is box.get
    assert [each["do"] for each in kernel.questions] == [
        "look",
        *["operate", "call"],
        *["operate"] * 2,
    ]


@pytest.mark.parametrize(
    "name", ["__array_interface__", "__array_struct__", "__cuda_array_interface__"]
)
def test_no_memory_is_read_by_an_address_of_the_students(name: str) -> None:
    kernel = InProcess(
        f"class Liar:\n    {name} = dict(shape=(1,), typestr='<f8', data=(8, False), version=3)\n"
        "it = Liar()"
    )
    assert kernel.tested(
        f"import numpy as np\nassert np.array(it).dtype == object\nit.{name}"
    ).error == ("AttributeError")
    assert not any(name in each.get("arguments", ()) for each in kernel.questions)


def test_threads_of_a_test_ask_one_after_the_other() -> None:
    kernel = InProcess("made = []\ndef add(value):\n    made.append(value)\n    return len(made)")
    test = """
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as pool:
        lengths = list(pool.map(add, range(40)))
    assert sorted(lengths) == list(range(1, 41))
    """
    assert kernel.tested(textwrap.dedent(test)).passed
    assert sorted(kernel.names["made"]) == list(range(40))


def test_a_name_that_a_student_binds_to_a_built_in_class_is_theirs() -> None:
    finding = InProcess("Point = tuple").tested("assert Point(1, 2).x == 1")
    assert finding.kind is FindingKind.RAISED, finding


def test_a_method_of_a_built_in_value_is_called() -> None:
    finding = InProcess("def size(): return [1, 2].__len__").tested("assert size()() == 2")
    assert finding.kind is FindingKind.PASSED, finding
