"""Fits as a student's kernel asks for them, for tests."""

from __future__ import annotations

import json
from typing import Any

import keras

from grader.examiner.training.trainings import Trainings
from grader.sandbox.guest.data.decoder import Decoder
from tests.declared_images import IMAGES


def build(units: int = 10) -> Any:
    """A small network, compiled."""
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(units, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


MODEL = build()


BEGIN = {
    "fit": "begin",
    "continues": None,
    "fresh_optimizer": True,
    "network": MODEL.to_json(),
    "compiled": json.dumps(MODEL.get_compile_config()),
    "why": "",
    "images": IMAGES,
    "validation": None,
    "validation_split": 0.0,
    "batch_size": 32,
    "epochs": 5,
    "shuffle": True,
    "callbacks": ["Stop"],
}


def fit(trainings: Trainings, epochs: int, **changed: Any) -> tuple[int, Any]:
    """One whole fit: its number, and its last weights."""
    begun = trainings.answer(BEGIN | {"epochs": epochs} | changed)[0]
    weights = None
    for _ in range(begun["epochs"]):
        reply, buffers = trainings.answer({"fit": "epoch", "training": begun["training"]})
        weights = Decoder(buffers, lambda *_: None).decode(reply["weights"])
    trainings.answer({"fit": "end", "training": begun["training"], "stopped": False})
    return begun["training"], weights


def with_weights(weights: Any, units: int = 10) -> Any:
    """The network with other weights."""
    model = build(units)
    model.set_weights(weights)
    return model
