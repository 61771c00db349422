"""Values that both sides of an exchange have: which number each has, and who holds it on."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest.data.changeable import mark_of
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.data.endings import heard, told
from grader.sandbox.guest.data.shared import Shared
from grader.sandbox.guest.protocol import MAX_SHARED
from tests.sandbox.guest.data.sides import Sides, refuse


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
