"""The worker as a process: what it answers, how it ends, and who may reach it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from grader.errors import DeclarationRefused, RefereeError
from grader.referee.service import addresses
from grader.referee.service.client import Client, connect
from tests.patience import PATIENCE, eventually
from tests.referee import world
from tests.referee.fakes import recipe, release
from tests.referee.world import Raw, trained, trainer

pytestmark = pytest.mark.process

MB = 1 << 20


def test_a_step_a_measurement_and_a_greeting_are_answered(client: Client) -> None:
    epoch = client.step(recipe("x", 3), "ada")
    assert epoch.fresh
    assert epoch.weights[0].tolist() == [[3.0] * 3] * 2
    assert not client.step(recipe("x", 3), "ben").fresh
    assert client.measure(recipe("x", 3), "ada").test_accuracy == 0.03
    assert str(client.hello()) == "made-up 1.0, Keras 0, on paper"


def test_refusals_and_failures_come_back_as_such(client: Client) -> None:
    with pytest.raises(DeclarationRefused, match=r"^too many epochs$"):
        client.step(recipe("refuse too many epochs"), "ada")
    with pytest.raises(RefereeError, match=r"^no data$"):
        client.step(recipe("fail no data"), "ada")
    with pytest.raises(RefereeError, match=r"^ZeroDivisionError: by 0$"):
        client.measure(recipe("break by 0"), "ada")
    assert client.step(recipe("x"), "ada").fresh


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_a_worker_however_it_ends(
    runs: Path, address: str, number: signal.Signals
) -> None:
    started = world.start(address, world.setup(runs))
    with Raw(address) as raw:
        raw.ask(1, recipe("sleep 600"))
        kept = trainer(runs)
        assert set(world.processes(runs)) == {started.process.pid, kept}
        started.kill(number)
        assert eventually(lambda: not psutil.pid_exists(kept))
    file = addresses.socket_file(address)
    assert file is not None
    assert file.exists() is (number == signal.SIGKILL)
    file.unlink(missing_ok=True)


def test_a_worker_that_is_killed_and_started_again_answers_what_was_asked(
    runs: Path, address: str
) -> None:
    first = world.start(address, world.setup(runs))

    def replace() -> None:
        trainer(runs)
        first.kill()

    killer = threading.Thread(target=replace)
    killer.start()
    with connect(address) as client, ThreadPoolExecutor() as threads:
        answer = threads.submit(client.step, recipe("wait", 2), "ada")
        killer.join()
        release(runs)
        with world.worker(world.setup(runs), address):
            assert answer.result(PATIENCE).weights[0][0, 0] == 2.0


# -- over a network ----------------------------------------------------------------------------


@pytest.fixture
def network_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


def test_the_right_key_is_answered_and_a_wrong_one_is_not(
    runs: Path, tmp_path: Path, network_address: str
) -> None:
    public, _ = addresses.key_pair(tmp_path / "key")
    other, _ = addresses.key_pair(tmp_path / "other")
    with world.worker(world.setup(runs), network_address, key=tmp_path / "key"):
        with connect(network_address, public) as client:
            assert client.step(recipe("x"), "ada").fresh
        with (
            connect(network_address, other, give_up_seconds=2) as client,
            pytest.raises(RefereeError, match=r"is lost .no connection.*c\.Course\.referee_key"),
        ):
            client.step(recipe("x"), "ada")
        with Raw(network_address) as raw:  # and none at all
            raw.ask(1, recipe("y"))
            assert raw.next_part() is None
        with connect(network_address, public) as client:
            assert client.step(recipe("z"), "ada").fresh
    assert trained(runs) == ["x", "z"]


def test_nobody_listens_on_a_network_without_a_key(runs: Path, network_address: str) -> None:
    started = world.start(network_address, world.setup(runs))
    assert started.process.wait(PATIENCE) == 1
    assert "needs a key" in (runs / "referee.log").read_text()


def test_a_port_that_is_taken_is_said(runs: Path, tmp_path: Path) -> None:
    addresses.key_pair(tmp_path / "key")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        started = world.start(address, world.setup(runs), key=tmp_path / "key")
        assert started.process.wait(PATIENCE) == 1
    assert f"the referee cannot listen at {address}" in (runs / "referee.log").read_text()


def test_a_place_that_is_taken_is_said(worker: world.Worker, runs: Path) -> None:
    with connect(worker.address) as client:
        client.hello()
        second = world.start(worker.address, world.setup(runs))
        assert second.process.wait(PATIENCE) == 1
        assert client.step(recipe("x"), "ada").fresh
    assert "listens at" in (runs / "referee.log").read_text()


def test_the_broker_imports_no_keras() -> None:
    code = (
        "import sys, grader.referee.service.worker; "
        "print({'keras', 'tensorflow', 'jax'} & {*sys.modules})"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=world.ROOT
    )
    assert ran.stdout == "set()\n"
