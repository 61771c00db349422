"""When further seeds are tried, and when one ends early: held against curves that were measured."""

from __future__ import annotations

import pytest

from grader.checks.further_seeds import NEAR, WINDOW, least_near, out_of_reach
from tests.checks.curves import CURVES

EPOCHS = 19


def test_the_measured_seeds_lie_within_what_counts_as_near() -> None:
    networks = {(filters, units) for filters, units, _ in CURVES}
    for network in networks:
        errors = [1 - max(curve) for (*of, _), curve in CURVES.items() if (*of,) == network]
        assert len(errors) == 4
        assert 1.3 < max(errors) / min(errors) < NEAR


@pytest.mark.parametrize("key", CURVES)
def test_a_training_that_will_reach_is_never_given_up(key: tuple[int, int, int]) -> None:
    curve = CURVES[key]
    assert len(curve) == EPOCHS
    for target in (max(curve) - 1e-6, max(curve) - 0.0005):
        reached = next(n for n, accuracy in enumerate(curve, 1) if accuracy > target)
        for epochs in range(1, reached):
            assert not out_of_reach(curve[:epochs], EPOCHS - epochs, target)


def test_a_training_that_stands_still_is_given_up() -> None:
    still = [0.9, 0.95, 0.99] + [0.9955] * WINDOW
    assert not out_of_reach(still[:WINDOW], 10, 0.998)
    assert not out_of_reach(still, 10, 0.998), "it gained 0.0055 within the window"
    assert out_of_reach([*still, 0.9955], 9, 0.998)
    assert out_of_reach([0.995 + n * 1e-5 for n in range(9)], 10, 0.998)
    assert not out_of_reach([0.995 + n * 1e-4 for n in range(9)], 30, 0.998)


def test_dips_count_as_gains_when_they_are_made_up_for() -> None:
    assert not out_of_reach([0.99, 0.996, 0.99, 0.996, 0.996, 0.996, 0.996, 0.996], 3, 0.998)


def test_the_best_so_far_counts() -> None:
    assert not out_of_reach([0.998, 0.9975, 0.997, 0.9965, 0.996, 0.9955, 0.995], 3, 0.9979)


def test_near_is_told_by_the_error_that_the_target_leaves() -> None:
    assert least_near(0.998) == pytest.approx(0.995)
    assert least_near(0.9) == pytest.approx(0.75)
