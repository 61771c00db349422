"""A network is built from its description if that holds only what the allow-list names."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader.errors import DeclarationRefused
from grader.referee.spec import declaration
from tests.referee.spec.networks import Described, L, build, described, obj

pytestmark = pytest.mark.keras


def branched() -> Any:
    entry = keras.Input((8, 8, 1))
    shared = L.Conv2D(2, 3, padding="same", activation="relu")
    pooled = L.MaxPooling2D()(shared(entry))
    return keras.Model(entry, [pooled, L.Dense(3)(L.Flatten()(pooled))])


def shared_layer() -> Any:
    one, two = keras.Input((4,)), keras.Input((4,))
    dense = L.Dense(3)
    return keras.Model([one, two], L.Add()([dense(one), dense(two)]))


ACCEPTED: dict[str, Callable[[], Any]] = {
    "sequential": lambda: keras.Sequential([keras.Input((8, 8, 1)), L.Conv2D(2, 3), L.Flatten()]),
    "not built": lambda: keras.Sequential([L.Dense(3)]),
    "several outputs": branched,
    "shared layer": shared_layer,
    "nested": lambda: keras.Sequential(
        [keras.Input((4,)), keras.Sequential([L.Dense(3), L.Dropout(0.5, seed=1)]), L.Dense(2)]
    ),
    "batch normalisation": lambda: keras.Sequential([keras.Input((4,)), L.BatchNormalization()]),
    "recurrent": lambda: keras.Sequential(
        [
            keras.Input((5, 3)),
            L.TimeDistributed(L.Dense(2)),
            L.Bidirectional(L.GRU(2), backward_layer=L.GRU(2, go_backwards=True)),
        ]
    ),
    "settings": lambda: keras.Sequential(
        [
            keras.Input((4,)),
            L.Dense(
                3,
                activation=tf.nn.softmax,
                kernel_initializer=keras.initializers.RandomNormal(0.0, 0.1, seed=3),
                bias_initializer=keras.initializers.Constant(0.5),
                kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2),
                bias_regularizer="l2",
                kernel_constraint=keras.constraints.MaxNorm(2),
            ),
            L.Dense(3, kernel_initializer="orthogonal", activation=keras.activations.relu),
            L.Rescaling(1 / 255),
        ]
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_network_of_keras_own_layers_is_built(name: str) -> None:
    model = ACCEPTED[name]()
    built = declaration.build(model.to_json())
    assert [type(layer) for layer in built.layers] == [type(layer) for layer in model.layers]
    assert [tuple(w.shape) for w in built.weights] == [tuple(w.shape) for w in model.weights]
    assert not built.compiled


def test_a_network_is_compiled_as_it_was() -> None:
    model = keras.Sequential([keras.Input((4,)), L.Dense(2)])
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    metric = keras.metrics.SparseCategoricalAccuracy(name="acc")
    model.compile(keras.optimizers.Adam(schedule), loss, metrics=["accuracy", metric])
    built = declaration.build(model.to_json())
    assert built.compiled
    assert built.get_compile_config()["loss"] == model.get_compile_config()["loss"]
    assert type(built.optimizer) is keras.optimizers.Adam


@pytest.mark.parametrize(
    "metric",
    [
        keras.metrics.MeanMetricWrapper(keras.losses.mean_squared_error),
        type("Accuracy", (keras.metrics.Mean,), {})(name="accuracy"),
        keras.metrics.MeanIoU(num_classes=3),
        keras.metrics.AUC(num_thresholds=10),
    ],
)
def test_a_metric_that_is_not_listed_leaves_it_not_compiled(metric: Any) -> None:
    model = keras.Sequential([keras.Input((4,)), L.Dense(2)])
    model.compile("adam", "mse", metrics=[metric])
    assert not declaration.build(model.to_json()).compiled


LAMBDA = obj(
    "Lambda",
    config={
        "name": "x",
        "function": obj("__lambda__", "builtins", {"value": ["4wEA", None, None]}),
    },
)
SMUGGLED = [
    LAMBDA,
    obj("TFSMLayer", config={"filepath": "/x", "call_endpoint": "serve"}),
    obj("TorchModuleWrapper", config={"module": "gASV"}),
    obj("JaxLayer"),
    obj("FlaxLayer"),
    obj("StringLookup", config={"vocabulary": "/etc/passwd"}),
    obj("IntegerLookup", config={"vocabulary": "/etc/passwd"}),
    obj("TextVectorization", config={"vocabulary": "/etc/passwd"}),
    obj("Hashing", config={"num_bins": 3}),
    obj("HashedCrossing", config={"num_bins": 3}),
    obj("Discretization", config={"bin_boundaries": [1.0]}),
    obj("Normalization", config={"mean": [0.5] * 784, "variance": [0.5] * 784, "axis": [-1] * 9}),
    obj("Normalization", config={"mean": ["0.5"] * 1577}),
    obj("Rescaling", config={"scale": ["0.5"] * 65}),
    obj("CategoryEncoding", config={"num_tokens": 3}),
    obj("FeatureSpace", "keras.utils", {}),
    obj("Pipeline", config={"layers": [LAMBDA]}),
    obj("RNN", config={"cell": obj("LSTMCell", config={"units": 2})}),
    obj("Layer"),
    obj("Wrapper", config={"layer": LAMBDA}),
    obj("InputSpec"),
    obj("Mine", "__main__", registered_name="Custom>Mine"),
    obj("Dense", config={"units": 2}, registered_name="Custom>Dense"),
    obj("Dense", config={"units": 2}, registered_name="Functional"),
    obj("Dense", "keras.src.layers.core.dense", {"units": 2}),
    obj("Dense", None, {"units": 2}),
    obj("Dense", ["keras.layers"], {"units": 2}),
    obj("Dense", {"a": 1}, {"units": 2}),
    obj(["Dense"], config={"units": 2}),
    obj({"a": 1}),
    obj(None),
    obj("Dense", config=[1]),
    obj("Dense", config="relu"),
    obj("Conv", "keras.src.ops.nn", {"strides": 1}),
    obj("Popen", "subprocess", {"args": "id"}),
    obj("system", "os", {}),
    obj("eval", "builtins", {}),
    obj("function", "builtins", "eval"),
    obj("function", "os", "system"),
    obj("load_model", "keras.models", {"filepath": "/x"}),
    obj("load_model", "keras.saving", {}),
    obj("get_file", "keras.utils", {"origin": "http://x"}),
    obj("__lambda__", "builtins", {"value": ["4wEA", None, None]}),
    obj("__typespec__", "builtins", [[1], "int32"], spec_name="system"),
    obj("__numpy__", "builtins", {"value": [1.0], "dtype": "float32"}),
    obj("__tensor__", "builtins", {"value": [1.0], "dtype": "float32"}),
    {"class_name": "CompositeTensor", "spec": {"class_name": "TypeSpec", "type_spec": "x"}},
    {"class_name": "TypeSpec", "type_spec": "x", "serialized": []},
    {"class_name": "__tuple__", "items": []},
    {"class_name": "Dense"},
    {"class_name": "__class__", "__class__": "Dense", "config": {}},
    obj("Embedding", config={"input_dim": 9, "output_dim": 9, "weights": [[0.5] * 9] * 9}),
    obj("Rescaling", config={"scale": [0.5] * 65, "offset": 0.0}),
]


@pytest.mark.parametrize("hostile", SMUGGLED, ids=lambda one: str(one.get("class_name"))[:30])
def test_what_is_not_listed_is_refused_before_keras_sees_it(
    hostile: Described, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen(*_: Any, **__: Any) -> Any:
        pytest.fail("Keras saw it")

    base = described(L.Flatten(), L.Dense(3))
    lstm = obj("LSTM", config={"units": 2, "name": "l"})
    nested = copy.deepcopy(base)
    nested["config"]["layers"].append(hostile)
    places = [
        hostile,
        obj("TimeDistributed", config={"layer": hostile}),
        obj("Bidirectional", config={"layer": lstm, "backward_layer": hostile}),
        obj("Dense", config={"units": 3, "activation": hostile}),
        obj("Dense", config={"units": 3, "kernel_initializer": hostile}),
        obj("Dense", config={"units": 3, "kernel_regularizer": hostile}),
        obj("Dense", config={"units": 3, "x": [{"y": [hostile]}]}),
        obj("Dense", config={"units": 3}, build_config={"x": hostile}),
        obj("Dense", config={"units": 3}, compile_config={"loss": hostile}),
        obj("Dense", config={"units": 3}, shared_object_id=hostile),
        nested,
    ]
    monkeypatch.setattr(keras.models, "model_from_json", seen)
    for place in places:
        found = copy.deepcopy(base)
        found["config"]["layers"].append(place)
        for read in (declaration.build, declaration.network):
            with pytest.raises(DeclarationRefused):
                read(json.dumps(found))


@pytest.mark.parametrize(
    ("place", "hostile", "words"),
    [
        (
            "kernel_initializer",
            obj("Constant", "keras.initializers", {"value": [[1.0]]}),
            "Constant holds an array: give it a few numbers at most",
        ),
        (
            "kernel_initializer",
            obj("Identity", "keras.layers", {"gain": [[1.0, 2.0]]}),
            r"Identity \(keras.layers\) is no kernel_initializer: expected one of keras.init",
        ),
        (
            "kernel_initializer",
            obj("RandomNormal", "keras.initializers", {"seed": {"class_name": "SeedGenerator"}}),
            "RandomNormal holds an array",
        ),
        (
            "recurrent_initializer",
            obj("STFTInitializer", "keras.initializers", {"side": "real", "window": "x"}),
            r"holds STFTInitializer \(keras.initializers\)",
        ),
        (
            "kernel_regularizer",
            obj("L2", "keras.regularizers", {"l2": [0.1]}),
            "L2 holds an array",
        ),
        (
            "bias_constraint",
            obj("MaxNorm", "keras.constraints", {"max_value": {"a": 1}}),
            "MaxNorm holds an array",
        ),
        (
            "activation",
            obj("relu", "keras.activations", {}),
            r"holds relu \(keras.activations\)",
        ),
    ],
)
def test_settings_carry_no_weights_and_stand_in_their_place(
    place: str, hostile: Described, words: str
) -> None:
    found = described(L.Flatten(), L.Dense(3))
    found["config"]["layers"][-1]["config"][place] = hostile
    with pytest.raises(DeclarationRefused, match=words):
        build(found)


def test_an_operation_outside_of_layers_is_refused() -> None:
    entry = keras.Input((8, 8, 1))
    model = keras.Model(entry, keras.ops.conv(entry, np.ones((3, 3, 1, 1), "float32")))
    for read in (declaration.build, declaration.network):
        with pytest.raises(DeclarationRefused, match=r"holds Conv \(keras.src.ops.nn\)"):
            read(model.to_json())


def test_a_refusal_names_what_was_found_and_what_is_accepted() -> None:
    with pytest.raises(DeclarationRefused) as refused:
        declaration.build(keras.Sequential([keras.Input((4,)), L.Hashing(3)]).to_json())
    assert str(refused.value) == (
        "the network holds Hashing (keras.layers): use only Keras' own layers, initialisers, "
        "regularisers, constraints, losses, metrics and optimizers, and of these none "
        "with code, graphs or tables from elsewhere"
    )
