from __future__ import annotations

import json
from typing import Any

import keras
import pytest

from grader.errors import DeclarationRefused
from grader.referee.spec import compilation, declaration

pytestmark = pytest.mark.keras

L = keras.layers


def network() -> Any:
    return keras.Sequential([keras.Input((28, 28)), L.Flatten(), L.Dense(10, name="digit")])


def spelt(**how: Any) -> dict[str, Any]:
    """What comes of ``model.compile(**how)``, adam and a loss where nothing else is said."""
    model = network()
    model.compile(**{"optimizer": "adam", "loss": "mse"} | how)
    described = json.dumps(model.get_compile_config())
    text = declaration.compiled(described, declaration.network(model.to_json()))
    assert declaration.compiled(text, declaration.network(model.to_json())) == text
    metrics = declaration.metrics(described)
    assert declaration.metrics(metrics) == metrics
    return json.loads(text) | json.loads(metrics)


class Own(keras.losses.Loss):
    """A student's own."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Nothing is ever wrong."""
        return 0.0 * y_pred


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """A student's own."""
    return y_true * 0 + 1


SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "optimizer by name": ({"optimizer": "adam"}, {"optimizer": keras.optimizers.Adam()}),
    "optimizer's name": ({}, {"optimizer": keras.optimizers.Adam(name="mine")}),
    "loss in a list": ({}, {"loss": ["mse"]}),
    "loss by output": ({}, {"loss": {"digit": "mse"}}),
    "loss's name": (
        {"loss": keras.losses.Huber()},
        {"loss": keras.losses.Huber(name="accuracy")},
    ),
    "loss as a function": (
        {"loss": "sparse_categorical_crossentropy"},
        {"loss": keras.losses.sparse_categorical_crossentropy},
    ),
    "weight of one": ({}, {"loss_weights": [1.0]}),
    "weights": ({"loss_weights": 0.5}, {"loss_weights": {"digit": 0.5}}),
    "metrics by output": ({"metrics": ["accuracy"]}, {"metrics": {"digit": ["accuracy"]}}),
    "metrics in lists": ({"metrics": ["accuracy", "mae"]}, {"metrics": [["accuracy", "mae"]]}),
    "metric as a function": (
        {"metrics": ["sparse_categorical_accuracy"]},
        {"metrics": [keras.metrics.sparse_categorical_accuracy]},
    ),
    "accuracy as an object": (
        {"metrics": ["acc"]},
        {"metrics": [keras.metrics.SparseCategoricalAccuracy(name="acc")]},
    ),
    "accuracy by the name of its class": (
        {"metrics": ["sparse_categorical_accuracy"]},
        {"metrics": [keras.metrics.SparseCategoricalAccuracy(dtype="float16")]},
    ),
    "how it is computed": (
        {},
        {"run_eagerly": True, "steps_per_execution": 8, "auto_scale_loss": False},
    ),
    "compiled for speed": ({}, {"jit_compile": True}),
    "a schedule's name": (
        {"optimizer": keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 9))},
        {
            "optimizer": keras.optimizers.SGD(
                keras.optimizers.schedules.CosineDecay(0.1, 9, name="mine")
            )
        },
    ),
}


@pytest.mark.filterwarnings("ignore:Model doesn't support `jit_compile")  # with determinism on
@pytest.mark.parametrize("name", SAME)
def test_two_spellings_of_a_compilation_are_one(name: str) -> None:
    one, other = SAME[name]
    assert spelt(**one) == spelt(**other)


@pytest.mark.parametrize(
    "other",
    [
        {"optimizer": "sgd"},
        {"optimizer": keras.optimizers.Adam(0.01)},
        {"loss": "mae"},
        {"loss_weights": 0.5},
        {"metrics": ["acc"]},
        {"weighted_metrics": ["accuracy"]},
    ],
)
def test_another_compilation_has_another_spelling(other: dict[str, Any]) -> None:
    assert spelt(metrics=["accuracy"]) != spelt(**{"metrics": ["accuracy"]} | other)


@pytest.mark.parametrize("name", ["acc", "accuracy", "ACC", "sparse_categorical_accuracy", "mse"])
def test_a_metric_keeps_the_name_that_is_logged(name: str) -> None:
    assert spelt(metrics=[name])["metrics"] == [name]


def test_every_listed_name_is_one_that_keras_knows() -> None:
    for name in compilation.METRIC_NAMES:
        assert keras.metrics.get(name) is not None
    for name in compilation.LOSS_NAMES:
        assert keras.losses.get(name) is not None


ACCEPTED: list[dict[str, Any]] = [
    {"loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True)},
    {"loss": "crossentropy"},
    {"metrics": [keras.metrics.TopKCategoricalAccuracy(k=3, name="top3")]},
    {"metrics": [keras.metrics.CategoricalAccuracy(), "mean_absolute_error"]},
    {"optimizer": keras.optimizers.Nadam(0.002, clipnorm=1.0, weight_decay=1e-4)},
    {"optimizer": keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam())},
    {
        "optimizer": keras.optimizers.RMSprop(
            keras.optimizers.schedules.PiecewiseConstantDecay([5, 9], [0.1, 0.01, 0.001])
        )
    },
]


# Named by place: what Keras' objects call themselves differs between two processes of a test run.
@pytest.mark.parametrize("how", ACCEPTED, ids=range(len(ACCEPTED)))
def test_what_keras_has_is_accepted(how: dict[str, Any]) -> None:
    assert spelt(**how)["optimizer"]["module"] == "keras.optimizers"


