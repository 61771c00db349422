"""`grader scheduler` and two `grader worker`, one of which is killed while a class is graded."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from grader.cluster.session import session
from grader.engines.base import Event, Progressed, Started
from grader.examiner.training.training_progress import EpochTrained
from grader.notebook import autograde
from grader.notebook.assignment import load_assignment
from grader.notebook.judging import scratch
from grader.settings import Settings
from tests import kills, tiny
from tests.processes import command_line

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.process,
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.xdist_group("killed"),
]

SECONDS = 300


class Command:
    """A ``grader`` command that runs until it is ended."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.log = folder / f"{words[0]}-{len(list(folder.glob('*.log')))}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from grader.cli import main; main()", *words],
                stdout=log,
                stderr=log,
                cwd=folder,
            )

    def await_line(self, text: str) -> None:
        """Wait until it has said something."""
        process = psutil.Process(self.process.pid)
        for _ in range(SECONDS * 10):
            if text in self.log.read_text():
                return
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(0.1)
                break
        raise AssertionError(f"expected {text!r}, found:\n{self.log.read_text()}")

    def tree(self) -> set[psutil.Process]:
        """Its process, and all that this started."""
        process = psutil.Process(self.process.pid)
        return {process, *process.children(recursive=True)}

    def kill(self) -> set[psutil.Process]:
        """Kill its process and the node that it watches; returns what else it had started."""
        present = self.tree()
        node = [each for each in present if "multiprocessing.spawn" in command_line(each)]
        for each in (psutil.Process(self.process.pid), *node):
            each.kill()
        self.process.wait(SECONDS)
        return present


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, Path, list[Command]]]:
    """A scheduler's address, the key, and its two workers."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tls://127.0.0.1:{free.getsockname()[1]}"
    scheduler = Command(folder, "scheduler", "--listen", address)
    scheduler.await_line("Scheduler at")
    workers = [Command(folder, "worker", address, "--name", name) for name in ("one", "two")]
    try:
        for worker in workers:
            worker.await_line("grades for")
        yield address, folder / "cluster.pem", workers
    finally:
        scheduler.process.send_signal(signal.SIGTERM)
        for command in (scheduler, *workers):
            command.process.wait(SECONDS)


def test_a_class_is_graded_although_a_worker_is_killed(
    tiny_course: Settings, cluster: tuple[str, Path, list[Command]]
) -> None:
    address, key, workers = cluster
    students = [f"student{number}" for number in range(6)]
    for student in students:
        tiny.hand_in(tiny_course, student, tiny.submission(tiny_course, tiny.GOOD))
    settings = dataclasses.replace(tiny_course, cluster_key=str(key))
    sums = load_assignment(settings, "sums")
    left: set[psutil.Process] = set()
    places = set[str]()

    def follow(event: Event) -> None:
        if isinstance(event, Started):
            places.add(event.place.partition(" ")[0])
            if event.place.startswith("one") and not left:
                left.update(workers[0].kill())

    with session(settings, sums, address) as ready:
        results = list(
            autograde.grade(settings, "sums", assignment=sums, engine=ready.engine, follow=follow)
        )
        assert sorted(result.student for result in results) == students
        assert all(result.graded and result.graded.score == 6 for result in results)
        assert places == {"one", "two"}
    assert not kills.alive(left)
    scratch.remove_leftovers()  # as the next run does: what was killed could not
    assert not kills.leftovers(left)
    assert workers[1].process.poll() is None, "it stays for the next class"


@pytest.mark.keras
@pytest.mark.training
def test_a_class_is_graded_although_the_worker_with_the_referee_is_killed(
    tmp_path: Path, cluster: tuple[str, Path, list[Command]]
) -> None:
    address, key, workers = cluster
    handed_in = kills.make_trained_class(tmp_path / "class")
    settings = dataclasses.replace(handed_in.course, cluster_key=str(key))
    assignment = load_assignment(settings, handed_in.assignment)
    left: set[psutil.Process] = set()

    def follow(event: Event) -> None:
        if isinstance(event, Progressed) and isinstance(event.detail, EpochTrained) and not left:
            (host,) = (each for each in workers if _has_referee(each))
            left.update(host.kill())

    with session(settings, assignment, address) as ready:
        results = list(
            autograde.grade(
                settings,
                handed_in.assignment,
                assignment=assignment,
                engine=ready.engine,
                follow=follow,
            )
        )
    assert left, "it was killed"
    assert {result.student for result in results} == set(kills.TRAINED)
    assert all(result.graded and not result.faulty for result in results)
    assert not kills.alive(left)


def _has_referee(worker: Command) -> bool:
    return any("referee.service.worker" in command_line(each) for each in worker.tree())
