from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader.errors import DeclarationRefused
from grader.model import Budget
from grader.referee.spec import compilation, declaration

pytestmark = pytest.mark.keras

L = keras.layers
Described = dict[str, Any]


def described(*layers: Any, shape: tuple[int, ...] = (8, 8, 1)) -> Described:
    """The description of a Sequential model, to be tampered with."""
    return json.loads(keras.Sequential([keras.Input(shape), *layers]).to_json())


def build(found: Described) -> Any:
    return declaration.build(json.dumps(found))


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


def obj(name: Any, module: Any = "keras.layers", config: Any = None, **more: Any) -> Described:
    made = {"module": module, "class_name": name, "config": config if config is not None else {}}
    return made | {"registered_name": None} | more


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


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([obj("Dense", config={"units": 10**12})], "more than 64000000 weights"),
        ([obj("Dense", config={"units": 10**6})] * 2, "more than 64000000 weights"),
        ([obj("Embedding", config={"input_dim": 10**9, "output_dim": 10})], "64000000 weights"),
        ([obj("LSTM", config={"units": 10**5})], "cannot be built|64000000 weights"),
        ([obj("RepeatVector", config={"n": 10**9})], "numbers for one example: at most 64000000"),
        ([obj("Dense", config={"units": -5})], "cannot be built"),
        ([obj("Dense", config={"units": 2, "name": "../x/y"})], "cannot be built"),
        ([obj("Dense", config={"units": 2, "unknown": 3})], "cannot be built"),
        ([obj("Flatten")] * 20_000, "too many parts: at most 500 layers"),
    ],
)
def test_a_network_without_measure_is_refused_at_once(layers: list[Any], words: str) -> None:
    found = described(L.Flatten())
    found["config"]["layers"] += [
        copy.deepcopy(layer) | {"build_config": {"input_shape": [None, 64]}} for layer in layers
    ]
    with pytest.raises(DeclarationRefused, match=words):
        build(found)


def test_a_layer_alone_has_a_budget_too() -> None:
    huge = obj("Dense", config={"units": 10**9}, build_config={"input_shape": [None, 10**6]})
    with pytest.raises(DeclarationRefused, match="more than 64000000 weights"):
        declaration.layer(json.dumps(huge))
    assert type(declaration.layer(json.dumps(obj("Dense", config={"units": 2})))) is L.Dense


@pytest.mark.parametrize("text", ["", "[", "[]", "3", "null", "{}", "[" * 100_000, "\ud800"])
def test_what_is_no_description_is_refused(text: str) -> None:
    for read in (declaration.build, declaration.layer, declaration.network):
        with pytest.raises(DeclarationRefused):
            read(text)


def test_a_description_that_is_too_long_or_too_deep_is_refused() -> None:
    with pytest.raises(DeclarationRefused, match="longer than 4000000 characters"):
        declaration.build(" " * 4_000_001)
    found = described(L.Flatten())
    deep: Any = None
    for _ in range(200):
        deep = {"a": [deep]}
    found["config"]["x"] = deep
    with pytest.raises(DeclarationRefused, match="nested too deep"):
        build(found)


def test_the_second_of_two_equal_keys_is_the_one_that_is_walked_and_built() -> None:
    text = json.dumps(described(L.Flatten()))
    doubled = text.replace(
        '"class_name": "Flatten"', '"class_name": "Flatten", "class_name": "Lambda"'
    )
    with pytest.raises(DeclarationRefused, match="Lambda"):
        declaration.build(doubled)
    harmless = text.replace(
        '"class_name": "Flatten"', '"class_name": "Lambda", "class_name": "Flatten"'
    )
    assert [type(one) for one in declaration.build(harmless).layers] == [L.Flatten]


def test_the_budget_is_lifted_afterwards() -> None:
    original = keras.Layer.add_weight
    with pytest.raises(DeclarationRefused):
        build(described() | {"config": {"layers": [obj("Dense", config={"units": 10**12})]}})
    assert keras.Layer.add_weight is original


def trainable(*layers: Any, **how: Any) -> tuple[str, str]:
    """What the referee is told of a network that ends in ten classes."""
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers, L.Flatten(), L.Dense(10)])
    model.compile(**{"optimizer": "adam", "loss": "mse", "metrics": ["accuracy"]} | how)
    network = declaration.network(model.to_json(), Budget())
    return network, declaration.compiled(json.dumps(model.get_compile_config()), network)


def ready(*layers: Any, **how: Any) -> Any:
    return declaration.build_compiled(*trainable(*layers, **how), Budget())


def dense(**how: Any) -> Any:
    return L.Dense(3, **how)


def test_what_is_built_to_be_trained_is_compiled_and_fresh() -> None:
    model = ready(L.Conv2D(2, 3))
    assert model.optimizer.built
    assert int(model.optimizer.iterations) == 0
    assert not model.get_compile_config()["metrics"], "metrics are no part of a training"
    assert [layer.name for layer in model.layers] == ["layer_2", "layer_3", "layer_4"]


# Cases of docs/security.md, each with a twin that does the harmless thing next to it.


