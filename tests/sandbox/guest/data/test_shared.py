"""Values that both sides of an exchange have: numbers, changes, and limits on both."""

from __future__ import annotations

import io
import json
import random
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest.data.changeable import mark_of
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.data.endings import heard, told
from grader.sandbox.guest.data.shared import Shared
from grader.sandbox.guest.protocol import MAX_SHARED


class Sides:
    """The examiner's side and the kernel's, which has copies of what the examiner sends."""

    def __init__(self) -> None:
        self.ours, self.theirs = Shared(0), Shared(1)

    def send(self, value: Any) -> Any:
        """The copy of a value."""
        encoder = Encoder(refuse, self.ours, numbered=True)
        copy = decoded(encoder, encoder.encode(value), self.theirs)
        self.theirs.mark()
        return copy

    def told(self, answer: Any = None) -> Any:
        """What the examiner has of an answer, once it knows what changed there."""
        encoder = Encoder(refuse, self.theirs)
        changed = self.theirs.changed(encoder.content)
        value = encoder.encode(answer)
        self.ours.set_apart(changed)
        decoder = Decoder(encoder.buffers, refuse, self.ours)
        decoder.update(json.loads(json.dumps(changed)))
        return decoder.decode(json.loads(json.dumps(value)))

    def end(self) -> None:
        """An answer of which nothing is taken: both sides hear what the other one holds."""
        for sender, receiver in ((self.theirs, self.ours), (self.ours, self.theirs)):
            end = told(Encoder(refuse, sender), ends=sender is self.theirs)
            heard(json.loads(json.dumps(end)), Decoder([], refuse, receiver))
        self.ours.begin()


def refuse(*_: Any) -> Any:
    raise AssertionError("nothing here is a reference")


def decoded(encoder: Encoder, encoded: Any, shared: Shared) -> Any:
    return Decoder(encoder.buffers, refuse, shared).decode(json.loads(json.dumps(encoded)))


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


def test_one_value_stays_one_value() -> None:
    sides = Sides()
    row = [1]
    first, second, within = sides.send((row, row, {"row": row}))
    assert first is second is within["row"]
    first.append(2)
    answer = sides.told([first, {"new": [3]}, second])
    assert answer[0] is answer[2] is row
    assert row == [1, 2]


def test_a_new_value_at_two_places_of_an_answer_is_one_value() -> None:
    sides = Sides()
    kept = sides.send([])
    row = [0]
    kept.append(row)
    answer = sides.told([row] * 3)
    assert answer[0] is answer[1] is answer[2]
    answer[0].append(1)
    assert answer == [[0, 1]] * 3


def test_what_both_sides_hold_stays_one_value() -> None:
    sides = Sides()
    ours, passing = [1], [2]
    theirs = sides.send(ours)
    sides.send(passing)
    sides.end()
    assert sides.theirs.number_of(theirs) == sides.ours.number_of(ours) == 0
    assert sides.ours.number_of(passing) is None
    ours.append(3)
    encoder = Encoder(refuse, sides.ours)
    heard(json.loads(json.dumps(told(encoder))), Decoder([], refuse, sides.theirs))
    assert theirs == [1, 3]


@pytest.mark.parametrize(("value", "changed"), [([], True), ([1], False)], ids=str)
def test_a_later_call_fills_what_was_empty_and_changes_no_data(
    value: list[int], changed: bool
) -> None:
    sides = Sides()
    theirs = sides.send(value)
    sides.end()
    theirs.append(2)
    answer = sides.told(theirs)
    assert answer == theirs
    assert (answer is value) is (value == theirs) is changed


@pytest.mark.parametrize(
    "value",
    [np.random.default_rng(1), np.random.RandomState(1), random.Random(1), np.arange(3.0)],
    ids=lambda it: type(it).__name__,
)
def test_a_later_call_moves_no_generator_and_changes_no_array_of_the_test(value: Any) -> None:
    sides = Sides()
    theirs = sides.send(value)
    sides.end()
    before = mark_of(value)
    if isinstance(theirs, np.ndarray):
        theirs[0] = 7
    else:
        theirs.random()
    answer = sides.told(theirs)
    assert mark_of(answer) == mark_of(theirs) != before == mark_of(value)


def test_what_a_question_hands_in_once_more_may_be_changed_with_its_parts() -> None:
    sides = Sides()
    value = [[1]]
    theirs = sides.send(value)
    sides.end()
    assert sides.send(value) is theirs
    theirs[0].append(2)
    sides.told()
    assert value == [[1, 2]]


def test_a_log_that_was_filled_may_be_added_to_from_both_sides() -> None:
    sides = Sides()
    ours: list[int] = []
    theirs = sides.send(ours)
    sides.end()
    theirs.append(1)
    sides.told()
    ours.append(2)
    heard(told(Encoder(refuse, sides.ours)), Decoder([], refuse, sides.theirs))
    theirs.append(3)
    sides.told()
    assert ours == theirs == [1, 2, 3]


def test_what_the_test_has_filled_itself_is_data_of_the_test() -> None:
    sides = Sides()
    value: list[int] = []
    theirs = sides.send(value)
    sides.end()
    value.append(1)
    heard(told(Encoder(refuse, sides.ours)), Decoder([], refuse, sides.theirs))
    theirs.append(2)
    sides.told()
    assert (value, theirs) == ([1], [1, 2])


def test_what_one_side_lets_go_is_forgotten_by_both() -> None:
    sides = Sides()
    ours = [1]
    theirs = [sides.send(ours)]
    sides.end()
    assert sides.ours.number_of(ours) == 0
    theirs.clear()
    sides.end()
    assert sides.ours.number_of(ours) is None


