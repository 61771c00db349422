"""Changes and numbers that an honest side would not tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.data.endings import heard, told
from tests.sandbox.guest.data.sides import Sides, refuse


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


def test_numbers_are_taken_in_beside_a_change_that_cannot_be() -> None:
    sides = Sides()
    held = sides.send([1])
    message = {"changed": {"0": {"dict": []}}, "kept": [1], "dropped": [0]}
    with pytest.raises(Malformed, match="cannot become"):
        heard(message, Decoder([], refuse, sides.ours))
    assert told(Encoder(refuse, sides.ours)) == {"dropped": [1]}
    assert sides.theirs.number_of(held) == 0


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
