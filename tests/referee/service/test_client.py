"""The client against a worker that answers as a test likes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import zmq

from grader.errors import ConfigurationError, DeclarationRefused, RefereeError
from grader.referee.service import client as clients
from grader.referee.service import wire
from grader.referee.service.client import connect
from grader.referee.service.messages import Answer, Hello, Queued, Request, Task
from grader.referee.spec.contract import Measures
from tests.patience import PATIENCE
from tests.referee.fakes import recipe

MEASURES = Measures(0.25, 0.5, True, 7)


@contextmanager
def answering(
    address: str,
    answer: Callable[[Request], Sequence[list[wire.Part]]],
    secret_key: bytes = b"",
) -> Iterator[None]:
    """A worker that gives some replies to each request."""
    over = threading.Event()

    def work() -> None:
        with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
            router.linger = 0
            if secret_key:
                router.curve_server, router.curve_secretkey = True, secret_key
            router.bind(address)
            while not over.is_set():
                if router.poll(20):
                    who, *parts = router.recv_multipart()
                    for reply in answer(wire.read_request(parts)):
                        router.send_multipart([who, *reply])

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        Path(address.removeprefix("ipc://")).unlink(missing_ok=True)


def with_each(*answers: Answer | Queued) -> Callable[[Request], list[list[wire.Part]]]:
    return lambda request: [wire.write_reply(request.number, answer) for answer in answers]


@pytest.mark.parametrize("error", [DeclarationRefused("too large"), RefereeError("no data")])
def test_errors_are_raised_as_what_they_are(address: str, error: Exception) -> None:
    assert isinstance(error, DeclarationRefused | RefereeError)
    with answering(address, with_each(error)), connect(address) as client:
        with pytest.raises(type(error), match=f"^{error}$"):
            client.step(recipe("x"), "ada")
        with pytest.raises(type(error), match=f"^{error}$"):
            client.measure(recipe("x"), "ada")


def test_signs_of_life_are_waited_through(address: str) -> None:
    answers = with_each(Queued(2), Queued(1), Queued(0), MEASURES)
    with answering(address, answers), connect(address) as client:
        assert client.measure(recipe("x"), "ada") == MEASURES


def test_answers_to_other_requests_are_not_taken_for_ours(address: str) -> None:
    def late(request: Request) -> list[list[wire.Part]]:
        other = wire.write_reply(request.number + 7, Measures(0.0, 0.0, False, 0))
        return [other, wire.write_reply(request.number, MEASURES)]

    with answering(address, late), connect(address) as client:
        assert client.measure(recipe("x"), "ada") == MEASURES
        assert client.measure(recipe("x"), "ada") == MEASURES


@pytest.mark.parametrize("reply", [[b"garbage"], [b"{}"], [b'{"number": 1, "epoch": {}}']])
def test_what_is_no_reply_is_the_referees_fault(address: str, reply: list[wire.Part]) -> None:
    with (
        answering(address, lambda _: [reply]),
        connect(address) as client,
        pytest.raises(RefereeError, match="sent"),
    ):
        client.step(recipe("x"), "ada")


def test_an_answer_to_another_question_is_the_referees_fault(address: str) -> None:
    with answering(address, with_each(Hello({}))), connect(address) as client:
        for ask in (client.step, client.measure):
            with pytest.raises(RefereeError, match="answered a"):
                ask(recipe("x"), "ada")
    with (
        answering(address, with_each(MEASURES)),
        connect(address) as client,
        pytest.raises(RefereeError, match="answered a greeting"),
    ):
        client.hello()


@pytest.mark.lengthy
def test_who_hears_nothing_asks_the_same_again(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "AGAIN_SECONDS", 0.3)
    heard: list[Request] = []

    def third_time(request: Request) -> list[list[wire.Part]]:
        heard.append(request)
        return [wire.write_reply(request.number, MEASURES)] if len(heard) >= 3 else []

    with answering(address, third_time), connect(address) as client:
        assert client.measure(recipe("x"), "ada") == MEASURES
    assert len(heard) >= 3, "and more where the third answer was slow to come"
    assert set(heard) == {Request(1, Task.MEASURE, recipe("x"), "ada")}


def test_a_worker_that_comes_late_is_waited_for(address: str) -> None:
    with connect(address) as client, ThreadPoolExecutor() as threads:
        answer = threads.submit(client.measure, recipe("x"), "ada")
        with answering(address, with_each(MEASURES)):
            assert answer.result(PATIENCE) == MEASURES


@pytest.mark.lengthy
def test_without_a_sign_of_life_it_gives_up(address: str) -> None:
    with (
        connect(address, give_up_seconds=0.5) as client,
        pytest.raises(RefereeError, match=r"is lost \(no connection for 1 s\): is it running\?"),
    ):
        client.step(recipe("x"), "ada")


@pytest.mark.lengthy
def test_a_worker_elsewhere_that_ends_in_the_middle_is_given_up_soon_and_may_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clients, "UNCONNECTED_SECONDS", 1.0)
    monkeypatch.setattr(clients, "AGAIN_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    keys = zmq.curve_keypair()
    ended = threading.Event()

    def ending(_: Request) -> list[list[wire.Part]]:
        ended.set()
        return []

    with connect(address, keys[0].decode()) as client, ThreadPoolExecutor() as threads:
        with answering(address, ending, keys[1]):
            answer = threads.submit(client.measure, recipe("x"), "ada")
            assert ended.wait(PATIENCE)
        begin = time.monotonic()
        with pytest.raises(RefereeError, match=r"is lost \(no connection .*`grader referee`"):
            answer.result(PATIENCE)
        assert time.monotonic() - begin < clients.SILENT_SECONDS / 2
        assert client.given_up
        with answering(address, with_each(MEASURES), keys[1]):
            assert client.measure(recipe("x"), "ada") == MEASURES
        assert not client.given_up


@pytest.mark.lengthy
def test_a_worker_that_is_slow_is_waited_for(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "AGAIN_SECONDS", 0.2)
    heard: list[Request] = []

    def slow(request: Request) -> list[list[wire.Part]]:
        heard.append(request)
        done = len(heard) == 8
        return [wire.write_reply(request.number, MEASURES if done else Queued(0))]

    with answering(address, slow), connect(address, give_up_seconds=1.0) as client:
        assert client.measure(recipe("x"), "ada") == MEASURES


def test_a_local_worker_that_was_given_up_is_not_waited_for(tmp_path: Path) -> None:
    with (
        connect(f"ipc://{tmp_path}/gone/socket") as client,
        pytest.raises(RefereeError, match="has ended"),
    ):
        client.step(recipe("x"), "ada")


def test_threads_may_share_a_client(address: str) -> None:
    def echo(request: Request) -> list[list[wire.Part]]:
        assert request.recipe is not None
        return [
            wire.write_reply(request.number, Measures(0.0, 0.0, True, int(request.recipe.network)))
        ]

    with answering(address, echo), connect(address) as client, ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda number: client.measure(recipe(str(number)), "ada"), range(50))
        assert [measures.parameters for measures in found] == list(range(50))


def test_too_long_a_description_is_the_students_to_shorten(address: str) -> None:
    with connect(address) as client, pytest.raises(DeclarationRefused, match="smaller"):
        client.step(recipe("x" * wire.MAX_REQUEST), "ada")


@pytest.mark.parametrize("key", ["", "short", "x" * 40 + "y", "\xff" * 40])
def test_a_network_needs_a_key_that_is_one(key: str) -> None:
    with (
        pytest.raises(ConfigurationError, match=r"c\.Course\.referee_key"),
        connect("tcp://127.0.0.1:7345", key),
    ):
        pass


def test_what_is_no_address_is_said() -> None:
    with pytest.raises(ConfigurationError, match="no address of a referee"), connect("gpu"):
        pass
