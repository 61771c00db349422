"""Random generators set as a test has its own."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from grader.sandbox.guest.surroundings import seeds


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    states = random.getstate(), np.random.get_state()
    yield
    random.setstate(states[0])
    np.random.set_state(states[1])


def test_a_generator_goes_on_as_the_tests_does() -> None:
    random.seed(1)
    np.random.seed(1)
    random.gauss(0, 1)
    np.random.normal(size=3)
    states = {"python": seeds.python_state(), "numpy": seeds.numpy_state()}
    expected = random.gauss(0, 1), random.random(), np.random.normal(size=2).tolist()
    seeds.apply(states)
    assert (random.gauss(0, 1), random.random(), np.random.normal(size=2).tolist()) == expected


def test_what_was_not_seeded_stays_as_it_is() -> None:
    before = random.getstate()
    seeds.apply({"numpy": seeds.numpy_state()})
    assert random.getstate() == before


@pytest.mark.keras
def test_libraries_are_seeded_by_their_own_functions() -> None:
    import tensorflow as tf

    drawn = []
    for _ in range(2):
        seeds.apply({"seeds": [["keras", 3], ["tensorflow", 5]]})
        drawn.append(tf.random.uniform([2]).numpy().tolist())
    assert drawn[0] == drawn[1]
