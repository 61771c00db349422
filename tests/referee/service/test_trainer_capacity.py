from __future__ import annotations

import os

import pytest

from grader.errors import ConfigurationError
from grader.referee.service.trainer_capacity import GB, TRAINER_BYTES, Capacity, plan

PLENTY = 100 * TRAINER_BYTES


@pytest.mark.parametrize(
    ("trainers", "cores", "memory", "expected"),
    [
        (0, 1, PLENTY, Capacity(1, 1)),
        (0, 2, PLENTY, Capacity(2, 1)),
        (0, 8, PLENTY, Capacity(8, 1)),
        (0, 8, 7 * TRAINER_BYTES, Capacity(3, 1)),
        (0, 8, 0, Capacity(1, 1)),
        (1, 2, 0, Capacity(1, 2)),
        (2, 2, PLENTY, Capacity(2, 1)),
        (3, 8, PLENTY, Capacity(3, 2)),
    ],
)
def test_trainers_share_cores_and_memory(
    trainers: int, cores: int, memory: int, expected: Capacity
) -> None:
    assert plan(trainers, cores, memory) == expected


@pytest.mark.parametrize(
    ("trainers", "cores", "memory"),
    [(-1, 2, PLENTY), (3, 2, PLENTY), (2, 8, TRAINER_BYTES), (1000, 8, PLENTY)],
)
def test_what_does_not_fit_is_named(trainers: int, cores: int, memory: int) -> None:
    with pytest.raises(ConfigurationError, match=rf"{trainers} trainers .*expected 1 to .*GB"):
        plan(trainers, cores, memory)


def test_free_memory_does_not_decide_over_threads() -> None:
    """Their number is part of an epoch's key: it must be the same in each run on a machine."""
    for trainers in (0, 1):
        assert len({plan(trainers, 8, memory).threads for memory in (0, GB, PLENTY)}) == 1


def test_this_machine_is_looked_at() -> None:
    cores = len(os.sched_getaffinity(0))
    found = plan(1)
    assert (found.trainers, found.threads) == (1, cores)
