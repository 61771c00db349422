"""The broker in a real worker, beside clients that mean no good."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from grader.errors import DeclarationRefused, RefereeError
from grader.referee.service import wire
from grader.referee.service.client import Client, connect
from grader.referee.service.messages import Request, Task
from tests.patience import PATIENCE, eventually
from tests.referee import world
from tests.referee.fakes import done, recipe, release
from tests.referee.world import Raw, trained, trainer

pytestmark = pytest.mark.process


MB = 1 << 20


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
        raw.ask(number, recipe(f"sleep 1 {number}"))


def same_again(raw: Raw) -> None:
    for _ in range(10_000):
        raw.ask(1, recipe("sleep 0.5"))


def greetings(raw: Raw) -> None:
    for number in range(5_000):
        raw.send(wire.write_request(Request(number, Task.HELLO)))


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
        assert "eval" in str(answer)
        raw.send(json.dumps({"do": "step", "number": 6, "who": "x", "recipe": {}}).encode())
        ((number, answer),) = raw.replies(1)
        assert (number, type(answer)) == (6, DeclarationRefused)


def test_who_floods_is_told_loses_all_and_is_not_listened_to_for_a_while(
    runs: Path, address: str
) -> None:
    for_long = "broker.BANNED_SECONDS = 3600"
    with (
        world.worker(world.setup(runs), address, for_long),
        connect(address) as client,
        Raw(address) as raw,
    ):
        raw.ask(0, recipe("wait"))
        trainer(runs)
        for number in range(1, 10_000):
            raw.ask(number, recipe(f"x {number}"))
        (first,) = raw.replies(1)
        release(runs)
        (second,) = raw.replies(1)
        assert (first[0], type(first[1])) == (17, RefereeError)
        assert "16 requests" in str(first[1])
        assert second[0] == 0  # what was being carried out is
        raw.ask(20_000, recipe("y"))
        assert client.step(recipe("z"), "ada").fresh
    assert trained(runs) == ["wait", "z"]


def test_who_vanishes_takes_the_requests_along(worker: world.Worker, runs: Path) -> None:
    with Raw(worker.address) as stays, Raw(worker.address) as goes:
        stays.ask(1, recipe("wait"))
        trainer(runs)
        goes.ask(1, recipe("gone 1"))
        goes.ask(2, recipe("gone 2"))
        assert goes.socket.poll(PATIENCE * 1000)  # it hears that it waits
        goes.socket.close(linger=0)
        for _ in range(4):  # with each of them, one is sent to who is gone, too
            stays.sign_of_life()
        release(runs)
        stays.replies(1)
        stays.ask(2, recipe("last"))
        stays.replies(1)
    assert trained(runs) == ["wait", "last"]


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
    for connection in silent:
        connection.close()
    assert client.step(recipe("y"), "ada").fresh


def test_who_does_not_read_the_answers_disturbs_nobody(
    worker: world.Worker, client: Client, runs: Path
) -> None:
    with Raw(worker.address, reads=1) as deaf:
        for number in range(15):
            deaf.ask(number, recipe("large"))
        assert client.step(recipe("x"), "ada").fresh
        assert eventually(lambda: len(done(runs)) > 16)
        assert client.step(recipe("y"), "ada").fresh
        assert psutil.Process(worker.process.pid).memory_info().rss < 600 * MB


def test_a_message_without_end_costs_its_sender_the_connection(runs: Path, address: str) -> None:
    small, dropped = "broker.MAX_MEMORY = 200 << 20", "connections are dropped"
    log = runs / "referee.log"
    with world.worker(world.setup(runs), address, small) as started, connect(address) as client:
        client.hello()
        with ThreadPoolExecutor() as threads:
            answer = threads.submit(client.step, recipe("sleep 3"), "ada")
            trainer(runs)
            part = b"\x03" + struct.pack(">Q", MB) + os.urandom(MB)
            with endless(address) as sender:
                with suppress(ConnectionError):  # dropped before all of it was sent
                    sender.sendall(part * 300)
                assert eventually(lambda: dropped in log.read_text())
                with pytest.raises(ConnectionError):
                    sender.sendall(part)
            assert answer.result(PATIENCE).weights
        assert started.process.poll() is None
    assert trained(runs) == ["sleep 3"]
    assert dropped in log.read_text()


def endless(address: str) -> socket.socket:
    """A connection that speaks ZeroMQ's protocol by hand, as far as to the first message."""
    sender = socket.socket(socket.AF_UNIX)
    sender.settimeout(PATIENCE)
    sender.connect(address.removeprefix("ipc://"))
    sender.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48))
    ready = b"\x05READY\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER"
    sender.sendall(bytes([4, len(ready)]) + ready)
    sender.recv(64, socket.MSG_WAITALL)
    return sender
