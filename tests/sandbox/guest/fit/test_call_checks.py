"""Which arguments of ``fit`` are refused before anything is asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest.course_images.refused import FitRefused
from grader.sandbox.guest.fit.call_checks import (
    expect_accepted,
    validation_pair,
    validation_share,
)

DEFAULTS = {
    "class_weight": None,
    "sample_weight": None,
    "steps_per_epoch": None,
    "validation_steps": None,
    "initial_epoch": 0,
    "validation_freq": 1,
    "epochs": 1,
    "batch_size": None,
}


@pytest.mark.parametrize(
    "given", [{}, {"epochs": 0}, {"epochs": np.int64(3)}, {"batch_size": 1}, {"initial_epoch": 0.0}]
)
def test_what_the_referee_can_carry_out_is_accepted(given: dict[str, Any]) -> None:
    expect_accepted(DEFAULTS | given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("class_weight", {0: 1.0}),
        ("sample_weight", np.ones(3)),
        ("steps_per_epoch", 0),
        ("validation_steps", False),
        ("initial_epoch", 1),
        ("validation_freq", [1]),
        ("epochs", -1),
        ("epochs", True),
        ("epochs", 1.0),
        ("epochs", None),
        ("batch_size", 0),
        ("batch_size", "32"),
    ],
)
def test_the_refusal_names_the_argument(name: str, value: Any) -> None:
    with pytest.raises(FitRefused, match=name):
        expect_accepted(DEFAULTS | {name: value})


def test_a_long_value_is_shortened() -> None:
    weights = dict.fromkeys(range(10), 1.0)
    with pytest.raises(FitRefused, match=r"class_weight=\{0: 1\.0, .* \.\.\., which is not"):
        expect_accepted(DEFAULTS | {"class_weight": weights})


def test_validation_data_is_a_pair() -> None:
    assert validation_pair([1, 2]) == (1, 2)
    for given, kind in [((1, 2, 3), "3 parts"), (iter([]), "iterator"), (np.ones(2), "ndarray")]:
        with pytest.raises(FitRefused, match=kind):
            validation_pair(given)


def test_validation_split_is_a_share() -> None:
    assert validation_share(0.25) == 0.25
    for given in (True, 1, 0.0, 1.5, float("nan"), "half"):
        with pytest.raises(FitRefused, match="between 0 and 1"):
            validation_share(given)