def test_what_is_part_of_a_value_is_held_with_it() -> None:
    sides = Sides()
    ours: dict[str, list[list[int]]] = {"rows": [[], []]}
    theirs = sides.send(ours)
    sides.end()
    theirs["rows"][1].append(3)
    sides.told()
    assert ours == {"rows": [[], [3]]}


def test_more_than_a_question_may_look_at_is_not_held() -> None:
    sides = Sides()
    ours = [np.zeros(32 * MAX_SHARED), [0]]
    theirs = sides.send(ours)
    sides.end()
    assert [sides.theirs.number_of(each) is None for each in theirs] == [True, False]


def test_what_was_not_sent_has_no_number() -> None:
    shared, value = Shared(0), [1]
    shared.add(value)
    shared.forget_unsent()
    assert shared.number_of(value) is None
    shared.add(value)
    assert shared.sent() == ([2], [])
    shared.forget_unsent()
    assert shared.number_of(value) == 2


@pytest.mark.parametrize("kept", [[1], [True], ["0"], [[]]], ids=str)
def test_numbers_that_nobody_gave_hold_nothing(kept: Any) -> None:
    sides = Sides()
    ours = [1]
    sides.send(ours)
    Decoder([], refuse, sides.ours).keep({"kept": kept})
    assert sides.ours.sent() == ([], [number for number in kept if type(number) is int])


@pytest.mark.parametrize("name", ["kept", "dropped"])
@pytest.mark.parametrize("numbers", [None, {"0": 1}, "0"], ids=str)
def test_what_is_no_list_of_numbers_is_refused(name: str, numbers: Any) -> None:
    sides = Sides()
    sides.send([1])
    with pytest.raises(Malformed):
        Decoder([], refuse, sides.ours).keep({name: numbers})


def test_what_the_other_side_did_not_take_in_is_forgotten() -> None:
    sides = Sides()
    held = [1]
    encoder = Encoder(refuse, sides.theirs)
    encoder.encode(held)
    assert told(encoder) == {"kept": [1]}
    heard({"kept": [1]}, Decoder([], refuse, sides.ours))
    heard(told(Encoder(refuse, sides.ours)), Decoder([], refuse, sides.theirs))
    assert sides.theirs.number_of(held) is None


def test_a_number_that_was_not_taken_in_is_dropped_once() -> None:
    sides = Sides()
    heard({"kept": [1]}, Decoder([], refuse, sides.ours))
    assert told(Encoder(refuse, sides.ours)) == {"dropped": [1]}
    assert told(Encoder(refuse, sides.ours)) == {}


def test_numbers_are_taken_in_beside_a_change_that_cannot_be() -> None:
    sides = Sides()
    held = sides.send([1])
    message = {"changed": {"0": {"dict": []}}, "kept": [1], "dropped": [0]}
    with pytest.raises(Malformed, match="cannot become"):
        heard(message, Decoder([], refuse, sides.ours))
    assert told(Encoder(refuse, sides.ours)) == {"dropped": [1]}
    assert sides.theirs.number_of(held) == 0


def test_what_is_held_is_told_once_and_not_with_every_message() -> None:
    sides = Sides()
    ours: list[Any] = [[n] for n in range(1000)]
    theirs = sides.send(tuple(ours))
    sides.end()
    for sender, receiver in ((sides.ours, sides.theirs), (sides.theirs, sides.ours)):
        for _ in range(2):
            end = told(Encoder(refuse, sender), ends=sender is sides.theirs)
            assert end == {}
            heard(end, Decoder([], refuse, receiver))
    dropped = sides.theirs.number_of(theirs[0])
    theirs = theirs[1:]
    assert told(Encoder(refuse, sides.theirs), ends=True) == {"dropped": [dropped]}


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


HOSTILE = {
    "another type": {"0": {"dict": []}},
    "no value": {"0": 3},
    "no number": {"x": {"list": []}},
    "an unknown number": {"98": {"list": []}},
    # ``set_apart`` would not know it: a later call could change data of the test.
    "a number in other words": {"00": {"list": []}},
    "a number in other digits": {"\N{ARABIC-INDIC DIGIT ZERO}": {"list": []}},
    "an array of another length": {"2": {"array": [], "dtype": "<f8", "shape": [0]}},
    "itself": {"0": {"list": [{"same": 0}]}},
    "too many parts": {
        str(number): {"list": [{"same": number + 2}] * 100} for number in range(4, 14, 2)
    },
    "our own number": {"0": {"list": [{"list": [], "as": 2}]}},
    "a number for a text": {"0": {"list": [{"int": 3, "as": 1}]}},
    "one number twice": {"0": {"list": [{"list": [], "as": 1}] * 2}},
    "a number that is none": {"0": {"list": [{"list": [], "as": True}]}},
}


@pytest.mark.parametrize("changed", HOSTILE.values(), ids=HOSTILE)
def test_a_change_that_cannot_be_is_refused(changed: dict[str, Any]) -> None:
    sides = Sides()
    values = [[1], np.zeros(3), *([n] for n in range(6))]
    sides.send(tuple(values))
    with pytest.raises(Malformed):
        Decoder([], refuse, sides.ours).update(changed)
    assert all(len(value) < 4 for value in values)


def test_what_stands_at_many_places_counts_at_each() -> None:
    """Nobody could print or compare it."""
    encoded: Any = {"list": [], "as": 1}
    for number in range(3, 60, 2):
        encoded = {"list": [encoded, {"same": number - 2}], "as": number}
    with pytest.raises(Malformed, match="too many parts"):
        Decoder([], refuse).decode(encoded)


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
