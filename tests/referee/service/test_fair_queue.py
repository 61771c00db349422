from __future__ import annotations

import dataclasses

import pytest
from msgspec.structs import replace

from grader.referee.service import fair_queue
from grader.referee.service.fair_queue import FairQueue, Flooded, Full, Job
from grader.referee.service.messages import Request, Task
from grader.referee.spec.recipe import Observation
from tests.referee.fakes import recipe


def job(client: str, number: int, size: int = 100, later: bool = False) -> Job:
    request = Request(number, Task.STEP, recipe("x"), client, later=later)
    return Job(client.encode(), request, b"x" * size)


def asks(client: str, network: str, epochs: int = 1, seed: int = 0) -> Job:
    """A job of a recipe; clients are named by it."""
    asked = replace(recipe(network, epochs), seed=seed)
    request = Request(1, Task.STEP, asked, client, later=seed > 0)
    return Job(client.encode(), request, b"x")


def queue(*jobs: Job) -> FairQueue:
    waiting = FairQueue()
    for one in jobs:
        waiting.add(one)
    return waiting


def names(jobs: list[Job]) -> list[str]:
    return [f"{job.request.who}{job.request.number}" for job in jobs]


def served(waiting: FairQueue) -> list[str]:
    return names(list(iter(waiting.next, None)))


def filled(*asked: str) -> FairQueue:
    waiting = FairQueue()
    for name in asked:
        waiting.add(job(name[0], int(name[1:])))
    return waiting


def test_clients_are_served_in_turn_however_much_one_of_them_asks() -> None:
    waiting = filled("a1", "a2", "a3", "b1", "c1", "c2")
    assert names(list(waiting)) == ["a1", "b1", "c1", "a2", "c2", "a3"]
    assert served(waiting) == ["a1", "b1", "c1", "a2", "c2", "a3"]
    assert waiting.next() is None


def test_further_seeds_wait_until_nobody_trains_for_the_first_time() -> None:
    waiting = FairQueue()
    for client, number, later in (("a", 1, True), ("b", 1, True), ("c", 1, False), ("a", 2, True)):
        waiting.add(job(client, number, later=later))
    assert names(list(waiting)) == ["c1", "a1", "b1", "a2"]
    assert waiting.next() == job("c", 1)
    waiting.add(job("d", 1))
    waiting.forget(b"b")
    assert served(waiting) == ["d1", "a1", "a2"]


def test_who_comes_late_is_served_before_the_rest_of_one_who_was_served() -> None:
    waiting = filled("a1", "a2", "a3")
    first = waiting.next()
    assert first is not None
    waiting.add(job("b", 1))
    assert [first.request.number, *served(waiting)] == [1, "a2", "b1", "a3"]


def test_what_is_asked_again_waits_once() -> None:
    assert served(filled("a1", "a1", "b1", "a1")) == ["a1", "b1"]


def test_who_asks_for_too_much_loses_all_of_it_and_others_nothing() -> None:
    waiting = filled("b1", *(f"a{number}" for number in range(fair_queue.MAX_WAITING)))
    with pytest.raises(Flooded, match="16 requests"):
        waiting.add(job("a", 99))
    assert served(waiting) == ["b1"]


def test_bytes_are_bounded_too() -> None:
    waiting = filled("b1")
    half = fair_queue.MAX_BYTES // 2
    waiting.add(job("a", 1, half))
    with pytest.raises(Flooded):
        waiting.add(job("a", 2, half + 1))
    assert served(waiting) == ["b1"]


def test_all_clients_together_are_bounded() -> None:
    waiting = FairQueue()
    for number in range(fair_queue.MAX_CLIENTS):
        waiting.add(Job(b"%d" % number, Request(1, Task.STEP, recipe("x")), b"x"))
    with pytest.raises(Full, match="try again later"):
        waiting.add(job("a", 1))
    waiting.forget(b"0")
    waiting.add(job("a", 1))
    assert len(list(waiting)) == fair_queue.MAX_CLIENTS


