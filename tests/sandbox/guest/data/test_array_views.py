"""Views of arrays, which are views of the same arrays on both sides."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.data.endings import heard, told
from grader.sandbox.guest.data.shared import Shared
from grader.sandbox.guest.protocol import MAX_VIEWED
from tests.sandbox.guest.data.sides import Sides, decoded, refuse


def answered(sides: Sides, value: Any) -> tuple[Any, Any]:
    """A value of the agent's as the examiner has it, and as it travelled."""
    encoder = Encoder(refuse, sides.theirs, numbered=True)
    encoded = encoder.encode(value)
    taken = decoded(encoder, encoded, sides.ours)
    sides.theirs.mark()
    sides.ours.mark()
    return taken, encoded


WHOLES = [np.arange(12.0), np.arange(12).reshape(3, 4), np.asfortranarray(np.eye(4, dtype=int))]
PARTS = {
    "rows": lambda whole: whole[1:],
    "backwards": lambda whole: whole[::-2],
    "columns": lambda whole: whole.T[1:],
    "flat": lambda whole: whole.reshape(-1, order="A")[2:5],
    "repeated": lambda whole: np.broadcast_to(whole[:1], (2, *whole[:1].shape)),
    "dates": lambda whole: np.array(["2026-01-01"] * 3, "M8[D]")[1:],
    "texts": lambda whole: np.array(["a", "b"])[1:],
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("whole", WHOLES, ids=lambda whole: f"{whole.ndim} {whole.flags.fnc}")
def test_a_view_of_an_array_that_is_held_arrives_as_a_view(whole: Any, part: Any) -> None:
    theirs = whole.copy(order="K")
    view = part(theirs)
    held = view.base
    ours, encoded = answered(Sides(), view)
    assert next(iter(encoded)) == "part"
    assert (ours == view).all()
    assert (ours.shape, ours.dtype, ours.strides) == (view.shape, view.dtype, view.strides)
    assert ours.flags.writeable == view.flags.writeable
    assert held is view.base


def test_what_is_written_into_a_view_is_written_into_the_array_of_the_other_side() -> None:
    sides, theirs = Sides(), np.zeros((2, 2))
    row, _ = answered(sides, theirs[1])
    whole, _ = answered(sides, theirs)
    row[:] = 5
    assert whole.tolist() == [[0, 0], [5, 5]]
    encoder = Encoder(refuse, sides.ours)
    end = json.loads(json.dumps(told(encoder)))
    heard(end, Decoder(encoder.buffers, refuse, sides.theirs))
    assert theirs.tolist() == whole.tolist()
    theirs[0] = 3
    sides.told()
    assert whole.tolist()[0] == [3, 3]


@pytest.mark.parametrize(
    "view",
    [np.arange(6).reshape(2, 3), np.zeros(MAX_VIEWED)[1:], np.zeros(3).view(np.int64)],
    ids=["nobody holds the array", "large", "of another dtype"],
)
def test_other_views_travel_by_themselves(view: Any) -> None:
    held = view.base if view.ndim == 1 else None
    _, encoded = answered(Sides(), view)
    assert next(iter(encoded)) == "array"
    del held


def test_no_array_of_the_tests_is_sent_for_a_view_of_it() -> None:
    """It may hold what is expected."""
    secret = np.arange(4.0)
    encoder = Encoder(refuse, Sides().ours, numbered=True)
    assert next(iter(encoder.encode(secret[1:3]))) == "array"
    assert b"".join(encoder.buffers) == secret[1:3].tobytes()


@pytest.mark.parametrize("order", [1, -1], ids=["view first", "array first"])
def test_arguments_that_share_memory_share_it_there(order: int) -> None:
    sides, whole = Sides(), np.arange(6.0).reshape(2, 3)
    encoder = Encoder(refuse, sides.ours, numbered=True)
    encoder.sends = (whole[1], whole)[::order]
    copies = [decoded(encoder, encoder.encode(each), sides.theirs) for each in encoder.sends]
    view, copy = copies[::order]
    sides.theirs.mark()
    view += 1
    assert copy.tolist() == [[0, 1, 2], [4, 5, 6]]
    sides.told()
    assert whole.tolist() == copy.tolist()


def test_views_of_one_array_are_no_parts_of_each_other() -> None:
    sides, whole = Sides(), np.arange(6.0)
    one, other = whole.reshape(2, 3), whole.reshape(2, 3).T
    encoder = Encoder(refuse, sides.ours, numbered=True)
    encoder.sends = (one, other)
    copies = [decoded(encoder, encoder.encode(each), sides.theirs) for each in encoder.sends]
    sides.theirs.mark()
    copies[0][0, 0] = 9
    sides.told()
    assert (one[0, 0], other[0, 0]) == (9, 9)


def test_through_a_view_no_later_call_changes_an_array_of_the_tests() -> None:
    sides, data = Sides(), np.arange(4.0)
    theirs = sides.send(data)
    kept = theirs[:2]
    view, encoded = answered(sides, kept)
    assert encoded["part"] == {"same": 0}
    assert np.shares_memory(view, data)
    sides.end()
    number = sides.ours.number_of(view)
    assert number is not None
    seven = {"array": [0], "dtype": "<f8", "shape": [2]}
    Decoder([np.full(2, 7.0).tobytes()], refuse, sides.ours).update({str(number): seven})
    theirs[:] = 7
    sides.told()
    assert data.tolist() == [0, 1, 2, 3]


PLACE = {"offset": 0, "shape": [2], "strides": [8]}
HOSTILE = {
    "outside": {"offset": 8},
    "ahead": {"offset": -8},
    "backwards": {"strides": [-8]},
    "no number": {"offset": 0.5},
    "strides that are none": {"strides": ["8"]},
    "too few strides": {"strides": []},
    "far": {"strides": [1 << 62]},
    "large": {"shape": [1 << 40], "strides": [0]},
    "of no array": {"part": {"list": []}},
    "of objects": {"part": {"ndarray": {"tuple": []}}},
    "of no value": {"part": {"same": 98}},
}


@pytest.mark.parametrize("place", HOSTILE.values(), ids=HOSTILE)
def test_a_view_that_cannot_be_is_refused(place: dict[str, Any]) -> None:
    whole = {"array": [0], "dtype": "<f8", "shape": [2]}
    decoder = Decoder([bytes(16)], refuse, Shared(0))
    assert decoder.decode({"part": whole} | PLACE).tolist() == [0, 0]
    with pytest.raises(Malformed):
        decoder.decode(json.loads(json.dumps({"part": whole} | PLACE | place)))
