"""What a history tells, held against the run."""

import math

import keras
import pytest

from grader.checks import training
from grader.errors import ClaimFailed
from grader.model import Run
from tests.checks.trained_models import classifier, fitted, history, refereed, run

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (None, r"Write history = model\.fit\(\.\.\.\)\.$"),
        ([0.999], r"Write history = model\.fit\(\.\.\.\)\.$"),
        ({"accuracy": [0.999]}, r"received dict\. .* leave out \.history behind it\.$"),
    ],
)
def test_a_history_is_what_fit_returns(trained, other, said):
    with pytest.raises(ClaimFailed, match=said):
        training.fewer_than(trained[0], other, 20)


@pytest.mark.parametrize("empty", [history(), keras.callbacks.History()])
def test_a_history_has_epochs(trained, empty):
    with pytest.raises(ClaimFailed, match="empty"):
        training.fewer_than(trained[0], empty, 20)


def test_a_history_agrees_in_length(trained):
    made_up = history(accuracy=[0.5, 0.999], loss=[1])
    with pytest.raises(ClaimFailed, match=r"2 epochs.*lengths"):
        training.fewer_than(trained[0], made_up, 20)


def test_a_history_is_that_of_the_last_fit():
    model, first = fitted(classifier())
    _, second = fitted(model)
    training.fewer_than(model, second, 20)
    for check in (training.fewer_than, training.trained_epochs, training.reaches):
        with pytest.raises(ClaimFailed, match="not what the last fit"):
            check(model, first, 20)


@pytest.mark.parametrize(
    "told",
    [
        history(accuracy=[0.5, 0.999], loss=[0.5, 0.4]),
        history(accuracy=[0.5], loss=[0.5]),
        history(accuracy=[0.5, 0.6, 0.7], loss=[0.5, 0.4, 0.3]),
        history(loss=[0.5, 0.4]),
        history(accuracy=["0.5", None], loss=[0.5, 0.4]),
    ],
)
def test_a_history_tells_what_the_run_logged(told):
    with pytest.raises(ClaimFailed, match="by hand"):
        training.fewer_than(*refereed(run(0.5, 0.6), told=told), 20)


def test_a_history_may_tell_more_than_the_run_logged():
    told = history(accuracy=[0.5, 0.6], loss=[0.5, 0.4], learning_rate=[0.1, 0.05])
    training.fewer_than(*refereed(run(0.5, 0.6), told=told), 20)


def test_a_loss_that_is_no_number_is_a_number_like_others():
    diverged = Run("k", ({"accuracy": 0.1, "loss": math.nan},), (1,), (), 1, False)
    training.fewer_than(*refereed(diverged), 20)
