"""How a model is described whose parts have no configuration of their own."""

from __future__ import annotations

import json

import keras
import pytest

from grader.sandbox.guest.keras_models import adapted

pytestmark = pytest.mark.keras


class Own(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule without ``get_config``, as in a tutorial."""

    def __call__(self, step: object) -> float:
        """The same rate in each step."""
        return 0.001


def model(optimizer: object) -> keras.Model:
    made = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    made.compile(optimizer, "mse")
    return made


def test_what_a_model_was_compiled_with_does_not_hide_its_layers() -> None:
    made = model(keras.optimizers.Adam(Own()))
    described = json.loads(adapted.described(made))
    assert [layer["class_name"] for layer in described["config"]["layers"]][1:] == ["Dense"]
    assert described["compile_config"] == {}
    assert made.compiled


def test_what_can_be_told_of_a_compilation_is_told() -> None:
    assert json.loads(adapted.described(model("adam")))["compile_config"]["loss"] == "mse"
