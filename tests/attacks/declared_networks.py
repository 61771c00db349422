"""Attacks by what a kernel declares of its models: a few lines that would cost hours or terabytes.

The kernel of a student can send any description: these are changed after Keras has written them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.attacks.trials import Carry, Trial

Change = Callable[[dict[str, Any]], object]
Make = Callable[[Any], Any]
BUILT, REFUSED = "built", "refused"
SECONDS = 20.0  # of processor time: these take milliseconds


def described(make: Make, change: Change = lambda _: None) -> Carry:
    """Build what a kernel describes, as the examiner and the referee do.

    Args:
        make: a model, of ``keras``.
        change: of its layers' settings, by name, before it is sent.
    """

    def carry(_: Path) -> str:
        import time

        import keras

        from grader.errors import DeclarationRefused
        from grader.model import Budget
        from grader.referee.spec import budgets, declaration

        config = json.loads(make(keras).to_json())
        layers = {each["config"]["name"]: each["config"] for each in config["config"]["layers"]}
        change(layers)
        outcomes, begin = set(), time.process_time()
        for build in (declaration.build, lambda text: declaration.network(text, Budget())):
            try:
                model = build(json.dumps(config))
                if build is declaration.build:
                    budgets.expect_askable(model)
                outcomes.add(BUILT)
            except DeclarationRefused:
                outcomes.add(REFUSED)
        if time.process_time() - begin > SECONDS:
            return f"took {time.process_time() - begin:.0f} s"
        return " and ".join(sorted(outcomes))

    return carry


def one(kind: str, *arguments: Any, **settings: Any) -> Make:
    """A network of one layer, called ``it``, between an image and its classes."""

    def make(keras: Any) -> Any:
        it = getattr(keras.layers, kind)(*arguments, name="it", **settings)
        last = [keras.layers.Flatten(), keras.layers.Dense(10)]
        return keras.Sequential([keras.Input((28, 28, 1), name="image"), it, *last])

    return make


def twice(levels: int) -> Make:
    """A model that calls a model twice, which calls one twice, and so on."""

    def make(keras: Any) -> Any:
        image = keras.Input((28, 28, 1))
        model = keras.Model(image, keras.layers.Dense(1)(image))
        for _ in range(levels):
            image = keras.Input((28, 28, 1))
            model = keras.Model(image, model(model(image)))
        last = [keras.layers.Flatten(), keras.layers.Dense(10)]
        return keras.Sequential([keras.Input((28, 28, 1)), model, *last])

    return make


def setting(**settings: Any) -> Change:
    """Other settings of the layer ``it``."""
    return lambda layers: layers["it"].update(settings)


def _trial(name: str, about: str, hostile: Carry, twin: Carry) -> Trial:
    return Trial(46, name, about, hostile, REFUSED, twin, BUILT, kernel=True)


TRIALS = (
    _trial(
        "terabytes_of_weights",
        "a dense layer of 10^18 numbers",
        described(one("Dense", 4), setting(units=10**18)),
        described(one("Dense", 8)),
    ),
    _trial(
        "terabytes_of_images",
        "images that are enlarged a million times",
        described(one("UpSampling2D", 2), setting(size=[10**6, 10**6])),
        described(one("UpSampling2D", 3)),
    ),
    _trial(
        "terabytes_of_margins",
        "a margin of 10^9 pixels",
        described(one("ZeroPadding2D", 1), setting(padding=[[10**9, 10**9]] * 2)),
        described(one("ZeroPadding2D", 2)),
    ),
    _trial(
        "million_calls",
        "a model that calls itself twice in each of 25 levels",
        described(twice(25)),
        described(twice(3)),
    ),
    _trial(
        "iterations_written_out",
        "a layer that iterates 100,000 times",
        described(lambda keras: _spectral(keras, 1), setting(power_iterations=10**5)),
        described(lambda keras: _spectral(keras, 1)),
    ),
    _trial(
        "negative_sizes",
        "a convolution of -5 filters",
        described(one("Conv2D", 2, 3), setting(filters=-5)),
        described(one("Conv2D", 5, 3)),
    ),
    _trial(
        "numbers_of_4000_digits",
        "a dense layer whose size has 4000 digits",
        described(one("Dense", 4), setting(units=int("9" * 4000))),
        described(one("Dense", 4)),
    ),
    _trial(
        "weights_in_settings",
        "an initialiser that carries an array",
        described(one("Dense", 4), lambda layers: _constant(layers, [0.5] * 100)),
        described(one("Dense", 4), lambda layers: _constant(layers, 0.5)),
    ),
    _trial(
        "code_in_settings",
        "a layer whose class is a function of the student's",
        described(one("Dense", 4), setting(activation={"class_name": "__lambda__", "config": {}})),
        described(one("Dense", 4), setting(activation="relu")),
    ),
    _trial(
        "numbers_of_text",
        "a layer that computes with text",
        described(one("Dense", 4), lambda layers: _dtype(layers, "string")),
        described(one("Dense", 4), lambda layers: _dtype(layers, "float32")),
    ),
)


def _spectral(keras: Any, iterations: int) -> Any:
    layers = keras.layers
    it = layers.SpectralNormalization(layers.Dense(4), power_iterations=iterations, name="it")
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), it])


def _constant(layers: dict[str, Any], value: Any) -> None:
    layers["it"]["kernel_initializer"] = {
        "module": "keras.initializers",
        "class_name": "Constant",
        "config": {"value": value},
        "registered_name": None,
    }


def _dtype(layers: dict[str, Any], name: str) -> None:
    layers["it"]["dtype"]["config"]["name"] = name
