"""How far trainings are from what claims ask, and how probable a miss is."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.margins import claims, fitted
from benchmarks.margins.networks import CNN, DNN
from tests.benchmarks.margins.made_up import SMALL, result

VALUES = (0.9, 1.1, 1.0, 1.3, 0.8)


def test_for_one_try_the_prediction_is_students_t() -> None:
    from scipy.stats import norm, t

    miss = fitted.miss(VALUES, 1.6)
    assert miss is not None
    mean, deviation = np.mean(VALUES), np.std(VALUES, ddof=1)
    assert miss.fitted == pytest.approx(norm.sf((1.6 - mean) / deviation))
    expected = t.sf((1.6 - mean) / (deviation * np.sqrt(1 + 1 / 5)), df=4)
    assert miss.predicted == pytest.approx(expected, rel=0.02)


def test_more_tries_miss_less_often_but_not_as_if_the_mean_were_known() -> None:
    once, three = fitted.miss(VALUES, 1.6), fitted.miss(VALUES, 1.6, tries=3)
    assert once is not None
    assert three is not None
    assert three.fitted == pytest.approx(once.fitted**3)
    assert once.predicted**3 < three.predicted < once.predicted


def test_a_training_that_is_far_off_is_not_tried_again() -> None:
    once, near, far = (
        fitted.miss(VALUES, 1.2, tries, near=near) for tries, near in [(1, 9.9), (2, 1.4), (2, 1.2)]
    )
    assert once is not None
    assert near is not None
    assert far is not None
    assert once.fitted**2 < near.fitted < far.fitted == pytest.approx(once.fitted)


def test_more_trainings_bring_the_prediction_nearer_to_the_fit() -> None:
    few, many = fitted.miss(VALUES, 1.6), fitted.miss(VALUES * 200, 1.6)
    assert few is not None
    assert many is not None
    assert many.predicted < few.predicted
    assert many.predicted == pytest.approx(many.fitted, rel=0.1)


@pytest.mark.parametrize("values", [(), (1.0, 2.0), (1.0, 1.0, 1.0)])
def test_nothing_is_fitted_to_too_few_or_to_equal_values(values: tuple[float, ...]) -> None:
    assert fitted.miss(values, 2.0) is None


def test_equal_values_that_are_rounded_have_a_spread() -> None:
    assert fitted.miss((9.0, 9.0, 9.0), 19.5, least=0.3) is not None


def test_a_training_reaches_the_target_in_its_first_epoch_above_it() -> None:
    assert claims.reached(result(curve=(0.99, 0.998, 0.9981, 0.9979))) == 3
    assert claims.reached(result(curve=(0.99, 0.998))) is None


def test_margins_of_a_network_of_mnist() -> None:
    some = [
        result(seed=seed, curve=(0.9,) * (epochs - 1) + (0.999,), test_accuracy=accuracy)
        for seed, (epochs, accuracy) in enumerate([(8, 0.985), (10, 0.979), (9, 0.984)])
    ]
    epochs, accuracy = claims.margins(claims.grouped(some), [SMALL.name])
    assert (epochs.best, epochs.median, epochs.worst, epochs.missed) == ("8", "9", "10", 0)
    assert epochs.miss is not None
    assert epochs.miss.fitted < 1e-6
    assert (accuracy.best, accuracy.worst, accuracy.missed) == ("0.9850", "0.9790", 1)
    assert accuracy.miss is not None
    assert 0.01 < accuracy.miss.fitted < 0.5


def test_a_training_that_never_reached_the_target_is_counted_and_not_fitted() -> None:
    some = [result(seed=seed) for seed in range(3)] + [result(seed=3, curve=(0.99,) * 19)]
    epochs, _ = claims.margins(claims.grouped(some), [SMALL.name])
    assert (epochs.worst, epochs.missed, epochs.miss) == ("none", 1, None)


def test_networks_that_were_not_chosen_have_no_margins() -> None:
    assert list(claims.margins(claims.grouped([result()]), ["another"])) == []


def test_the_convolutional_network_is_compared_with_the_dense_one_of_its_seed() -> None:
    found = [(CNN, 0, 0.905), (CNN, 1, 0.885), (CNN, 2, 0.9), (DNN, 1, 0.886), (DNN, 0, 0.87)]
    some = [result(network, seed=seed, test_accuracy=value) for network, seed, value in found]
    least, above = claims.margins(claims.grouped(some), [])
    assert (len(least.values), least.worst, least.missed) == (3, "0.8850", 1)
    assert (len(above.values), above.worst, above.missed) == (2, "-0.0010", 1)
    assert above.best == "+0.0350"
