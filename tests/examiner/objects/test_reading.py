"""Objects of the student's in sets, dicts and errors: nothing is asked while an answer is read."""

from __future__ import annotations

from typing import Any

import pytest

from grader.examiner.cells.finding import FindingKind
from grader.examiner.objects.kept import Kept
from grader.examiner.objects.reading import Reading
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from tests.in_process import InProcess

SOURCE = """
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    name: str
    x: int = 0


class Card:
    def __init__(self, suit, rank):
        self.suit, self.rank = suit, rank

    def __hash__(self):
        return hash(self.rank)

    def __eq__(self, other):
        return isinstance(other, Card) and (self.suit, self.rank) == (other.suit, other.rank)

    def __repr__(self):
        return f"{self.suit}{self.rank}"


@dataclass(frozen=True)
class Node:
    value: int
    following: object = None


def chain(): return {Node(1, Node(2, Node(3)))}
def again():
    try:
        raise KeyError(Card("h", 1))
    except KeyError:
        raise ValueError(Card("s", 2))
def points(): return {Point("a"), Point("b")}
def table(): return {Point("a"): 1, (Point("b"), 2): 3}
def nested(): return frozenset([frozenset([Card("h", 1)]), frozenset([Point("a")])])
def deck(): return {Card("h", 1), Card("s", 1), Card("h", 2)}
def put(cards): cards[Card("k", 5)] = "v"
def each(function): return function({Card("h", 1), Point("a")})
def fail(*given): raise ValueError(*given)
def fail_of_card(): raise KeyError({Card("h", 1): Card("s", 1)}, Card("k", 5))
"""
CLAIMS = {
    "a dataclass": 'assert points() == {Point("a"), Point("b")} and Point("a") in points()',
    "keys": 'found = table()\nassert found[Point("a")] == 1 and found[(Point("b"), 2)] == 3',
    "sets in a set": "assert len(nested()) == 2",
    "equal hashes": "assert sorted(map(repr, deck())) == ['h1', 'h2', 's1']",
    "a chain": "assert [node.following.following.value for node in chain()] == [3]",
    "what a call adds": "cards = {}\nput(cards)\nassert list(cards)[0].suit == 'k'",
    "what a callback gets": "assert each(lambda cards: len(cards)) == 2",
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_sets_and_dicts_may_hold_objects_with_a_hash_of_their_own(claim: str) -> None:
    assert InProcess(SOURCE).tested(CLAIMS[claim]).kind is FindingKind.PASSED


def test_an_error_may_hold_objects_with_a_text_of_their_own() -> None:
    test = """
card = Card("h", 1)
try:
    fail("no", [card])
except ValueError as error:
    assert error.args[1][0] is card and str(error) == "('no', [h1])"
try:
    fail_of_card()
except KeyError as error:
    assert list(error.args[0])[0].suit == "h" and error.args[1].rank == 5
"""
    assert InProcess(SOURCE).tested(test).kind is FindingKind.PASSED


def test_a_class_may_be_met_in_an_error_and_in_the_one_that_was_being_handled() -> None:
    test = """
try:
    again()
except ValueError as error:
    assert error.args[0].rank == 2 and error.__context__.args[0].rank == 1
"""
    assert InProcess(SOURCE).tested(test).kind is FindingKind.PASSED


@pytest.mark.parametrize("beside", [{}, {"hash": "none"}, {"hash": None}])
def test_a_kernel_that_tells_no_hash_fails_the_claim_at_once(
    beside: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "grader.sandbox.guest.handles.references._found_by"
    monkeypatch.setattr(module, lambda *_: beside)
    finding = InProcess(SOURCE).tested("assert len(deck()) == 3")
    assert finding.kind not in (FindingKind.PASSED, FindingKind.TEST_FAULT)


def test_a_hash_is_known_while_the_answer_is_read_alone() -> None:
    reading, kept = Reading(), Kept(asks=None, number=4)  # type: ignore[arg-type]
    decoder = Decoder([], lambda *_: None)
    with reading.answer():
        reading.note({"handle": 4, "hash": {"int": 7}}, decoder)
        assert reading.known("hash", kept) == 7
        with pytest.raises(Malformed, match="call would be asked"):
            reading.known("call", kept)
    assert not reading.goes_on
    with pytest.raises(Malformed, match="no hash of it was told"):
        reading.known("hash", kept)
