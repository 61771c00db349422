"""Runs one command, and measures it with all processes that it starts.

``python -m benchmarks.classes.measure``: a ``Task`` as JSON on stdin, a ``Measured`` on stdout.
This is a process apart: orphans of the command become its children (a subreaper), so that their
processor time is known and none of them is left behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.classes import tree_memory
from benchmarks.classes.cpu_group import CpuGroup
from benchmarks.errors import BenchError

_PARENT_DEATH_SIGNAL, _SUBREAPER = 1, 36  # PR_SET_... of linux/prctl.h
_GRACE = 5.0  # seconds for what a command leaves to end by itself
_LOOK_EVERY, _SHARE = 0.5, 0.02  # seconds; at most this share of a core is spent on looking
CGROUP, WAIT4 = "control group (cpuacct)", "wait4 of all descendants"


@dataclass(frozen=True)
class Task:
    """A command to measure.

    Attributes:
        command: its words.
        folder: where it runs.
        environment: all of its variables.
        log: the file for what it prints.
        limit: seconds after which it is ended, and the measurement fails.
    """

    command: Sequence[str]
    folder: str
    environment: Mapping[str, str]
    log: str
    limit: float


@dataclass(frozen=True)
class Measured:
    """What a command took, with all that it started.

    Attributes:
        code: its exit code; negative: the signal that ended it.
        wall: seconds until it ended.
        cpu: seconds of processor time of the whole tree.
        cpu_by: how that was counted.
        memory: most bytes held at once by the whole tree, of those times at which it was looked at.
        memory_estimated: whether some process's share of it is an estimate, see ``tree_memory``.
        driver_memory: most bytes that the command's own process held resident.
        others: cores that the machine's other processes kept busy meanwhile, on average.
        left: commands of processes that it left running; they were ended.
    """

    code: int
    wall: float
    cpu: float
    cpu_by: str
    memory: int
    memory_estimated: bool
    driver_memory: int
    others: float
    left: Sequence[str]


def measure(task: Task) -> Measured:
    """Measure in a separate process.

    Raises:
        BenchError: the command ran into its limit, or could not be measured.
    """
    ran = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(dataclasses.asdict(task)),
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or ["nothing on stderr"])[-1]
        raise BenchError(f"{' '.join(task.command)} was not measured: {last}; see {task.log}")
    return Measured(**json.loads(ran.stdout))


def run(task: Task) -> Measured:
    """Measure from this process, which must have no other children."""
    system = ctypes.CDLL(None)
    system.prctl(_SUBREAPER, 1, 0, 0, 0)
    # Whoever ends the benchmark ends this: as Ctrl-C does, so that nothing is left running.
    # A shell's background job ignores Ctrl-C, and so would this.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    system.prctl(_PARENT_DEATH_SIGNAL, signal.SIGINT, 0, 0, 0)
    group = CpuGroup.make(f"bench-{os.getpid()}")
    busy, began = _busy(), time.monotonic()
    try:
        with Path(task.log).open("wb") as log:
            process = subprocess.Popen(
                task.command,
                cwd=task.folder,
                env=task.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=group.join if group else None,  # noqa: PLW1509 -- one thread here
            )
            peaks = _watch(process, task.limit)
        wall = time.monotonic() - began
        left = _end_descendants()
        cpu, cpu_by = _processor_time(group)
        return Measured(
            code=process.returncode,
            wall=wall,
            cpu=cpu,
            cpu_by=cpu_by,
            memory=peaks.tree,
            memory_estimated=peaks.estimated,
            driver_memory=peaks.driver,
            others=max(0.0, _busy() - busy - cpu) / (time.monotonic() - began),
            left=left,
        )
    finally:
        _end_descendants(grace=0)
        if group:
            group.remove()


@dataclass(frozen=True)
class _Peaks:
    tree: int = 0
    driver: int = 0
    estimated: bool = False

    def with_look(self, pid: int) -> _Peaks:
        """These, or what is held now where it is more."""
        now = tree_memory.of(child.pid for child in _descendants())  # the command is one of them
        return _Peaks(
            max(self.tree, now.bytes),
            max(self.driver, tree_memory.peak(pid)),
            self.estimated or now.estimated > 0,
        )


def _watch(process: subprocess.Popen[bytes], limit: float) -> _Peaks:
    """Look at the command's memory until it ends."""
    peaks, pause = _Peaks(), _LOOK_EVERY
    deadline = time.monotonic() + limit
    descriptor = os.pidfd_open(process.pid)
    try:
        waiting = select.poll()
        waiting.register(descriptor, select.POLLIN)
        while not waiting.poll(pause * 1000):
            if time.monotonic() > deadline:
                raise BenchError(f"it had not ended after {limit:.0f} s")
            began = time.process_time()
            peaks = peaks.with_look(process.pid)
            pause = max(_LOOK_EVERY, (time.process_time() - began) / _SHARE)
        process.wait()
    finally:
        os.close(descriptor)
    return peaks


def _descendants() -> list[psutil.Process]:
    children: list[psutil.Process] = psutil.Process().children(recursive=True)
    return children


def _end_descendants(grace: float = _GRACE) -> list[str]:
    """Wait for all that is left, end what does not end by itself, and name that."""
    deadline = time.monotonic() + grace
    while _reap() and time.monotonic() < deadline:
        time.sleep(0.02)
    commands = dict(_kill())
    while _reap():
        commands |= _kill()
        time.sleep(0.02)
    return sorted(commands.values())


def _kill() -> Iterator[tuple[int, str]]:
    """Kill every descendant that runs; yields their numbers and commands."""
    for child in _descendants():
        with contextlib.suppress(psutil.Error):
            if child.status() != psutil.STATUS_ZOMBIE:
                yield child.pid, " ".join(child.cmdline())[:200] or child.name()
                child.send_signal(signal.SIGKILL)


def _reap() -> bool:
    """Take the exit codes of children that have ended; whether there are others."""
    try:
        while True:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return True
    except ChildProcessError:
        return False


def _processor_time(group: CpuGroup | None) -> tuple[float, str]:
    """Of all that was started. Neither way counts too much, so the larger is nearer the truth."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    waited = used.ru_utime + used.ru_stime
    grouped = group.seconds() if group else 0.0
    return (grouped, CGROUP) if grouped >= waited * 0.98 else (waited, WAIT4)


def _busy() -> float:
    """Processor time that all processes of the machine have used so far, in seconds."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)


if __name__ == "__main__":
    try:
        print(json.dumps(dataclasses.asdict(run(Task(**json.load(sys.stdin))))))
    except (BenchError, OSError) as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit("it was interrupted")
