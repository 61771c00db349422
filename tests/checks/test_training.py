"""Claims about a training, from small real ones."""

import keras
import numpy as np
import pytest

from grader.checks import training
from grader.errors import ClaimFailed

IMAGES = np.eye(4, dtype=np.float32)
LABELS = np.arange(4)


def classifier(strength=1.0):
    """Four classes, one for each of IMAGES; right with a positive strength."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.set_weights([strength * np.eye(4), np.zeros(4)])
    return model


@pytest.fixture(scope="module")
def trained():
    model = classifier()
    return model, model.fit(IMAGES, LABELS, epochs=3, verbose=0)


def history(**lists):
    """Make a History as fit would leave it."""
    record = keras.callbacks.History()
    record.epoch = list(range(max(map(len, lists.values()), default=0)))
    record.history = lists
    return record


def test_epochs_and_accuracies_of_a_real_training(trained):
    _, record = trained
    assert training.epochs_run(record) == 3
    assert training.accuracies(record) == [1.0, 1.0, 1.0]


def test_accuracies_under_the_short_name():
    assert training.accuracies(history(acc=[0.5, 0.6], loss=[2, 1])) == [0.5, 0.6]


@pytest.mark.parametrize("other", [None, {"accuracy": [0.999]}, [0.999]])
def test_a_history_is_what_fit_returns(other):
    with pytest.raises(ClaimFailed, match=r"Expected what model\.fit\(\.\.\.\) returns"):
        training.epochs_run(other)


@pytest.mark.parametrize("empty", [history(), keras.callbacks.History()])
def test_a_history_has_epochs(empty):
    with pytest.raises(ClaimFailed, match="history is empty"):
        training.epochs_run(empty)


def test_a_history_agrees_in_length():
    with pytest.raises(ClaimFailed, match="records 2 epochs, but its lists have the lengths"):
        training.epochs_run(history(accuracy=[0.5, 0.999], loss=[1]))


def test_a_history_has_an_accuracy():
    with pytest.raises(ClaimFailed, match="no accuracy, only loss, mae"):
        training.accuracies(history(loss=[1], mae=[1]))


def test_trained_epochs(trained):
    training.trained_epochs(*trained, 3)
    with pytest.raises(ClaimFailed, match="ran for 3 epochs, expected 5"):
        training.trained_epochs(*trained, 5)


def test_fewer_than(trained):
    training.fewer_than(*trained, 4)
    with pytest.raises(ClaimFailed, match="3 epochs, expected fewer than 3"):
        training.fewer_than(*trained, 3)


def test_reaches(trained):
    model, record = trained
    training.reaches(model, record, 0.998)
    training.reaches(model, history(accuracy=[0.9, 0.9981, 0.99]), 0.998)
    with pytest.raises(ClaimFailed, match=r"best of 2 epochs had a training accuracy of 0\.9980"):
        training.reaches(model, history(accuracy=[0.9, 0.998]), 0.998)


def test_generalises():
    training.generalises(classifier(), IMAGES, LABELS, 1.0)
    training.generalises(classifier(), IMAGES, [0, 1, 2, 0], 0.75)
    with pytest.raises(ClaimFailed, match=r"right in 75\.0% of cases, expected at least 98\.0%"):
        training.generalises(classifier(), IMAGES, [0, 1, 2, 0], 0.98)


def test_better_than():
    training.better_than(classifier(), classifier(-1.0), IMAGES, LABELS, 0.89)
    with pytest.raises(ClaimFailed, match=r"0\.0% of cases, expected at least 89\.0%"):
        training.better_than(classifier(-1.0), classifier(), IMAGES, LABELS, 0.89)
    with pytest.raises(ClaimFailed, match=r"100\.0% of cases, the one to beat in 100\.0%"):
        training.better_than(classifier(), classifier(2.0), IMAGES, LABELS, 0.89)


def test_a_training_needs_a_model(trained):
    _, record = trained
    with pytest.raises(ClaimFailed, match="Expected a trained Keras model, received NoneType"):
        training.fewer_than(None, record, 4)
    with pytest.raises(ClaimFailed, match="has never seen an image"):
        training.reaches(keras.Sequential([keras.layers.Dense(2)]), record, 0.5)


def test_a_classifier_answers_with_one_row_for_each_image():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Reshape((2, 2))])
    with pytest.raises(ClaimFailed, match=r"shape \(4, 2, 2\), expected \(4, classes\)"):
        training.accuracy_on(model, IMAGES, LABELS)
