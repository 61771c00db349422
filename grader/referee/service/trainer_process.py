"""The trainer process: it alone imports Keras, and may be killed at any time.

The worker starts it (``TrainerProcess``). It takes one request at a time from a pipe, answers, and
dies with the worker. All that must last is in the store.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import psutil

from grader import machine
from grader.errors import DeclarationRefused, RefereeError
from grader.model import Budget
from grader.referee.service import wire
from grader.referee.service.messages import GPU, Answer, Hello, Request, Task
from grader.referee.service.wire import Part
from grader.referee.spec.contract import Referee
from grader.referee.training import backends

LOG = logging.getLogger("grader.referee")

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Setup:
    """What a trainer is made from.

    Attributes:
        data: the folder of the data sets.
        runs: the folder of the store.
        backend: Keras': ``tensorflow``, ``jax`` or ``torch``.
        budget: that requests are held to.
        factory: ``module:function`` that makes the trainer of this; see ``real``.
        trainers: how many train side by side.
        threads: that compute in each of them on a CPU; 0: as many as there are cores.
    """

    data: Path
    runs: Path
    backend: str
    budget: Budget
    factory: str = "grader.referee.service.trainer_process:real"
    trainers: int = 1
    threads: int = 0

    @property
    def log(self) -> Path:
        """The log of a worker and its trainer, with what TensorFlow prints."""
        return self.runs / "referee.log"

    def dump(self) -> str:
        """As JSON, for a command line."""
        return msgspec.json.encode(self, enc_hook=str).decode()

    @classmethod
    def load(cls, text: str) -> Setup:
        """Read what ``dump`` wrote; msgspec knows no paths, which ``dec_hook`` makes of text."""
        return msgspec.json.decode(text, type=cls, dec_hook=lambda kind, value: kind(value))


def real(setup: Setup) -> tuple[Referee, dict[str, str]]:
    """The trainer, and what it trains with; imports Keras."""
    backends.prepare_environment(setup.backend, setup.threads)
    from grader.referee.store.epoch_store import Store
    from grader.referee.training import determinism
    from grader.referee.training.loops import CPU
    from grader.referee.training.trainer import Trainer

    described = determinism.describe()
    facts = {**described, "device": determinism.device()}
    if described["device"] != CPU:
        facts[GPU] = described["device"]
    return Trainer(setup.data, Store(setup.runs), setup.budget), facts


class TrainerProcess:
    """A trainer process as its supervisor sees it: one request in, one answer out.

    Args:
        setup: what it is to be made from.
    """

    def __init__(self, setup: Setup) -> None:
        self._here, there = multiprocessing.Pipe()
        command = [sys.executable, "-P", "-m", __name__, str(there.fileno()), str(os.getpid())]
        with setup.log.open("a") as log:
            self._process = subprocess.Popen(
                [*command, setup.dump()],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        there.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def fileno(self) -> int:
        """What becomes readable when it has sent something or is gone."""
        return self._here.fileno()

    def send(self, request: bytes) -> None:
        """Send it a request; it must have answered the one before.

        Raises:
            OSError: it is gone.
        """
        self._here.send_bytes(request)

    def heard(self) -> bool:
        """Whether it has sent something, or is gone."""
        return self._here.poll()

    def receive(self) -> list[Part]:
        """The message that it sent.

        Raises:
            EOFError: it is gone.
            OSError: for the same reason.
        """
        return receive(self._here)

    def memory(self) -> int:
        """Bytes of memory that it holds; 0 once it is gone."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def end(self) -> str:
        """Kill it, and return how it ended if it had ended by itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.1)  # its pipe closes a moment before it is gone
        code = self._process.poll()
        self._process.kill()
        self._process.wait()
        self._here.close()
        if code is None:
            return "was ended"
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def send(pipe: Connection, parts: list[Part]) -> None:
    """Write a message: how many parts, then each of them."""
    pipe.send_bytes(str(len(parts)).encode())
    for part in parts:
        pipe.send_bytes(part)


def receive(pipe: Connection) -> list[Part]:
    """Read what ``send`` wrote; ``EOFError`` or ``OSError`` where the other side is gone."""
    return [pipe.recv_bytes(wire.MAX_PART) for _ in range(int(pipe.recv_bytes(20)))]


def main(fileno: int, parent: int, setup: Setup) -> None:
    """Run the process: send what it trains with, then answer requests until it is ended."""
    _die_with(parent)
    machine.end_this_first()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's, who ends this one
    gc.disable()  # collections are more than a quarter of the time that importing Keras takes
    module, _, function = setup.factory.partition(":")
    make: Callable[[Setup], tuple[Referee, dict[str, str]]]
    make = getattr(importlib.import_module(module), function)
    trainer, facts = make(setup)
    gc.freeze()  # else each full collection goes through all that was imported
    gc.enable()
    pipe = Connection(fileno)
    send(pipe, wire.write_reply(0, Hello(facts)))
    while True:
        request = wire.read_request([pipe.recv_bytes(wire.MAX_REQUEST)])
        send(pipe, _reply(trainer, request))


def _reply(trainer: Referee, request: Request) -> list[Part]:
    """The reply to a request; every error of the trainer's is one."""
    try:
        return wire.write_reply(request.number, _answer(trainer, request))
    except (DeclarationRefused, RefereeError) as error:
        return wire.write_reply(request.number, error)
    except Exception as error:
        LOG.exception("%s of %s failed", request.task.value, request.who)
        failure = RefereeError(f"{type(error).__name__}: {error!s:.500}")
        return wire.write_reply(request.number, failure)


def _answer(trainer: Referee, request: Request) -> Answer:
    assert request.recipe is not None  # the broker answers greetings itself
    if request.task is Task.MEASURE:
        return trainer.measure(request.recipe, request.who)
    return trainer.step(request.recipe, request.who, request.observation, later=request.later)


def _die_with(parent: int) -> None:
    """Be killed when the thread that started this process ends; the kernel sees to it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        sys.exit("the worker is gone")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        main(int(sys.argv[1]), int(sys.argv[2]), Setup.load(sys.argv[3]))
