"""A worker on this machine, for as long as a grading run needs it."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.errors import RefereeError
from grader.model import Budget
from grader.referee.service import addresses, trainer_capacity
from grader.referee.service.trainer_process import Setup
from grader.referee.training import backends

LOG = logging.getLogger("grader.referee")

PLACE = Path("/tmp")  # paths of sockets hold 107 bytes, and TMPDIR may be long
MAX_RESTARTS = 10
END_SECONDS = 10.0
_AGAIN_SECONDS = 1.0  # until a worker that could not be started is tried again


class _Worker:
    """A worker process that is started again when it dies.

    Args:
        folder: for its socket or its key; it is removed when the worker keeps ending.
        setup: what it trains with.
        address: where it listens.
        key: the file of its key, for ``tcp``.

    Attributes:
        address: where it listens.
        folder: as above.
    """

    def __init__(self, folder: Path, setup: Setup, address: str, key: Path | None = None) -> None:
        self.address = address
        self.folder, self._setup = folder, setup
        self._key = ["--key", str(key)] if key is not None else []
        self._lock, self._ending = threading.Lock(), False
        self._process = self._started()
        self._watcher = threading.Thread(target=self._watch, name="referee", daemon=True)
        self._watcher.start()

    def end(self) -> None:
        """End it: SIGTERM first, then SIGKILL."""
        with self._lock:
            self._ending = True
            self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._watcher.join()

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "grader.referee.service.worker", "--lifeline"]
        with self._setup.log.open("a") as log:
            return subprocess.Popen(
                [*command, *self._key, "--address", self.address, "--setup", self._setup.dump()],
                stdin=subprocess.PIPE,  # it ends when we do, however we end
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is ours, and we end it
            )

    def _watch(self) -> None:
        for _ in range(MAX_RESTARTS):
            if self._ended():
                return
            LOG.warning("the referee's worker ended by itself; it is started again")
            with self._lock:
                if self._ending:
                    return
                try:
                    self._process = self._started()
                except OSError as error:  # no process, or no descriptor, is left
                    LOG.warning("the referee's worker cannot be started: %s", error)
                    time.sleep(_AGAIN_SECONDS)
        if not self._ended():
            LOG.error("the referee's worker keeps ending; see %s", self._setup.log)
            shutil.rmtree(self.folder, ignore_errors=True)  # its clients see that, and give up

    def _ended(self) -> bool:
        """Wait for the process to end; returns whether it was meant to."""
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        return self._ending


@contextmanager
def started(
    data: Path, runs: Path, backend: str, budget: Budget, trainers: int = 0
) -> Iterator[str]:
    """Start a worker, yield its address, and end all its processes afterwards.

    It is started again when it dies, and it dies with this process. Its log is
    ``runs/referee.log``.

    Args:
        data: the folder of the data sets.
        runs: the folder of the store; made where it is not there.
        backend: Keras': ``tensorflow``, ``jax`` or ``torch``.
        budget: that its trainings are held to.
        trainers: how many train side by side; 0: as many as cores and memory suggest.

    Raises:
        ConfigurationError: so many trainers do not fit this machine.
        RefereeError: it cannot be started, or the backend is not installed.
    """
    side_by_side = trainer_capacity.plan(trainers)
    setup = Setup(
        data,
        runs,
        backend,
        budget,
        trainers=side_by_side.trainers,
        threads=side_by_side.threads,
    )
    with started_with(setup) as address:
        yield address


@contextmanager
def started_with(setup: Setup) -> Iterator[str]:
    """As ``started``, with any trainer."""
    with _running(setup, lambda folder: (f"ipc://{folder / 'socket'}", None)) as worker:
        yield worker.address


@dataclass(frozen=True)
class NetworkReferee:
    """A worker that other machines can reach.

    Attributes:
        address: where it listens.
        key: its public key.
        folder: is there for as long as it is started again when it dies.
    """

    address: str
    key: str
    folder: Path


@contextmanager
def started_on(host: str, setup: Setup) -> Iterator[NetworkReferee]:
    """As ``started_with``, at a free port of ``host``, one of this machine's own addresses."""
    keys = []

    def listen(folder: Path) -> tuple[str, Path]:
        keys.append(addresses.key_pair(folder / "key")[0])
        return f"tcp://{host}:{_free_port(host)}", folder / "key"

    with _running(setup, listen) as worker:
        yield NetworkReferee(worker.address, keys[0], worker.folder)


@contextmanager
def _running(setup: Setup, listen: Callable[[Path], tuple[str, Path | None]]) -> Iterator[_Worker]:
    """A worker with a temporary folder.

    Args:
        setup: what it trains with.
        listen: its address and the file of its key, by its folder.
    """
    backends.require_installed(setup.backend)
    folder = None
    try:
        setup.runs.mkdir(parents=True, exist_ok=True)
        folder = Path(
            tempfile.mkdtemp(prefix=f"grader-referee-{os.getpid()}-", dir=PLACE)
        )  # of mode 0700
        (folder / "log").symlink_to(setup.log.resolve())
        worker = _Worker(folder, setup, *listen(folder))
    except OSError as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        raise RefereeError(f"the referee cannot be started: {error}") from error
    try:
        yield worker
    finally:
        worker.end()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port(host: str) -> int:
    """A free port; if another process takes it first, the worker says so and ends."""
    with socket.create_server((host, 0)) as probe:
        return int(probe.getsockname()[1])
