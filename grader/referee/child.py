"""The process that trains: it alone imports Keras, and may be killed at any time.

It is started by the worker (``Child``), takes one request at a time from a pipe, answers, and dies
with the worker. What it knows that matters is in the store.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from grader.errors import DeclarationRefused, RefereeError
from grader.model import Budget
from grader.referee import backends, wire
from grader.referee.recipe import Referee
from grader.referee.wire import Answer, Asked, Hello, Part

LOG = logging.getLogger("grader.referee")

PR_SET_PDEATHSIG = 1
OOM_SCORE = 500  # of 1000: where memory runs out, the kernel ends this process before others


@dataclass(frozen=True)
class Setup:
    """What a trainer is made from.

    Attributes:
        data: the folder of the data sets.
        runs: the folder of the store.
        backend: Keras': ``tensorflow``, ``jax`` or ``torch``.
        budget: that requests are held to.
        factory: ``module:function`` that makes the trainer of this; see ``real``.
    """

    data: Path
    runs: Path
    backend: str
    budget: Budget
    factory: str = "grader.referee.child:real"

    @property
    def log(self) -> Path:
        """The file for what a worker and its trainer say, TensorFlow's greetings among that."""
        return self.runs / "referee.log"

    def dump(self) -> str:
        """As JSON, for a command line."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def load(cls, text: str) -> Setup:
        """Read what ``dump`` wrote."""
        found = json.loads(text)
        budget = Budget(**found.pop("budget"))
        return cls(Path(found.pop("data")), Path(found.pop("runs")), budget=budget, **found)


def real(setup: Setup) -> tuple[Referee, dict[str, str]]:
    """The trainer, and what it trains with; imports Keras."""
    backends.prepare_environment(setup.backend)
    from grader.referee import environments
    from grader.referee.store import Store
    from grader.referee.trainer import Trainer

    facts = {**environments.describe(), "device": environments.device()}
    return Trainer(setup.data, Store(setup.runs), setup.budget), facts


class Child:
    """A trainer's process as its worker sees it: one request in, one answer out.

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
        """What becomes readable when it says something or is gone."""
        return self._here.fileno()

    def send(self, request: bytes) -> None:
        """Give it a request; it must have answered the one before.

        Raises:
            OSError: it is gone.
        """
        self._here.send_bytes(request)

    def heard(self) -> bool:
        """Whether it has said something, or is gone."""
        return self._here.poll()

    def receive(self) -> list[Part]:
        """What it says.

        Raises:
            EOFError: it is gone.
            OSError: likewise.
        """
        return receive(self._here)

    def memory(self) -> int:
        """Bytes of memory that it holds; 0 once it is gone."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def end(self) -> str:
        """Kill it, whatever it does, and say how it ended if it had done so itself."""
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
    """What the process does: says what it trains with, then answers until it is ended."""
    _die_with(parent)
    with contextlib.suppress(OSError):  # a machine where that may not be set is as good
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's, who ends this one
    module, _, function = setup.factory.partition(":")
    make: Callable[[Setup], tuple[Referee, dict[str, str]]]
    make = getattr(importlib.import_module(module), function)
    trainer, facts = make(setup)
    pipe = Connection(fileno)
    send(pipe, wire.reply(0, Hello(facts)))
    while True:
        asked = wire.read_request([pipe.recv_bytes(wire.MAX_REQUEST)])
        send(pipe, _answered(trainer, asked))


def _answered(trainer: Referee, asked: Asked) -> list[Part]:
    """The reply to a request; whatever the trainer raises is one."""
    try:
        return wire.reply(asked.number, _answer(trainer, asked))
    except (DeclarationRefused, RefereeError) as error:
        return wire.reply(asked.number, error)
    except Exception as error:
        LOG.exception("%s of %s failed", asked.do, asked.who)
        return wire.reply(asked.number, RefereeError(f"{type(error).__name__}: {error!s:.500}"))


def _answer(trainer: Referee, asked: Asked) -> Answer:
    assert asked.recipe is not None  # the worker answers greetings itself
    if asked.do == "measure":
        return trainer.measure(asked.recipe, asked.who)
    return trainer.step(asked.recipe, asked.who)


def _die_with(parent: int) -> None:
    """Be killed when the thread that started this process ends; the kernel sees to it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        sys.exit("the worker is gone")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        main(int(sys.argv[1]), int(sys.argv[2]), Setup.load(sys.argv[3]))