def test_all_bytes_together_are_bounded_and_free_again_when_served() -> None:
    waiting = FairQueue()
    large = job("x", 1, fair_queue.MAX_BYTES)
    for number in range(fair_queue.MAX_ALL_BYTES // fair_queue.MAX_BYTES):
        waiting.add(Job(b"%d" % number, large.request, large.raw))
    with pytest.raises(Full):
        waiting.add(job("a", 1))
    waiting.next()
    waiting.add(job("a", 1))
    waiting.forget(b"1")
    waiting.add(job("b", 1, fair_queue.MAX_BYTES))


# -- which training comes first ----------------------------------------------------------------


def test_what_most_clients_wait_for_comes_first_and_then_whose_turn_it_is() -> None:
    waiting = queue(asks("a", "x"), asks("b", "y"), asks("c", "z"), asks("d", "z"))
    assert names(list(waiting)) == ["c1", "d1", "a1", "b1"]
    first = waiting.next()
    assert first is not None
    waiting.know(first)
    assert [first.request.who, *served(waiting)] == ["c", "d1", "a1", "b1"]


def test_an_epoch_more_is_another_epoch_of_the_same_chain() -> None:
    longer, shorter, other = asks("a", "x", 3), asks("b", "x", 2), asks("c", "y", 2)
    assert longer.chain == shorter.chain != other.chain
    assert len({longer.key, shorter.key, other.key}) == 3
    assert names(list(queue(longer, shorter, other))) == ["a1", "b1", "c1"]


def test_a_stored_epoch_waits_for_no_training() -> None:
    waiting = queue(asks("a", "x"), asks("b", "x"), asks("c", "y"))
    waiting.know(asks("d", "y"))
    assert served(waiting) == ["c1", "a1", "b1"]


def test_further_seeds_hold_up_no_first_training() -> None:
    waiting = queue(asks("a", "x", seed=1), asks("b", "x", seed=1), asks("c", "y"))
    assert served(waiting) == ["c1", "a1", "b1"]


def test_a_further_seed_that_is_stored_is_answered_at_once() -> None:
    waiting = queue(asks("c", "y"), asks("a", "x", seed=1))
    waiting.know(asks("b", "x", seed=1))
    assert served(waiting) == ["a1", "c1"]


def test_whose_chain_is_being_trained_waits_and_others_do_not() -> None:
    waiting = queue(asks("a", "x", 2), asks("b", "y"))
    busy = {asks("c", "x").chain}
    taken = waiting.next(busy)
    assert taken is not None
    assert taken.request.who == "b"
    assert waiting.next(busy) is None
    assert served(waiting) == ["a1"]


def test_a_request_is_overtaken_a_few_times_only() -> None:
    waiting = queue(asks("lonely", "x"))
    order = []
    for turn in range(fair_queue.MAX_PASSED + 1):
        for client in ("p", "q"):
            waiting.add(asks(client, f"wanted {turn}"))
        job = waiting.next()
        assert job is not None
        order.append(job.request.who)
        waiting.forget(b"p")
        waiting.forget(b"q")
    assert order == ["p"] * fair_queue.MAX_PASSED + ["lonely"]


def test_few_keys_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_queue, "MAX_KNOWN", 2)
    waiting = queue(asks("a", "0"), asks("b", "2"))
    for number in range(3):
        waiting.know(asks("z", str(number)))
    assert served(waiting) == ["b1", "a1"]


def test_what_is_observed_otherwise_is_no_stored_answer_but_the_same_training() -> None:
    plain = asks("a", "x")
    request = dataclasses.replace(plain.request, observation=Observation("[]"), who="b")
    observed = Job(b"b", request, b"x")
    assert observed.key == plain.key
    waiting = queue(asks("c", "y"), observed)
    waiting.know(plain)
    assert served(waiting) == ["c1", "b1"]
