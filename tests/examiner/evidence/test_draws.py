from __future__ import annotations

import random
from typing import Any

import numpy as np

from grader.examiner.evidence import draws


def drawn() -> list[Any]:
    first, second = np.random.default_rng(), np.random.default_rng()
    return [
        first.integers(0, 2**60),
        second.integers(0, 2**60),
        np.random.randint(2**30),
        random.random(),
        np.random.default_rng(7).integers(0, 2**60),
    ]


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    def with_seed(seed: int) -> list[Any]:
        with draws.seeded(seed):
            return drawn()

    first, again, other = with_seed(1), with_seed(1), with_seed(2)
    assert first == again
    assert all(a != b for a, b in zip(first[:4], other[:4], strict=True))
    assert first[4] == other[4], "a seed that a test names is the test's own"
    assert first[0] != first[1], "two generators of one test are two"


def test_draws_afterwards_are_as_before() -> None:
    original, state = np.random.default_rng, random.getstate()
    with draws.seeded(3):
        drawn()
    assert np.random.default_rng is original
    assert random.getstate() == state


def test_a_seed_is_new_each_time_and_says_nothing_about_others() -> None:
    assert draws.new_seed() != draws.new_seed()
    seed = draws.new_seed()
    assert draws.derived(seed, "kernel") == draws.derived(seed, "kernel")
    assert len({seed, draws.derived(seed, "kernel"), draws.derived(seed, "claim a")}) == 3
