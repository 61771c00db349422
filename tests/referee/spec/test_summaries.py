from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from grader.referee.spec import summaries
from tests.referee import entries


def test_a_network_is_told_by_its_layers() -> None:
    told = "Conv2D 64 3x3, MaxPooling2D 2x2, Flatten, Dropout 0.25, Dense 256, Dense 10"
    assert summaries.network(entries.network()) == told


def test_layers_within_layers_are_told_too() -> None:
    inner = {"class_name": "Dense", "config": {"units": 3}}
    nested = {"class_name": "Sequential", "config": {"layers": [inner, inner]}}
    timed = {"class_name": "TimeDistributed", "config": {"layer": inner}}
    model = {"class_name": "Functional", "config": {"layers": [nested, timed]}}
    told = "Sequential (Dense 3, Dense 3), TimeDistributed (Dense 3)"
    assert summaries.network(json.dumps(model)) == told


@pytest.mark.keras
def test_keras_own_descriptions_are_understood() -> None:
    import keras

    layers = [keras.layers.Conv2D(4, 3, strides=2), keras.layers.GlobalMaxPooling2D()]
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    assert summaries.network(model.to_json()) == "Conv2D 4 3x3, GlobalMaxPooling2D"


def test_a_network_of_no_layers_is_told_as_such() -> None:
    assert (
        summaries.network('{"class_name": "Sequential", "config": {"layers": []}}') == "no layers"
    )


def test_a_training_is_told_by_what_decides_it() -> None:
    (fit,) = entries.recipe(1).fits
    assert (
        summaries.training(fit)
        == "Adam, 60000 train images of mnist from 0, batches of 32, 1 epoch"
    )
    other = replace(
        fit,
        compiled='{"optimizer": "sgd"}',
        shuffle=False,
        validation_split=0.2,
        learning_rates=(None, 0.01, 0.01, 0.001),
    )
    assert summaries.training(other) == (
        "sgd, 60000 train images of mnist from 0, batches of 32, not shuffled, 20% held back, "
        "4 epochs, learning rate 0.01 from epoch 2, learning rate 0.001 from epoch 4"
    )


def test_a_schedule_of_many_learning_rates_is_cut() -> None:
    (fit,) = entries.recipe(6, rates=[0.6, 0.5, 0.4, 0.3]).fits
    told = summaries.training(fit)
    assert told.endswith("learning rate 0.4 from epoch 5, ...")
