from __future__ import annotations

import pytest

from grader.referee import turns
from grader.referee.turns import Flooded, Full, Request, Turns
from grader.referee.wire import Asked
from tests.referee.fakes import recipe


def request(client: str, number: int, size: int = 100) -> Request:
    return Request(client.encode(), Asked(number, "step", recipe("x"), client), b"x" * size)


def names(found: list[Request]) -> list[str]:
    return [f"{one.asked.who}{one.asked.number}" for one in found]


def served(waiting: Turns) -> list[str]:
    return names(list(iter(waiting.next, None)))


def filled(*asked: str) -> Turns:
    waiting = Turns()
    for one in asked:
        waiting.add(request(one[0], int(one[1:])))
    return waiting


def test_clients_are_served_in_turn_however_much_one_of_them_asks() -> None:
    waiting = filled("a1", "a2", "a3", "b1", "c1", "c2")
    assert names(list(waiting)) == ["a1", "b1", "c1", "a2", "c2", "a3"]
    assert served(waiting) == ["a1", "b1", "c1", "a2", "c2", "a3"]
    assert waiting.next() is None


def test_who_comes_late_is_served_before_the_rest_of_one_who_was_served() -> None:
    waiting = filled("a1", "a2", "a3")
    first = waiting.next()
    assert first is not None
    waiting.add(request("b", 1))
    assert [first.asked.number, *served(waiting)] == [1, "a2", "b1", "a3"]


def test_what_is_asked_again_waits_once() -> None:
    assert served(filled("a1", "a1", "b1", "a1")) == ["a1", "b1"]


def test_who_asks_for_too_much_loses_all_of_it_and_others_nothing() -> None:
    waiting = filled("b1", *(f"a{number}" for number in range(turns.MAX_WAITING)))
    with pytest.raises(Flooded, match="16 requests"):
        waiting.add(request("a", 99))
    assert served(waiting) == ["b1"]


def test_bytes_are_bounded_too() -> None:
    waiting = filled("b1")
    half = turns.MAX_BYTES // 2
    waiting.add(request("a", 1, half))
    with pytest.raises(Flooded):
        waiting.add(request("a", 2, half + 1))
    assert served(waiting) == ["b1"]


def test_all_clients_together_are_bounded() -> None:
    waiting = Turns()
    for number in range(turns.MAX_CLIENTS):
        waiting.add(Request(b"%d" % number, Asked(1, "step", recipe("x")), b"x"))
    with pytest.raises(Full, match="try again later"):
        waiting.add(request("a", 1))
    waiting.forget(b"0")
    waiting.add(request("a", 1))
    assert len(list(waiting)) == turns.MAX_CLIENTS


def test_all_bytes_together_are_bounded_and_free_again_when_served() -> None:
    waiting = Turns()
    large = request("x", 1, turns.MAX_BYTES)
    for number in range(turns.MAX_ALL_BYTES // turns.MAX_BYTES):
        waiting.add(Request(b"%d" % number, large.asked, large.raw))
    with pytest.raises(Full):
        waiting.add(request("a", 1))
    waiting.next()
    waiting.add(request("a", 1))
    waiting.forget(b"1")
    waiting.add(request("b", 1, turns.MAX_BYTES))
