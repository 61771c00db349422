"""A referee of one's own: a worker on this machine, for as long as it is needed."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import RefereeError
from grader.model import Budget
from grader.referee.child import Setup

LOG = logging.getLogger("grader.referee")

PLACE = Path("/tmp")  # paths of sockets hold 107 bytes, and TMPDIR may be long
MAX_RESTARTS = 10
END_SECONDS = 10.0


class _Worker:
    """A worker's process, started again when it dies.

    Args:
        folder: for its socket.
        setup: what it trains with.
    """

    def __init__(self, folder: Path, setup: Setup) -> None:
        self.address = f"ipc://{folder / 'socket'}"
        self._folder, self._setup = folder, setup
        self._lock, self._ending = threading.Lock(), False
        self._process = self._started()
        self._watcher = threading.Thread(target=self._watch, name="referee", daemon=True)
        self._watcher.start()

    def end(self) -> None:
        """End it, kindly first."""
        with self._lock:
            self._ending = True
            self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._watcher.join()

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "grader.referee.worker", "--lifeline"]
        with self._setup.log.open("a") as log:
            return subprocess.Popen(
                [*command, "--address", self.address, "--setup", self._setup.dump()],
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
                self._process = self._started()
        if not self._ended():
            LOG.error("the referee's worker keeps ending; see %s", self._setup.log)
            shutil.rmtree(self._folder, ignore_errors=True)  # its clients see that, and give up

    def _ended(self) -> bool:
        """Wait for the process; whether that is what was wanted."""
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        return self._ending


@contextmanager
def started(data: Path, runs: Path, backend: str, budget: Budget) -> Iterator[str]:
    """The address of a worker that is ended, and all of its processes with it, at the end.

    It is started again when it dies, and it dies with this process. What it says is in
    ``runs/referee.log``.

    Args:
        data: the folder of the data sets.
        runs: the folder of the store; made where it is not there.
        backend: Keras': ``tensorflow`` or ``jax``.
        budget: that its trainings are held to.

    Raises:
        RefereeError: it cannot be started.
    """
    with started_with(Setup(data, runs, backend, budget)) as address:
        yield address


@contextmanager
def started_with(setup: Setup) -> Iterator[str]:
    """As ``started``, with any trainer."""
    folder = None
    try:
        setup.runs.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="grader-referee-", dir=PLACE))  # of mode 0700
        (folder / "log").symlink_to(setup.log.resolve())
        worker = _Worker(folder, setup)
    except OSError as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        raise RefereeError(f"the referee cannot be started: {error}") from error
    try:
        yield worker.address
    finally:
        worker.end()
        shutil.rmtree(folder, ignore_errors=True)
