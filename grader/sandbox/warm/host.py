"""Starts the warm parent, and ends it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from grader.errors import SandboxError
from grader.sandbox import launcher
from grader.sandbox.enter_sandbox import enter_sandbox
from grader.sandbox.memory import memory_bound
from grader.sandbox.policy import COURSE, Policy
from grader.sandbox.sandbox_dir import PLACE, SandboxDir

# What the parent's own sandbox shows of the package, beside what its policy names.
_PARENT_FILES = (
    "__init__.py",
    "sandbox/__init__.py",
    "sandbox/warm/__init__.py",
    "sandbox/warm/parent.py",
    "sandbox/warm/rights.py",
)

START_SECONDS = 120.0  # to import TensorFlow on a machine that is busy
_END_SECONDS = 5.0
_WAITING = 1024  # supervisors of a class that all start while it imports
_PREFIX = "grader-warm-"


class WarmParent:
    """A process that forks kernels; it ends with this one, or when nobody has asked for long.

    Args:
        policy: what its sandbox shows: what kernels import, and nothing of a submission.
        modules: to import, as far as they are there; of ``module:function`` the function is called.

    Raises:
        SandboxError: bubblewrap is not installed.
    """

    def __init__(self, policy: Policy, modules: Sequence[str]) -> None:
        _remove_stale()
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=PLACE))
        self._folder.chmod(0o711)
        self.address = self._folder / "kernels"
        self._ready_by = time.monotonic() + START_SECONDS
        self._ready = False
        # A pipe that we close, and this process, of which a fork may hold a copy of the pipe.
        lifeline, self._lifeline = os.pipe()
        ends = (lifeline, os.pidfd_open(os.getpid()))
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
                listener.bind(str(self.address))
                self.address.chmod(0o600)  # only this account can connect
                listener.listen(_WAITING)
                self._process = launcher.start_warm_parent(
                    _with_parent(policy),
                    modules,
                    self._folder,
                    listener=listener.fileno(),
                    ends=ends,
                    bound=memory_bound(),
                )
        except BaseException:
            os.close(self._lifeline)
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        finally:
            for descriptor in ends:
                os.close(descriptor)

    @property
    def alive(self) -> bool:
        """Whether it can give kernels, now or soon; one that is not ready in time never will."""
        if self._process.poll() is not None:
            return False
        if not self._ready and time.monotonic() > self._ready_by:
            with contextlib.suppress(SandboxError):
                self._ask(_END_SECONDS)
            return self._ready
        return True

    def expect_ready(self) -> None:
        """Wait until it has imported everything.

        Raises:
            SandboxError: it ended, took too long, or cannot give kernels.
        """
        self._ask(max(_END_SECONDS, self._ready_by - time.monotonic()))

    def _ask(self, seconds: float) -> None:
        """Call it as a supervisor does, and hang up; raises ``SandboxError`` unless it answers."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as caller:
            caller.settimeout(seconds)
            try:
                caller.connect(str(self.address))
                said = json.loads(caller.recv(1 << 16) or b'{"error": "it ended"}')
            except OSError as error:
                said = {"error": str(error)}
        if "error" in said:
            raise SandboxError(f"the parent of warm kernels did not start: {said['error']}")
        self._ready = True

    def close(self) -> None:
        """End it; kernels that it gave live on with their sandboxes."""
        with contextlib.suppress(OSError):
            os.close(self._lifeline)
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _with_parent(policy: Policy) -> Policy:
    """The policy of a sandbox that shows the parent's program, too."""
    package = Path(__file__).parents[2]
    files = {f"{COURSE}/grader/{name}": package / name for name in _PARENT_FILES}
    return dataclasses.replace(
        policy,
        readable={**policy.readable, **files},
        environment={**policy.environment, "PYTHONPATH": COURSE},
    )


def become_parent() -> NoReturn:
    """Become bubblewrap, and then the warm parent; runs in a separate process."""
    with os.fdopen(int(sys.argv[1])) as orders:
        read = json.load(orders)
    directory = SandboxDir(Path(read["directory"]))
    (directory.folder / "places").mkdir(mode=0o755)
    enter_sandbox(read, directory, stderr=2)


def _remove_stale() -> None:
    """Remove folders of processes that were killed before they could."""
    for folder in PLACE.glob(f"{_PREFIX}*"):
        maker = re.match(rf"{_PREFIX}(\d+)-", folder.name)
        with contextlib.suppress(OSError):
            if maker and folder.stat().st_uid == os.geteuid() and not _alive(int(maker[1])):
                shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    return Path("/proc", str(pid)).exists()
