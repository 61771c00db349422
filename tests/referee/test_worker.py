"""The worker as a process: turns, limits, deaths, and clients that mean no good."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from grader.errors import DeclarationRefused, RefereeError
from grader.model import Budget
from grader.referee import addresses, wire
from grader.referee.client import Client, connect
from grader.referee.recipe import dump
from tests.referee import world
from tests.referee.fakes import done, recipe
from tests.referee.world import Raw

MB = 1 << 20


@pytest.fixture
def worker(runs: Path, address: str) -> Iterator[world.Worker]:
    with world.worker(world.setup(runs), address) as started:
        yield started


@pytest.fixture
def client(worker: world.Worker) -> Iterator[Client]:
    with connect(worker.address) as connected:
        yield connected


def trained(runs: Path) -> list[object]:
    return [network for _, network, _, what in done(runs) if what == "trained"]


def trainer(runs: Path) -> int:
    """The id of the trainer that took a request last, once one did."""
    assert world.eventually(lambda: done(runs))
    (*_, last) = [str(what) for *_, what in done(runs) if str(what).startswith("began")]
    return int(last.split()[1])


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


def test_one_line_a_request_is_logged(client: Client, runs: Path) -> None:
    for who in ("ada", "ben"):
        client.step(recipe("x", 2), who)
    lines = (runs / "referee.log").read_text().splitlines()
    assert [line.split(" ", 2)[2] for line in lines if "epoch" in line] == [
        "ada: network 2d711642b726, epoch 2, 0.0 s, trained",
        "ben: network 2d711642b726, epoch 2, 0.0 s, from the store",
    ]


def test_clients_are_served_in_turn(worker: world.Worker, runs: Path) -> None:
    with Raw(worker.address) as greedy, Raw(worker.address) as modest:
        greedy.ask(0, recipe("sleep 0.5 first"))
        trainer(runs)
        for number in range(1, 11):
            for _ in range(3):  # who asks again does not get more
                greedy.ask(number, recipe(f"greedy {number}"))
        greedy.ask(0, recipe("sleep 0.5 first"))
        modest.ask(1, recipe("modest 1"))
        modest.ask(2, recipe("modest 2"))
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


def test_who_waits_hears_of_it(worker: world.Worker) -> None:
    with Raw(worker.address) as first, Raw(worker.address) as second:
        first.ask(1, recipe("sleep 2.5"))
        heard = wire.read_reply(first.socket.recv_multipart())
        assert heard == (1, wire.Queued(0))
        second.ask(1, recipe("x"))
        assert wire.read_reply(second.socket.recv_multipart()) == (1, wire.Queued(1))


# -- limits ------------------------------------------------------------------------------------


def test_an_epoch_that_takes_too_long_is_refused_and_the_next_is_trained(
    runs: Path, address: str
) -> None:
    made_of = world.setup(runs, Budget(epoch_seconds=1.0))
    with world.worker(made_of, address), connect(address) as client:
        assert client.step(recipe("sleep 0.1"), "ada").fresh
        with pytest.raises(DeclarationRefused, match="takes longer than 1 s"):
            client.step(recipe("sleep 600"), "ada")
        assert client.step(recipe("x"), "ben").fresh
        # All three may have to be trained again, if the store has lost the first two.
        assert client.step(recipe("sleep 1.5", 3), "ada").fresh


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

    threading.Timer(0.0, kill).start()
    assert client.step(recipe("sleep 1"), "ada").fresh
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
        assert world.eventually(lambda: not psutil.pid_exists(kept), 10)
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
        answer = threads.submit(client.step, recipe("sleep 0.5", 2), "ada")
        killer.join()
        with world.worker(world.setup(runs), address):
            assert answer.result(world.PATIENCE).weights[0][0, 0] == 2.0


# -- clients that mean no good, each beside an honest one --------------------------------------


def garbage(raw: Raw) -> None:
    for parts in ([b""], [b"garbage"], [b"\x80\x04K\x01."], [b"", b"{}"], [b"{}"] * 500):
        raw.send(*parts)


def wrong_json(raw: Raw) -> None:
    for header in ([], 7, {}, {"do": "step"}, {"do": "eval", "number": 1, "who": ""}):
        raw.send(json.dumps(header).encode())
    raw.send(json.dumps({"do": "step", "number": 1, "who": "x", "recipe": {"fits": 3}}).encode())


def nested(raw: Raw) -> None:
    raw.send(b"[" * 1_000_000)
    deep = json.dumps({"do": "step", "number": 1, "who": "x", "recipe": "?"}).encode()
    raw.send(deep.replace(b'"?"', b'{"network":' * 100_000 + b"1" + b"}" * 100_000))


def huge(raw: Raw) -> None:
    raw.send(b"x" * (wire.MAX_REQUEST + 1))
    raw.send(b"{}", *[b"y" * MB] * 60)


def replayed(raw: Raw) -> None:
    for network in range(12):
        raw.ask(1, recipe(f"replayed {network}"))


def flood(raw: Raw) -> None:
    for number in range(10_000):
        raw.ask(number, recipe(f"sleep 30 {number}"))


def same_again(raw: Raw) -> None:
    for _ in range(10_000):
        raw.ask(1, recipe("sleep 0.5"))


def greetings(raw: Raw) -> None:
    for number in range(5_000):
        raw.send(wire.request(wire.Asked(number, "hello")))


@pytest.mark.parametrize(
    "attack", [garbage, wrong_json, nested, huge, replayed, flood, same_again, greetings]
)
def test_an_honest_client_is_answered_beside_an_attack(
    client: Client, worker: world.Worker, attack: Callable[[Raw], None]
) -> None:
    client.hello()
    pid = worker.process.pid
    with Raw(worker.address) as raw:
        attack(raw)
        assert client.step(recipe("x"), "ada").fresh
        assert psutil.pid_exists(pid)
        assert psutil.Process(pid).memory_info().rss < 600 * MB
    assert client.step(recipe("y"), "ada").fresh


def test_what_is_not_understood_is_answered_so(worker: world.Worker) -> None:
    with Raw(worker.address) as raw:
        raw.send(json.dumps({"do": "eval", "number": 5, "who": "x"}).encode())
        ((number, answer),) = raw.replies(1)
        assert (number, type(answer)) == (5, RefereeError)
        assert "expected step, measure or hello" in str(answer)
        raw.send(json.dumps({"do": "step", "number": 6, "who": "x", "recipe": {}}).encode())
        ((number, answer),) = raw.replies(1)
        assert (number, type(answer)) == (6, DeclarationRefused)


def test_who_floods_is_told_loses_all_and_is_not_listened_to_for_a_while(
    worker: world.Worker, client: Client, runs: Path
) -> None:
    client.hello()
    with Raw(worker.address) as raw:
        raw.ask(0, recipe("sleep 1"))
        trainer(runs)
        for number in range(1, 10_000):
            raw.ask(number, recipe(f"x {number}"))
        (first, second) = raw.replies(2)
        assert (first[0], type(first[1])) == (17, RefereeError)
        assert "16 requests" in str(first[1])
        assert second[0] == 0  # what was being carried out is
        raw.ask(20_000, recipe("y"))
        assert client.step(recipe("z"), "ada").fresh
    assert trained(runs) == ["sleep 1", "z"]


def test_who_vanishes_takes_the_requests_along(worker: world.Worker, runs: Path) -> None:
    with Raw(worker.address) as stays, Raw(worker.address) as goes:
        stays.ask(1, recipe("sleep 2.5"))
        trainer(runs)
        goes.ask(1, recipe("gone 1"))
        goes.ask(2, recipe("gone 2"))
        assert goes.socket.poll(world.PATIENCE * 1000)  # it hears that it waits
        goes.socket.close(linger=0)
        stays.replies(1)
        stays.ask(2, recipe("last"))
        stays.replies(1)
    assert trained(runs) == ["sleep 2.5", "last"]


def test_who_connects_and_says_nothing_or_half_a_word_disturbs_nobody(
    worker: world.Worker, client: Client
) -> None:
    client.hello()
    silent = []
    for word in (b"", b"\xff", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, os.urandom(4096)):
        silent.append(socket.socket(socket.AF_UNIX))
        silent[-1].connect(worker.address.removeprefix("ipc://"))
        silent[-1].sendall(word)
    assert client.step(recipe("x"), "ada").fresh
    for one in silent:
        one.close()
    assert client.step(recipe("y"), "ada").fresh


def test_who_does_not_read_the_answers_disturbs_nobody(
    worker: world.Worker, client: Client, runs: Path
) -> None:
    with Raw(worker.address, reads=1) as deaf:
        for number in range(15):
            deaf.ask(number, recipe("large"))
        assert client.step(recipe("x"), "ada").fresh
        assert world.eventually(lambda: len(done(runs)) > 16)
        assert client.step(recipe("y"), "ada").fresh
        assert psutil.Process(worker.process.pid).memory_info().rss < 600 * MB


def test_a_message_without_end_costs_its_sender_the_connection(runs: Path, address: str) -> None:
    small = "front.MAX_MEMORY = 200 << 20"
    with world.worker(world.setup(runs), address, small) as started, connect(address) as client:
        client.hello()
        with ThreadPoolExecutor() as threads:
            answer = threads.submit(client.step, recipe("sleep 3"), "ada")
            trainer(runs)
            part = b"\x03" + struct.pack(">Q", MB) + os.urandom(MB)
            with endless(address) as sender, pytest.raises((BrokenPipeError, ConnectionError)):
                sender.sendall(part * 1000)
            assert answer.result(world.PATIENCE).weights
        assert started.process.poll() is None
    assert trained(runs) == ["sleep 3"]
    assert "connections are dropped" in (runs / "referee.log").read_text()


def endless(address: str) -> socket.socket:
    """A connection that speaks ZeroMQ's protocol by hand, as far as to the first message."""
    sender = socket.socket(socket.AF_UNIX)
    sender.settimeout(world.PATIENCE)
    sender.connect(address.removeprefix("ipc://"))
    sender.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48))
    ready = b"\x05READY\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER"
    sender.sendall(bytes([4, len(ready)]) + ready)
    sender.recv(64, socket.MSG_WAITALL)
    return sender


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
            pytest.raises(RefereeError, match=r"no sign of life.*c\.Course\.referee_key"),
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
    assert started.process.wait(world.PATIENCE) == 1
    assert "needs a key" in (runs / "referee.log").read_text()


def test_a_port_that_is_taken_is_said(runs: Path, tmp_path: Path) -> None:
    addresses.key_pair(tmp_path / "key")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        started = world.start(address, world.setup(runs), key=tmp_path / "key")
        assert started.process.wait(world.PATIENCE) == 1
    assert f"the referee cannot listen at {address}" in (runs / "referee.log").read_text()


def test_a_place_that_is_taken_is_said(worker: world.Worker, runs: Path) -> None:
    with connect(worker.address) as client:
        client.hello()
        second = world.start(worker.address, world.setup(runs))
        assert second.process.wait(world.PATIENCE) == 1
        assert client.step(recipe("x"), "ada").fresh
    assert "listens at" in (runs / "referee.log").read_text()


def test_the_front_imports_no_keras() -> None:
    code = (
        "import sys, grader.referee.worker; print({'keras', 'tensorflow', 'jax'} & {*sys.modules})"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=world.ROOT
    )
    assert ran.stdout == "set()\n"


def test_dumped_recipes_are_what_is_sent() -> None:
    sent = json.loads(wire.request(wire.Asked(1, "step", recipe("x"), "ada")))
    assert sent["recipe"] == json.loads(json.dumps(dump(recipe("x"))))
