"""Claims about a training, from small real ones and from what a referee would say."""

import math

import keras
import numpy as np
import pytest

from grader.checks import training
from grader.checks.protocols import TrainingRecord, capability, grant
from grader.errors import ClaimFailed, RefereeError
from grader.model import Run

pytestmark = pytest.mark.keras

IMAGES = np.eye(4, dtype=np.float32)
LABELS = np.arange(4)
WRONG = np.array([0, 1, 2, 0])


def classifier(strength=1.0, metrics="accuracy", loss="sparse_categorical_crossentropy"):
    """Four classes, one for each of IMAGES; right with a positive strength."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, activation="softmax")])
    model.compile("sgd", loss, metrics=[metrics])
    model.set_weights([strength * np.eye(4), np.zeros(4)])
    return model


def fitted(model, epochs=3, **options):
    return model, model.fit(IMAGES, LABELS, epochs=epochs, verbose=0, **options)


@pytest.fixture(scope="module")
def trained():
    return fitted(classifier())


def history(**lists):
    """Make a History as fit would leave it."""
    record = keras.callbacks.History()
    record.epoch = list(range(max(map(len, lists.values()), default=0)))
    record.history = lists
    return record


class Record(TrainingRecord):
    """Says what an examiner's record would say; other seeds have runs of their own."""

    def __init__(self, run, others=None):
        self._run, self._others, self.asked = run, others or {}, []
        self._seen = {}

    def run_of(self, model):
        """Give what the model was trained."""
        if self._run is None:
            raise ClaimFailed("The model's weights are none that a training gave it.")
        return self._run

    def looked_at(self, function):
        """Give what claims have noted."""
        return self._seen.setdefault(function, [])

    def again(self, model, seed, above):
        """Give what it would be with another seed."""
        self.asked.append((seed, above))
        return self._others[seed]


def run(*curve, fits=None, key="accuracy", **more):
    """A run whose epochs had these accuracies."""
    logs = tuple({key: value, "loss": 1.0 - value} for value in curve)
    known = {"callbacks": (), "asked": len(curve), "stopped": False, "whole": True}
    return Run(key="k", logs=logs, fits=fits or (len(curve),), **(known | more))


def refereed(found, others=None, strength=-1.0, told=None):
    """A model whose run is ``found``, and the history of its last fit; it predicts nonsense."""
    model = classifier(strength)
    grant(model, Record(found, others))
    logs = found.logs[-found.fits[-1] :]
    return model, told or history(**{name: [one[name] for one in logs] for name in logs[0]})


def asked(model):
    """Which other seeds were asked for, and up to which accuracy."""
    return capability(model, TrainingRecord).asked


# -- what run there was -------------------------------------------------------------------------


def test_keras_records_a_run(trained):
    model, record = trained
    found = training.trained(model)
    assert (found.epochs, found.fits, found.asked, found.stopped) == (3, (3,), 3, False)
    assert [logged["accuracy"] for logged in found.logs] == record.history["accuracy"]
    assert (found.key, found.whole, found.test_accuracy) == ("", None, None)
    assert found.parameters == 20


def test_several_fits_add_up():
    model = classifier()
    for _ in range(5):
        _, record = fitted(model, epochs=5, batch_size=2)
    found = training.trained(model)
    assert (found.epochs, found.fits) == (25, (20, 5))
    assert found.logs[:20] == ({},) * 20
    with pytest.raises(ClaimFailed, match=r"25 epochs in 2 calls.* 5"):
        training.trained_epochs(model, record, 5)


def test_a_model_that_is_compiled_anew_counts_from_there():
    model, _ = fitted(classifier())
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    fitted(model, epochs=2)
    assert training.trained(model).fits == (2,)


def test_a_callback_that_ends_a_fit_is_seen():
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    found = training.trained(fitted(classifier(), epochs=7, callbacks=[Stop()])[0])
    assert (found.epochs, found.asked, found.stopped) == (2, 7, True)


def test_a_model_that_was_never_fitted_has_no_run():
    for model in (classifier(), keras.Sequential([keras.layers.Dense(2)])):
        with pytest.raises(ClaimFailed, match="never trained"):
            training.trained(model)


def test_a_history_that_was_put_on_a_model_is_no_run(trained):
    model = classifier()
    by_hand = history(accuracy=[0.999])
    by_hand.set_model(model)
    for made_up in (by_hand, history(accuracy=[0.999]), trained[1], {"accuracy": [0.999]}):
        model.history = made_up
        with pytest.raises(ClaimFailed, match="not recorded by fit"):
            training.trained(model)


def test_a_run_needs_a_model():
    with pytest.raises(ClaimFailed, match="NoneType"):
        training.trained(None)


def test_the_referee_has_the_word():
    model, _ = fitted(classifier())
    grant(model, Record(run(0.5)))
    assert training.trained(model) == run(0.5)
    grant(model, Record(None))
    with pytest.raises(ClaimFailed, match="none that a training gave it"):
        training.trained(model)


# -- histories ----------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [None, {"accuracy": [0.999]}, [0.999]])
def test_a_history_is_what_fit_returns(trained, other):
    with pytest.raises(ClaimFailed, match=r"model\.fit"):
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


# -- claims -------------------------------------------------------------------------------------


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
