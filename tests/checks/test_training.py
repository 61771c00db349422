"""Claims about a training, from small real ones and from what a referee would say."""

import math

import pytest

from grader.checks import training
from grader.errors import ClaimFailed
from tests.checks.trained_models import asked, classifier, fitted, refereed, run

pytestmark = pytest.mark.keras


def test_trained_epochs(trained):
    training.trained_epochs(*trained, 3)
    with pytest.raises(ClaimFailed, match=r"3 epochs.* 5"):
        training.trained_epochs(*trained, 5)


def test_trained_epochs_wants_one_fit():
    model = classifier()
    for _ in range(5):
        _, record = fitted(model, epochs=1)
    with pytest.raises(ClaimFailed, match=r"2 calls.*history.* 1"):
        training.trained_epochs(model, record, 5)


def test_trained_epochs_counts_what_the_referee_counted():
    training.trained_epochs(*refereed(run(*[0.5] * 5)), 5)
    with pytest.raises(ClaimFailed, match=r"25 epochs in 5 calls.* 5"):
        training.trained_epochs(*refereed(run(*[0.5] * 25, fits=(5,) * 5)), 5)
    with pytest.raises(ClaimFailed, match=r"^cnn was trained for 4 epochs, expected 5"):
        training.trained_epochs(*refereed(run(*[0.5] * 4)), 5, called="cnn")
    with pytest.raises(ClaimFailed, match=r"history.* 1.*all 5"):
        training.trained_epochs(*refereed(run(*[0.5] * 5, fits=(1,) * 5)), 5)


def test_fewer_than(trained):
    training.fewer_than(*trained, 4)
    with pytest.raises(ClaimFailed, match=r"3 epochs.*fewer than 3"):
        training.fewer_than(*trained, 3)


def test_fewer_than_counts_all_fits():
    training.fewer_than(*refereed(run(*[0.5] * 19, fits=(10, 9))), 20)
    with pytest.raises(ClaimFailed, match="20 epochs in 2 calls"):
        training.fewer_than(*refereed(run(*[0.5] * 20, fits=(10, 10))), 20)


def test_a_training_that_the_budget_ended_is_told_as_one():
    cut = run(*[0.5] * 20, asked=25, allowed=20)
    with pytest.raises(ClaimFailed, match=r"20 epochs \(fit was asked for 25; .* at most 20\)"):
        training.fewer_than(*refereed(cut), 20)
    with pytest.raises(ClaimFailed, match=r"wider Dense layer\."):
        training.reaches(*refereed(cut), 0.998)
    with pytest.raises(ClaimFailed, match=r"wider Dense layer, or more epochs\."):
        training.reaches(*refereed(run(*[0.5] * 20, asked=20, allowed=20)), 0.998)


def test_reaches(trained):
    training.reaches(*trained, 0.998)
    training.reaches(*refereed(run(0.9, 0.9981, 0.99)), 0.998)
    training.reaches(*refereed(run(0.9, 0.9981, key="acc", stopped=True)), 0.998)
    stopped = run(0.9, 0.998, stopped=True)
    with pytest.raises(ClaimFailed, match=r"2 epochs.*0\.9980"):
        training.reaches(*refereed(stopped), 0.998)


@pytest.mark.parametrize("curve", [(math.nan, 0.5), (0.5, math.nan), (math.nan,), (math.inf,)])
def test_reaches_needs_an_accuracy_that_is_a_number(curve):
    with pytest.raises(ClaimFailed, match="expected more than"):
        training.reaches(*refereed(run(*curve)), 0.998)


def test_reaches_says_at_home_that_grading_tries_more_seeds(trained):
    with pytest.raises(ClaimFailed, match="two more seeds"):
        training.reaches(*trained, 1.0)


def test_reaches_counts_on_all_training_images():
    with pytest.raises(ClaimFailed, match=r"part.*validation_split"):
        training.reaches(*refereed(run(0.9, 0.9999, whole=False)), 0.998)


def test_reaches_tries_two_more_seeds_and_the_best_counts():
    model, record = refereed(run(0.9, 0.997), {1: run(0.9, 0.996), 2: run(0.9, 0.9985)})
    training.reaches(model, record, 0.998)
    assert asked(model) == [(1, 0.998), (2, 0.998)]


def test_reaches_needs_no_second_try_after_a_good_one():
    model, record = refereed(run(0.9, 0.997), {1: run(0.9985)})
    training.reaches(model, record, 0.998)
    assert asked(model) == [(1, 0.998)]


def test_reaches_fails_where_no_seed_helps():
    model, record = refereed(run(0.9, 0.995), {1: run(0.996), 2: run(0.997)})
    with pytest.raises(ClaimFailed, match=r"0\.9970.*seeds were tried.* 0\.9960, 0\.9970\."):
        training.reaches(model, record, 0.998)
    assert len(asked(model)) == 2


def test_reaches_tries_no_seeds_for_a_run_that_did_not_come_near():
    model, record = refereed(run(0.9, 0.9949), {1: run(0.9985), 2: run(0.9985)})
    with pytest.raises(ClaimFailed, match=r"0\.9949.*run that comes near: 0\.9950 or more"):
        training.reaches(model, record, 0.998)
    assert asked(model) == []


def test_reaches_tries_no_seeds_for_a_run_that_was_stopped():
    model, record = refereed(run(0.9, 0.99, stopped=True, asked=19))
    with pytest.raises(ClaimFailed, match=r"0\.9900.*0\.998\. A callback .* above 0\.998\.$"):
        training.reaches(model, record, 0.998)
    assert asked(model) == []


def test_reaches_tells_a_network_that_does_not_learn_from_one_that_is_too_small():
    with pytest.raises(ClaimFailed, match=r"The network hardly learns\. Use a smaller"):
        training.reaches(*refereed(run(0.11, 0.1)), 0.998)
    with pytest.raises(ClaimFailed, match=r"Give the network more filters"):
        training.reaches(*refereed(run(0.9, 0.98)), 0.998)


def test_reaches_looks_at_the_fit_that_the_history_tells_of():
    with pytest.raises(ClaimFailed, match=r"1 epochs.*0\.9900"):
        training.reaches(*refereed(run(0.999, 0.99, fits=(1, 1), stopped=True)), 0.998)


def test_reaches_needs_an_accuracy():
    model, record = fitted(classifier(metrics="sparse_categorical_crossentropy"))
    with pytest.raises(ClaimFailed, match="loss, sparse_categorical_crossentropy"):
        training.reaches(model, record, 0.5)