def fake(kind: Any, **config: Any) -> dict[str, Any]:
    return {"metrics": [kind(name="accuracy", **config)]}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    # Each of these logs an accuracy of 1.0, or near it, for a network that has learnt nothing.
    "a function named accuracy": ({"metrics": [accuracy]}, "metric accuracy is a function that is"),
    "a class named accuracy": (fake(type("Accuracy", (keras.metrics.Mean,), {})), "holds Accuracy"),
    "a mean named accuracy": (fake(keras.metrics.Mean), "Mean is named 'accuracy', and is not"),
    "the error named accuracy": (fake(keras.metrics.MeanSquaredError), "is named 'accuracy'"),
    "top ten named accuracy": (
        fake(keras.metrics.SparseTopKCategoricalAccuracy, k=10),
        "SparseTopKCategoricalAccuracy is named 'accuracy'",
    ),
    "binary accuracy of ten": (fake(keras.metrics.BinaryAccuracy), "BinaryAccuracy is named"),
    "equality": ({"metrics": [keras.metrics.Accuracy()]}, r"write metrics=\[\"accuracy\"\]"),
    "capitals": ({"metrics": [keras.metrics.Mean(name="ACC")]}, "is named 'ACC'"),
    "weighted": (
        {"weighted_metrics": [keras.metrics.Hinge(name="acc")]},
        "Hinge is named 'acc'",
    ),
    "a validation's name": (
        {"metrics": [keras.metrics.MeanSquaredError(name="val_accuracy")]},
        "'val_accuracy', which Keras logs something else by",
    ),
    "the loss's name": ({"metrics": [keras.metrics.MeanSquaredError(name="loss")]}, "named 'loss'"),
    "a name to draw with": (
        {"metrics": [keras.metrics.MeanSquaredError(name="\x1b[2J")]},
        "expected a short name",
    ),
    "tables": ({"metrics": [keras.metrics.AUC(num_thresholds=10)]}, "holds AUC"),
    "an unknown metric": ({"metrics": ["f1_score"]}, "a metric is 'f1_score': expected one of"),
    "a loss of one's own": ({"loss": Own()}, "holds Own"),
    "a function for a loss": ({"loss": accuracy}, "loss or metric accuracy is a function"),
    "an unknown loss": ({"loss": "ctc"}, "the loss is 'ctc': expected one of Keras' own"),
    "two losses": ({"loss": ["mse", "mae"]}, "given 2 values for loss: expected one"),
    "no loss": ({"loss": None}, "not compiled with an optimizer and a loss"),
    "two weights": ({"loss_weights": [1.0, 2.0]}, "given 2 values for loss_weights"),
    "an optimizer of one's own": (
        {"optimizer": type("Mine", (keras.optimizers.SGD,), {})()},
        "holds Mine",
    ),
    "moving averages": ({"optimizer": keras.optimizers.SGD(use_ema=True)}, "use_ema=True, which"),
    "names of layers": ({"optimizer": keras.optimizers.Muon()}, "Muon tells layers apart by"),
    "a schedule of one's own": (
        {
            "optimizer": keras.optimizers.SGD(
                type("Up", (keras.optimizers.schedules.ExponentialDecay,), {})(0.1, 5, 0.9)
            )
        },
        "holds Up",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_say_more_than_was_learnt_is_refused(name: str) -> None:
    how, words = REFUSED[name]
    with pytest.raises(DeclarationRefused, match=words):
        spelt(**how)


def test_accuracy_by_another_kind_for_other_labels_is_keras_own_for_these() -> None:
    """With numbers for labels it would log 1.0 for a network that always tells class 0."""
    named = keras.metrics.CategoricalAccuracy(name="accuracy")
    assert spelt(metrics=[named])["metrics"] == ["accuracy"]


ADAM = {"module": "keras.optimizers", "class_name": "Adam", "config": {}}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({}, "call model.compile"),
        ({"optimizer": "adam", "loss": "mse"}, "the optimizer is 'adam': expected one of Keras'"),
        ({"optimizer": {"module": ADAM["module"]}, "loss": "mse"}, "the optimizer is {'module'"),
        ({"optimizer": ADAM, "loss": {"module": "keras.losses"}}, "the loss is 'keras.losses'"),
        ({"optimizer": ADAM, "loss": 5}, "the loss is 5"),
        ({"optimizer": ADAM, "loss": ADAM}, "the loss is Adam"),
        ({"optimizer": ADAM, "loss": "mse", "metrics": [ADAM]}, "a metric is Adam"),
        ({"optimizer": ADAM, "loss": "mse", "metrics": [5]}, "a metric is 5"),
        ({"optimizer": ADAM, "loss": "mse", "loss_weights": "x"}, "loss_weights is 'x'"),
        ({"optimizer": ADAM, "loss": "mse", "own": 1}, "given own, which is not known"),
        (
            {"optimizer": ADAM | {"config": {"epsilon": [1, 2]}}, "loss": "mse"},
            r"has \[1, 2\] for its epsilon: expected a number",
        ),
        (
            {"optimizer": ADAM | {"config": {"learning_rate": ADAM}}, "loss": "mse"},
            "the learning rate is Adam",
        ),
        (
            {"optimizer": ADAM | {"config": {"epsilon": float("inf")}}, "loss": "mse"},
            "is no number",
        ),
        (
            {"optimizer": ADAM | {"config": {"epsilon": True, "own": 1}}, "loss": "mse"},
            "cannot be compiled",
        ),
    ],
)
def test_a_compilation_out_of_order_is_refused(found: dict[str, Any], words: str) -> None:
    model = declaration.network(network().to_json())
    with pytest.raises(DeclarationRefused, match=words):
        declaration.compiled(json.dumps(found), model)
