"""How many submissions fit, and what is said where more are asked for."""

from __future__ import annotations

import dataclasses

import pytest

from grader import machine
from grader import settings as course_settings
from grader.errors import ConfigurationError
from grader.notebook import memory_capacity
from grader.notebook.assignment import Assignment, load_assignment
from grader.referee.service import trainer_capacity
from grader.referee.service.trainer_capacity import Capacity
from grader.settings import Settings
from tests.conftest import ROOT


@pytest.fixture
def sums(tiny_course: Settings) -> Assignment:
    return load_assignment(tiny_course, "sums")


def free(monkeypatch: pytest.MonkeyPatch, submissions: int, cores: int) -> None:
    amount = memory_capacity.RESERVED_BYTES + submissions * memory_capacity.PLAIN_BYTES
    monkeypatch.setattr(machine, "free_memory", lambda: amount)
    monkeypatch.setattr(machine, "cores", lambda: cores)


def test_as_many_as_cores_and_memory_allow(
    tiny_course: Settings, sums: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, submissions=100, cores=4)
    assert memory_capacity.local_capacity(tiny_course, sums).workers == 4
    free(monkeypatch, submissions=3, cores=4)
    assert memory_capacity.local_capacity(tiny_course, sums).workers == 3
    assert memory_capacity.local_capacity(tiny_course, sums, 2).workers == 2
    assert memory_capacity.local_capacity(tiny_course, sums).most_open == 3


@pytest.mark.parametrize("workers", [0, -1])
def test_fewer_than_one_worker_is_refused(
    tiny_course: Settings, sums: Assignment, workers: int
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{workers} workers were asked for: expected 1"):
        memory_capacity.local_capacity(tiny_course, sums, workers)


def test_more_workers_than_memory_allows_are_refused(
    tiny_course: Settings, sums: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, submissions=3, cores=1)
    with pytest.raises(ConfigurationError, match=r"4 workers do not fit .* at most 3"):
        memory_capacity.local_capacity(tiny_course, sums, 4)
    free(monkeypatch, submissions=0, cores=1)
    assert memory_capacity.local_capacity(tiny_course, sums).workers == 1, (
        "one is tried in any case"
    )


def test_trainers_that_are_here_too_take_their_share(monkeypatch: pytest.MonkeyPatch) -> None:
    course = dataclasses.replace(course_settings.load(ROOT), referee_trainers=2)
    mnist = load_assignment(course, "mnist_998")
    amount = memory_capacity.RESERVED_BYTES + 10 * memory_capacity.NETWORK_BYTES
    monkeypatch.setattr(machine, "free_memory", lambda: amount)
    monkeypatch.setattr(trainer_capacity, "plan", lambda trainers: Capacity(trainers, 1))
    left = 10 - -(-2 * trainer_capacity.TRAINER_BYTES // memory_capacity.NETWORK_BYTES)
    assert memory_capacity.local_capacity(course, mnist, 2).most_open == left
    elsewhere = dataclasses.replace(course, referee="tcp://referee:5555")
    assert memory_capacity.local_capacity(elsewhere, mnist, 2).most_open == 10
