"""The trainer's supervisor in a real worker: the log, limits, and deaths of trainers."""

from __future__ import annotations

import errno
import os
import re
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from grader.errors import DeclarationRefused, RefereeError
from grader.model import Budget
from grader.referee.service import trainer_supervisor, wire
from grader.referee.service.client import Client, connect
from grader.referee.service.fair_queue import Job
from grader.referee.service.messages import Request, Task
from grader.referee.service.trainer_supervisor import TrainerSupervisor
from tests.referee import world
from tests.referee.fakes import done, recipe, release
from tests.referee.world import trainer

pytestmark = pytest.mark.process

MB = 1 << 20


def test_one_line_a_request_is_logged(client: Client, runs: Path) -> None:
    for who in ("ada", "ben"):
        client.step(recipe("x", 2), who)
    lines = (runs / "referee.log").read_text().splitlines()
    first, second = [line.split(" ", 2)[2] for line in lines if "epoch" in line]
    assert re.fullmatch(r"ada: network 2d711642b726, epoch 2, \d+\.\d s, trained", first)
    assert re.fullmatch(r"ben: network 2d711642b726, epoch 2, \d+\.\d s, from the store", second)


# -- limits ------------------------------------------------------------------------------------


def test_an_epoch_that_takes_too_long_is_refused_and_the_next_is_trained(
    runs: Path, address: str
) -> None:
    made_of = world.setup(runs, Budget(epoch_seconds=2.0))
    with world.worker(made_of, address), connect(address) as client:
        assert client.step(recipe("sleep 0.1"), "ada").fresh
        with pytest.raises(DeclarationRefused, match="longer than 2 s"):
            client.step(recipe("sleep 600"), "ada")
        assert client.step(recipe("x"), "ben").fresh
        # All three may have to be trained again, if the store has lost the first two.
        assert client.step(recipe("sleep 2.5", 3), "ada").fresh


def test_a_training_that_takes_too_much_memory_is_refused(runs: Path, address: str) -> None:
    made_of = world.setup(runs, Budget(memory_bytes=250 * MB))
    with world.worker(made_of, address), connect(address) as client:
        assert client.step(recipe("x"), "ada").fresh
        with pytest.raises(DeclarationRefused, match=r"more than the 0\.244 GB"):
            client.step(recipe("allocate 400"), "ada")
        assert client.step(recipe("y"), "ben").fresh


def test_memory_that_others_left_behind_costs_nobody_a_training(runs: Path, address: str) -> None:
    made_of = world.setup(runs, Budget(memory_bytes=250 * MB))
    with world.worker(made_of, address), connect(address) as client:
        for number in range(3):
            assert client.step(recipe(f"leak 90 {number}"), "ada").fresh


# -- deaths ------------------------------------------------------------------------------------


def test_a_trainer_that_dies_is_replaced_and_its_request_carried_out(
    client: Client, runs: Path
) -> None:
    assert client.step(recipe("die-once"), "ada").fresh
    with pytest.raises(RefereeError, match=r"killed by SIGKILL, twice; see .*referee\.log"):
        client.step(recipe("die"), "ada")
    assert client.step(recipe("x"), "ben").fresh


def test_a_trainer_killed_from_outside_costs_time_and_nothing_else(
    client: Client, runs: Path
) -> None:
    def kill() -> None:
        os.kill(trainer(runs), signal.SIGKILL)
        release(runs)

    threading.Timer(0.0, kill).start()
    assert client.step(recipe("wait"), "ada").fresh
    began = [what for *_, what in done(runs) if str(what).startswith("began")]
    assert len(set(began)) == 2


def test_an_idle_trainer_that_dies_is_replaced_when_it_is_needed(
    client: Client, runs: Path
) -> None:
    client.step(recipe("x"), "ada")
    os.kill(trainer(runs), signal.SIGKILL)
    assert client.step(recipe("y"), "ada").fresh


def test_a_trainer_that_does_not_come_up_fails_each_request_with_the_place_to_look(
    runs: Path, address: str
) -> None:
    with (
        world.worker(world.setup(runs, factory="never"), address),
        connect(address) as client,
    ):
        for ask in (lambda: client.step(recipe("x"), "ada"), client.hello):
            with pytest.raises(RefereeError, match=r"ended with 1 before.*see .*referee\.log"):
                ask()
    assert "no such backend" in (runs / "referee.log").read_text()


def test_a_trainer_for_which_no_process_is_left_fails_the_request_and_is_tried_again(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Any) -> Any:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    supervisor = TrainerSupervisor(world.setup(runs))
    job = Job(b"", Request(1, Task.STEP, recipe("x"), "ada"), b"")
    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(trainer_supervisor, "TrainerProcess", refused)
            supervisor.take(job)
            done = supervisor.look()
        assert done is not None
        assert supervisor.idle
        _, answer = wire.read_reply([bytes(part) for part in done.reply])
        assert "cannot be started: Resource temporarily unavailable" in str(answer)
    supervisor.start()
    assert (supervisor.started, supervisor.problem) == (True, "")
    supervisor.end()
