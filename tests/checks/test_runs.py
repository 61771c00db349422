"""Which run a model has had."""

import keras
import pytest

from grader.checks import training
from grader.checks.protocols import grant
from grader.errors import ClaimFailed
from tests.checks.trained_models import Record, classifier, fitted, history, run

pytestmark = pytest.mark.keras


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
