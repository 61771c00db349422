"""Real workers with made-up trainers, and what is left of them in /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import zmq

from grader.model import Budget
from grader.referee import wire
from grader.referee.child import Setup
from grader.referee.recipe import Recipe
from grader.referee.wire import Asked

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # for what takes a moment; a test that waits for it in vain fails


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
    code = f"from grader.referee import addresses, front, keeper, worker\n{patch}\nworker.main()"
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
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(runs).encode() in file.read_bytes():
                found.append(int(file.parent.name))
    return [number for number in found if number != os.getpid()]


def eventually(holds: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Whether something comes to hold."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return bool(holds())


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

    def ask(self, number: int, recipe: Recipe, who: str = "raw", do: str = "step") -> None:
        """Send a request as it should be."""
        self.send(wire.request(Asked(number, do, recipe, who)))

    def replies(self, count: int) -> list[tuple[int, wire.Answer]]:
        """The next so many replies that are not mere signs of life."""
        found: list[tuple[int, wire.Answer]] = []
        while len(found) < count:
            assert self.socket.poll(PATIENCE * 1000), f"{len(found)} of {count} replies came"
            number, answer = wire.read_reply(self.socket.recv_multipart())
            if not isinstance(answer, wire.Queued):
                found.append((number, answer))
        return found

    def next_part(self) -> Sequence[bytes] | None:
        """What comes next within a moment, whatever it is."""
        return self.socket.recv_multipart() if self.socket.poll(300) else None
