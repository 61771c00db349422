"""Real workers with made-up trainers, and what is left of them in /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import zmq

from grader.model import Budget
from grader.referee.service import wire
from grader.referee.service.messages import Answer, Queued, Request, Task
from grader.referee.service.trainer_process import Setup
from grader.referee.spec.recipe import Recipe
from tests.patience import PATIENCE, eventually
from tests.referee.fakes import done

ROOT = Path(__file__).parents[2]


def setup(runs: Path, budget: Budget | None = None, factory: str = "make") -> Setup:
    """A worker's, with a trainer of ``tests.referee.fakes``."""
    made_up = f"tests.referee.fakes:{factory}"
    return Setup(runs / "data", runs, "tensorflow", budget or Budget(), made_up)


@dataclass
class Worker:
    """A worker's process."""

    address: str
    process: subprocess.Popen[bytes]

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it as the number of a signal does."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE)


def start(address: str, made_of: Setup, patch: str = "", key: Path | None = None) -> Worker:
    """Start a worker; ``patch`` is run before it, in its process."""
    code = f"from grader.referee.service import broker, worker\n{patch}\nworker.main()"
    arguments = ["--address", address, "--setup", made_of.dump()]
    arguments += [] if key is None else ["--key", str(key)]
    made_of.runs.mkdir(exist_ok=True)
    with made_of.log.open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdout=log, stderr=log, cwd=ROOT
        )
    return Worker(address, process)


@contextmanager
def worker(
    made_of: Setup, address: str, patch: str = "", key: Path | None = None
) -> Iterator[Worker]:
    """A worker at ``address`` that is ended afterwards."""
    started = start(address, made_of, patch, key)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.kill(signal.SIGTERM)


def processes(runs: Path) -> list[int]:
    """Ids of workers and trainers that work on ``runs``, off their command lines."""
    numbers = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(runs).encode() in file.read_bytes():
                numbers.append(int(file.parent.name))
    return [number for number in numbers if number != os.getpid()]


def trained(runs: Path) -> list[object]:
    """The networks that made-up trainers have trained, in order."""
    return [network for _, network, _, what in done(runs) if what == "trained"]


def trainer(runs: Path) -> int:
    """The id of the trainer that took a request last, once one did."""
    assert eventually(lambda: done(runs))
    (*_, last) = [str(what) for *_, what in done(runs) if str(what).startswith("began")]
    return int(last.split()[1])


class Raw:
    """A client that sends what it likes, and is not obliged to read."""

    def __init__(self, address: str, reads: int = 0) -> None:
        self._context = zmq.Context()
        self.socket = self._context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.sndhwm = 0
        self.socket.rcvhwm = reads
        self.socket.connect(address)

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close(linger=0)
        self._context.term()

    def send(self, *parts: bytes) -> None:
        """Send one message."""
        self.socket.send_multipart(parts)

    def ask(self, number: int, recipe: Recipe, who: str = "raw") -> None:
        """Send a request as it should be."""
        self.send(wire.write_request(Request(number, Task.STEP, recipe, who)))

    def replies(self, count: int) -> list[tuple[int, Answer]]:
        """The next so many replies that are not mere signs of life."""
        received: list[tuple[int, Answer]] = []
        while len(received) < count:
            assert self.socket.poll(PATIENCE * 1000), f"{len(received)} of {count} replies came"
            number, answer = wire.read_reply(self.socket.recv_multipart())
            if not isinstance(answer, Queued):
                received.append((number, answer))
        return received

    def sign_of_life(self) -> tuple[int, Queued]:
        """The next reply, which must be a sign of life: the request's number, and its place."""
        assert self.socket.poll(PATIENCE * 1000), "no sign of life came"
        number, answer = wire.read_reply(self.socket.recv_multipart())
        assert isinstance(answer, Queued)
        return number, answer

    def until_heard(self, number: int = 10**6) -> None:
        """Wait until the broker has taken all that was sent: it answers a greeting after that."""
        self.send(wire.write_request(Request(number, Task.HELLO)))
        assert self.replies(1)[0][0] == number

    def next_part(self) -> Sequence[bytes] | None:
        """The next message, if one comes within a moment."""
        return self.socket.recv_multipart() if self.socket.poll(300) else None
