"""What one side changes in a value that both have is changed in the other's."""

from __future__ import annotations

import io
import random
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.encoder import Encoder
from tests.sandbox.guest.data.sides import Sides, decoded, refuse


def rows(value: list[Any]) -> None:
    value[0].append(value.pop())


def swap(value: list[Any]) -> None:
    value[0], value[1] = value[1], value[0]


def scale(value: np.ndarray) -> None:
    value *= 2


def flatten(value: np.ndarray) -> None:
    value.shape = (4,)


CHANGES: list[tuple[Any, Callable[[Any], Any]]] = [
    ([3, 1, 2], lambda value: value.sort()),
    ([[1], [2], [3]], rows),
    ([[1], [2]], swap),
    ({"b": 1}, lambda value: value.update(a=2)),
    ({"b": 1, "a": 2}, lambda value: value.pop("b")),
    ({"a": {"b": [1]}}, lambda value: value["a"]["b"].clear()),
    ({1, 2}, lambda value: value.add(3)),
    (bytearray(b"ab"), lambda value: value.reverse()),
    (deque([1, 2], 2), lambda value: value.append(3)),
    (Counter("aab"), lambda value: value.update("b")),
    (OrderedDict(a=1, b=2), lambda value: value.move_to_end("a")),
    (defaultdict(list, a=[1]), lambda value: value["b"].append(2)),
    (np.arange(4.0), scale),
    (np.zeros((2, 2)), flatten),
    (np.array(["b", "a"]), lambda value: value.sort()),
    (np.ma.array([1.0, 2.0], mask=[0, 1]), lambda value: value.__setitem__(0, 5.0)),
    (np.ma.array([1.0, 2.0], mask=[0, 1]), lambda value: value.__setitem__(0, np.ma.masked)),
    (({"in": "a tuple"}, 1), lambda value: value[0].clear()),
]


@pytest.mark.parametrize(("value", "change"), CHANGES, ids=lambda it: type(it).__name__)
def test_a_change_of_a_copy_changes_the_original_in_place(
    value: Any, change: Callable[[Any], Any]
) -> None:
    sides = Sides()
    copy = sides.send(value)
    before = repr(value)
    change(copy)
    assert repr(value) == before != repr(copy)
    sides.told()
    assert repr(value) == repr(copy)
    assert type(value) is type(copy)


@pytest.mark.parametrize("value", [value for value, _ in CHANGES], ids=lambda it: type(it).__name__)
def test_nothing_is_told_where_nothing_changed(value: Any) -> None:
    sides = Sides()
    sides.send(value)
    assert sides.theirs.changed(refuse) == {}


def test_what_is_drawn_or_read_there_is_drawn_or_read_here() -> None:
    sides = Sides()
    generators = [np.random.default_rng(1), np.random.RandomState(1), random.Random(1)]
    generators += [np.random.Generator(kind(1)) for kind in (np.random.MT19937, np.random.Philox)]
    twins = sides.send(generators)
    drawn = [twin.random() for twin in twins]
    sides.told()
    assert [twin.random() for twin in twins] == [each.random() for each in generators]
    assert drawn[0] == np.random.default_rng(1).random()
    text = io.StringIO("a\nb\n")
    copy = sides.send(text)
    assert copy.readline() == "a\n"
    copy.write("cd")
    sides.told()
    assert (text.getvalue(), text.tell()) == ("a\ncd", 4)


def test_a_change_of_one_of_many_is_noticed_though_none_is_looked_at_by_itself() -> None:
    sides = Sides()
    ours: list[Any] = [[1], {"a": 1}, {1}, deque([1]), OrderedDict(a=1, b=2), np.zeros(2)]
    theirs = sides.send(tuple(ours))
    sides.end()
    changes: list[Callable[[Any], Any]] = [
        lambda value: value.__setitem__(0, 2),
        lambda value: value.update(a=2),
        lambda value: value.add(2),
        lambda value: value.rotate() or value.append(2),
        lambda value: value.move_to_end("a"),
        lambda value: value.fill(3),
    ]
    for change, copy in zip(changes, theirs, strict=True):
        assert sides.theirs.changed(refuse) == {}
        change(copy)
        found = sides.theirs.changed(lambda value: value)
        assert list(found.values()) == [copy]
        sides.theirs.settle(found)


def test_a_read_only_array_is_not_changed() -> None:
    sides = Sides()
    value = np.zeros(2)
    value.flags.writeable = False
    copy = sides.send(value)
    with pytest.raises(ValueError, match="read-only"):
        copy[0] = 1
    copy.flags.writeable = True
    copy[0] = 1
    with pytest.raises(Malformed, match="read-only"):
        sides.told()
    assert value.tolist() == [0, 0]


def test_a_read_only_array_of_the_other_side_changes_as_it_changes_there() -> None:
    sides = Sides()
    theirs = np.zeros(2)
    view = theirs.view()
    view.flags.writeable = False
    encoder = Encoder(refuse, sides.theirs, numbered=True)
    ours = decoded(encoder, encoder.encode(view), sides.ours)
    sides.theirs.mark()
    theirs += 3
    sides.told()
    assert (ours.tolist(), ours.flags.writeable) == ([3, 3], False)


def test_an_array_that_is_made_read_only_is_so_for_the_other_side() -> None:
    sides = Sides()
    value = np.zeros(2)
    sides.send(value).flags.writeable = False
    sides.told()
    assert not value.flags.writeable
