"""The broker in a real worker: whose turn it is, and trainers side by side."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.errors import RefereeError
from grader.referee.service import wire
from grader.referee.service.client import connect
from grader.referee.service.messages import Queued, Request, Task
from tests.patience import PATIENCE, eventually
from tests.referee import world
from tests.referee.fakes import done, recipe, release
from tests.referee.world import Raw, trained, trainer

pytestmark = pytest.mark.process


def test_clients_are_served_in_turn(worker: world.Worker, runs: Path) -> None:
    with Raw(worker.address) as greedy, Raw(worker.address) as modest:
        greedy.ask(0, recipe("wait first"))
        trainer(runs)
        for number in range(1, 11):
            for _ in range(3):  # who asks again does not get more
                greedy.ask(number, recipe(f"greedy {number}"))
        greedy.ask(0, recipe("wait first"))
        modest.ask(1, recipe("modest 1"))
        modest.ask(2, recipe("modest 2"))
        greedy.until_heard()
        modest.until_heard()
        release(runs)
        assert [number for number, _ in modest.replies(2)] == [1, 2]
        assert [number for number, _ in greedy.replies(11)] == list(range(11))
    order = trained(runs)
    assert len(order) == len(set(order)) == 13
    assert order.index("modest 1") <= 2
    assert order.index("modest 2") <= 4


def test_the_same_training_asked_for_twice_at_once_is_done_once(
    worker: world.Worker, runs: Path
) -> None:
    def ask(who: str) -> bool:
        with connect(worker.address) as client:
            return client.step(recipe("sleep 0.3"), who).fresh

    with ThreadPoolExecutor() as threads:
        assert sorted(threads.map(ask, ("ada", "ben", "eve"))) == [False, False, True]
    assert trained(runs) == ["sleep 0.3"]


def test_who_waits_hears_of_it(worker: world.Worker, runs: Path) -> None:
    with Raw(worker.address) as first, Raw(worker.address) as second:
        first.ask(1, recipe("wait"))
        assert first.sign_of_life() == (1, Queued(0))
        second.ask(1, recipe("x"))
        assert second.sign_of_life() == (1, Queued(1))
        release(runs)
        assert [number for number, _ in second.replies(1)] == [1]


# -- several trainers --------------------------------------------------------------------------


def began(runs: Path) -> dict[str, str]:
    """The networks whose trainings began, and the process of each."""
    return {str(net): str(what) for _, net, _, what in done(runs) if str(what).startswith("began")}


@pytest.fixture
def two(runs: Path, address: str) -> Iterator[world.Worker]:
    """A worker with two trainers."""
    with world.worker(dataclasses.replace(world.setup(runs), trainers=2), address) as started:
        yield started


def test_two_trainers_train_two_networks_at_once(two: world.Worker, runs: Path) -> None:
    with Raw(two.address) as first, Raw(two.address) as second, Raw(two.address) as third:
        for number, raw in enumerate((first, second, third)):
            raw.ask(1, recipe(f"wait {number}"))
            trainer(runs)  # the first has come up
            assert raw.sign_of_life() == (1, Queued(max(0, number - 1)))
        assert eventually(lambda: len(began(runs)) == 2)
        release(runs)
        for raw in (first, second, third):
            raw.replies(1)
    processes = began(runs)
    assert processes["wait 0"] != processes["wait 1"]


def test_two_trainers_never_train_one_chain_at_once(two: world.Worker, runs: Path) -> None:
    with Raw(two.address) as first, Raw(two.address) as second, Raw(two.address) as other:
        first.ask(1, recipe("wait"))
        trainer(runs)
        second.ask(1, recipe("wait"))
        second.ask(2, recipe("wait", 2))
        other.ask(1, recipe("x"))
        other.replies(1)  # the second trainer is free, and the chain waits all the same
        assert list(began(runs)) == ["wait", "x"]
        release(runs)
        first.replies(1)
        second.replies(2)
    assert trained(runs) == ["x", "wait", "wait"]  # an epoch, and the next
    assert [what for _, net, _, what in done(runs) if net == "wait"].count("found") == 1


def test_a_trainer_that_is_killed_costs_the_other_nothing(two: world.Worker, runs: Path) -> None:
    with ThreadPoolExecutor() as threads, connect(two.address) as ada, connect(two.address) as ben:
        slow = threads.submit(ada.step, recipe("wait"), "ada")
        killed = trainer(runs)
        poison = threads.submit(ben.step, recipe("die"), "ben")
        with pytest.raises(RefereeError, match="killed by SIGKILL, twice"):
            poison.result(PATIENCE)
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: trainer(runs) != killed)
        release(runs)
        assert slow.result(PATIENCE).fresh
        assert ben.step(recipe("y"), "ben").fresh


def test_most_wanted_comes_first_and_further_seeds_last(worker: world.Worker, runs: Path) -> None:
    with contextlib.ExitStack() as ends:
        clients = [ends.enter_context(Raw(worker.address)) for _ in range(5)]
        clients[0].ask(1, recipe("wait"))
        trainer(runs)
        further = replace(recipe("further"), seed=1)
        clients[1].send(wire.write_request(Request(1, Task.STEP, further, "raw", later=True)))
        clients[2].ask(1, recipe("lonely"))
        for wants in clients[3:]:
            wants.ask(1, recipe("wanted"))
        for waits in clients[1:]:
            waits.until_heard()
        release(runs)
        for client in clients:
            client.replies(1)
    assert trained(runs) == ["wait", "wanted", "lonely", "further"]
