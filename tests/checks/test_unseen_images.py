"""Claims about images that were not trained on."""

import math

import keras
import pytest

from grader.checks import training
from grader.errors import ClaimFailed, RefereeError
from tests.checks.trained_models import (
    IMAGES,
    LABELS,
    WRONG,
    asked,
    classifier,
    fitted,
    refereed,
    run,
)

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("right", [math.nan, -math.inf])
def test_what_is_no_number_is_no_test_accuracy(right):
    known = {"test_accuracy": right, "train_accuracy": right}
    model = refereed(run(0.9, **known))[0]
    with pytest.raises(ClaimFailed):
        training.generalises(model, IMAGES, LABELS, 0.5)
    with pytest.raises(ClaimFailed):
        training.better_than(
            *(model, refereed(run(0.9, test_accuracy=0.1))[0], IMAGES, LABELS), minimum=0.5
        )


def test_generalises():
    model, _ = fitted(classifier())
    training.generalises(model, IMAGES, LABELS, 1.0)
    training.generalises(model, IMAGES, WRONG, 0.75)
    with pytest.raises(ClaimFailed, match=r"75\.0%.*98\.0%"):
        training.generalises(model, IMAGES, WRONG, 0.98)


def test_generalises_wants_a_training():
    with pytest.raises(ClaimFailed, match="never trained"):
        training.generalises(classifier(), IMAGES, LABELS, 0.98)


def test_generalises_believes_the_referee_and_no_prediction():
    training.generalises(refereed(run(0.9, test_accuracy=0.98))[0], IMAGES, LABELS, 0.98)
    right, _ = refereed(run(0.9, test_accuracy=0.97), strength=1.0)
    with pytest.raises(ClaimFailed, match=r"97\.0%"):
        training.generalises(right, IMAGES, LABELS, 0.98)


def test_generalises_gives_bad_luck_a_second_seed():
    for right in (0.9799, 0.978):
        unlucky, _ = refereed(run(0.9, test_accuracy=right), {1: run(0.9, test_accuracy=0.98)})
        training.generalises(unlucky, IMAGES, LABELS, 0.98)
        assert asked(unlucky) == [(1, 1.0)]
    poor, _ = refereed(run(0.9, test_accuracy=0.979), {1: run(0.9, test_accuracy=0.9785)})
    with pytest.raises(ClaimFailed, match=r"97\.9%.*98\.0%"):
        training.generalises(poor, IMAGES, LABELS, 0.98)


def test_generalises_takes_what_is_far_off_for_no_luck():
    for right in (0.9779, float("nan")):
        poor, _ = refereed(run(0.9, test_accuracy=right), {1: run(0.9, test_accuracy=0.99)})
        with pytest.raises(ClaimFailed, match=r"98\.0%"):
            training.generalises(poor, IMAGES, LABELS, 0.98)
        assert asked(poor) == []


def test_a_run_that_was_not_measured_is_the_referees_fault():
    with pytest.raises(RefereeError, match="run k has no test accuracy"):
        training.generalises(refereed(run(0.9))[0], IMAGES, LABELS, 0.98)


def test_better_than():
    good, bad = fitted(classifier())[0], fitted(classifier(-1.0), epochs=1)[0]
    training.better_than(good, bad, IMAGES, LABELS, 0.89)
    with pytest.raises(ClaimFailed, match=r" 0\.0%.*89\.0%"):
        training.better_than(bad, good, IMAGES, LABELS, 0.89)
    with pytest.raises(ClaimFailed, match=r"100\.0%.*100\.0%"):
        training.better_than(good, fitted(classifier(2.0))[0], IMAGES, LABELS, 0.89)


def competing(right, compared, again=0.0):
    """Two models of which the referee measured these accuracies; the first may try again."""
    better, _ = refereed(run(0.9, test_accuracy=right), {1: run(0.9, test_accuracy=again)})
    return better, refereed(run(0.9, test_accuracy=compared))[0]


def compare(models):
    training.better_than(*models, IMAGES, LABELS, 0.89)


def test_better_than_believes_the_referee_and_no_prediction():
    compare(competing(0.89, 0.87))
    with pytest.raises(ClaimFailed, match=r"90\.0%.*90\.0%"):
        compare(competing(0.9, 0.9))


def test_better_than_gives_bad_luck_a_second_seed():
    unlucky = competing(0.885, 0.87, again=0.9)
    compare(unlucky)
    assert asked(unlucky[0]) == [(1, 1.0)]
    with pytest.raises(ClaimFailed, match=r"88\.6%.*89\.0%"):
        compare(competing(0.885, 0.87, again=0.886))


def test_better_than_takes_what_is_far_off_for_no_luck():
    poor = competing(0.8, 0.7, again=0.95)
    with pytest.raises(ClaimFailed, match=r"80\.0%"):
        compare(poor)
    assert asked(poor[0]) == []


def test_a_classifier_answers_with_one_row_for_each_image():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Reshape((2, 2))])
    with pytest.raises(ClaimFailed, match=r"\(4, 2, 2\).*\(4, classes\)"):
        training.accuracy_on(model, IMAGES, LABELS)