def test_case_37_weights_in_an_initialiser_are_refused() -> None:
    table = keras.initializers.Constant(np.ones((28, 3)).tolist())
    with pytest.raises(DeclarationRefused, match="Constant holds an array"):
        trainable(dense(kernel_initializer=table))
    twin = ready(dense(kernel_initializer=keras.initializers.Constant(0.25)))
    np.testing.assert_array_equal(twin.weights[0], np.full((1, 3), 0.25))


def test_one_layer_alone_may_hold_a_number_for_each_pixel() -> None:
    numbers = np.full((8, 8, 1), 0.5)

    def adapted() -> Any:
        return L.Normalization(axis=(1, 2, 3), mean=numbers, variance=numbers)

    layers = [L.Normalization(mean=[0.5], variance=[0.1]), adapted(), L.Flatten(), L.Dense(2)]
    assert build(described(*layers)).count_params() == 130
    with pytest.raises(DeclarationRefused, match="two Normalization layers"):
        build(described(adapted(), *layers))


def test_case_37_weights_that_were_set_before_fit_are_not_taken_along() -> None:
    model = keras.Sequential([keras.Input((28, 28, 1)), L.Flatten(), L.Dense(10)])
    before = declaration.network(model.to_json())
    model.set_weights([np.ones_like(weight) for weight in model.get_weights()])
    assert declaration.network(model.to_json()) == before
    assert not np.any(declaration.build(before).get_weights()[0] == 1)


def test_case_38_an_accuracy_of_ones_own_is_refused() -> None:
    def accuracy(y_true: Any, y_pred: Any) -> Any:
        return y_pred * 0 + 1

    mean = keras.metrics.Mean(name="accuracy")
    for fake in (accuracy, mean):
        with pytest.raises(DeclarationRefused, match='metrics=\\["accuracy"\\]'):
            trainable(metrics=[fake])
    assert ready(metrics=["accuracy", keras.metrics.MeanSquaredError()]).compiled


def test_case_39_hidden_convolutions_are_refused_or_stay_to_be_seen() -> None:
    entry = keras.Input((28, 28, 1))
    hidden = keras.Model(entry, keras.ops.conv(entry, np.ones((3, 3, 1, 1), "float32")))
    with pytest.raises(DeclarationRefused, match="holds Conv"):
        trainable(hidden)
    with pytest.raises(DeclarationRefused, match="holds Lambda"):
        trainable(L.Lambda(keras.ops.relu))
    wrapped = L.TimeDistributed(L.Conv1D(2, 3))
    nested = keras.Sequential([L.Conv2D(2, 3)])
    for layer, name in ((wrapped, "Conv1D"), (nested, "Conv2D")):
        assert f'"class_name":"{name}"' in trainable(layer)[0]
        assert ready(layer).built


JUNK: list[Any] = [None, 3, -1, 10**30, "x", "", [], [1], {}, {"a": 1}, True, obj("Flatten")]


def places(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a description."""
    yield path
    if isinstance(found, dict | list):
        pairs = found.items() if isinstance(found, dict) else enumerate(found)
        for key, value in pairs:
            yield from places(value, (*path, key))


def replaced(found: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    made = copy.copy(found)
    made[path[0]] = replaced(found[path[0]], path[1:], junk)
    return made


def strange(found: Any) -> Iterator[Any]:
    """The description with junk in each place, one after the other."""
    for path in places(found):
        for junk in JUNK:
            yield replaced(found, path, junk)


def test_junk_in_any_place_is_refused_or_spelt_but_never_an_error() -> None:
    entry = keras.Input((4,))
    inner = keras.Sequential([keras.Input((4,)), L.Dropout(0.5, seed=1)])
    described = json.loads(keras.Model([entry], inner(entry)).to_json())
    refused = 0
    for found in strange(described):
        try:
            text = declaration.network(json.dumps(found))
        except DeclarationRefused:
            refused += 1
        else:
            assert declaration.network(text) == text
    assert refused > 500


def test_junk_in_any_place_of_a_compilation_is_refused_or_spelt() -> None:
    model = keras.Sequential([keras.Input((4,)), L.Dense(10)])
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([5], [0.1, 0.01])
    loss = keras.losses.SparseCategoricalCrossentropy()
    metric = keras.metrics.SparseCategoricalAccuracy(name="acc")
    model.compile(keras.optimizers.SGD(schedule), loss, [1.0], metrics=["accuracy", metric])
    refused = 0
    for found in strange(model.get_compile_config()):
        try:
            spelt = compilation.canonical(found if isinstance(found, dict) else {})
        except DeclarationRefused:
            refused += 1
        else:
            assert compilation.canonical(spelt) == spelt
    assert refused > 200


@pytest.mark.filterwarnings("ignore:.*lambda:UserWarning")
@pytest.mark.parametrize("own", [lambda x: x, json.dumps], ids=["<lambda>", "dumps"])
def test_an_activation_of_the_students_is_named(own: Callable[..., Any]) -> None:
    text = json.dumps(described(L.Dense(3, activation=own)))
    with pytest.raises(DeclarationRefused, match=f"activation of Dense is .* {own.__name__}: use"):
        declaration.network(text)
