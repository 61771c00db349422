from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader.errors import DeclarationRefused
from grader.model import Budget
from grader.referee.spec import canonical, declaration
from tests.referee.spec.networks import obj

pytestmark = pytest.mark.keras

L = keras.layers
Described = dict[str, Any]


def spelt(model: Any) -> str:
    text = declaration.network(model.to_json())
    assert declaration.network(text) == text
    return text


def sequential(*layers: Any, shape: tuple[int, ...] = (28, 28, 1)) -> Any:
    return keras.Sequential([keras.Input(shape), *layers])


def conv(**how: Any) -> Any:
    return L.Conv2D(4, 3, activation="relu", **how)


def article() -> Any:
    """As the article writes it."""
    with pytest.warns(UserWarning, match="input_shape"):
        first = L.Conv2D(4, (3, 3), activation="relu", input_shape=(28, 28, 1))
    return keras.Sequential(
        [first, L.MaxPooling2D(2, 2), L.Flatten(), L.Dense(10, activation=tf.nn.softmax)]
    )


def built_late() -> Any:
    model = keras.Sequential(
        [conv(), L.MaxPool2D(), L.Flatten(), L.Dense(10, activation="softmax")], name="mine"
    )
    model.build((None, 28, 28, 1))
    return model


def added() -> Any:
    model = keras.Sequential()
    model.add(keras.Input((28, 28, 1), batch_size=32, name="pixels"))
    model.add(conv(name="c", kernel_initializer=keras.initializers.GlorotUniform(seed=5)))
    model.add(L.MaxPooling2D((2, 2), name="pool"))
    model.add(L.Flatten())
    model.add(L.Dense(10, activation=keras.activations.softmax, name="out"))
    return model


@pytest.mark.parametrize("other", [built_late, added])
def test_two_spellings_of_a_sequential_network_are_one(other: Callable[[], Any]) -> None:
    assert spelt(article()) == spelt(other())


def functional(names: str = "", seed: int | None = None, **ends: Any) -> Any:
    """A branch, a layer applied twice, a nested model of two outputs."""

    def name(one: str) -> str | None:
        return f"{names}_{one}" if names else None

    inside = keras.Input((28, 28, 1), name=name("inside"))
    pooled = L.MaxPooling2D(4, name=name("pool"))(inside)
    flat = L.Flatten(name=name("flat"))(pooled)
    inner = keras.Model(inside, [flat, L.Dropout(0.5, seed=seed)(flat)], name=name("inner"))
    entry = keras.Input((28, 28, 1), name=name("entry"))
    one, two = inner(entry)
    shared = L.Dense(10, name=name("shared"))
    both = L.Add(name=name("add"))([shared(one), shared(two)])
    return keras.Model([entry], [both], name=name("model"))


def test_names_and_seeds_of_a_functional_network_do_not_matter() -> None:
    assert spelt(functional()) == spelt(functional("other", seed=3))


@pytest.mark.parametrize("make", [article, functional])
def test_the_one_spelling_is_the_same_network(make: Callable[[], Any]) -> None:
    model = make()
    other = declaration.build(spelt(model))
    other.set_weights(model.get_weights())
    images = np.random.default_rng(0).random((3, 28, 28, 1), "float32")
    np.testing.assert_array_equal(
        other.predict(images, verbose=0), model.predict(images, verbose=0)
    )


DIFFERENT: dict[str, Callable[[], Any]] = {
    "another number of filters": lambda: sequential(L.Conv2D(5, 3), L.Flatten()),
    "another activation": lambda: sequential(L.Conv2D(4, 3, activation="tanh"), L.Flatten()),
    "another start": lambda: sequential(conv(kernel_initializer="he_normal"), L.Flatten()),
    "another layer": lambda: sequential(conv(), L.GlobalMaxPooling2D()),
    "another input": lambda: sequential(conv(), L.Flatten(), shape=(28, 28, 3)),
    "not trainable": lambda: sequential(conv(trainable=False), L.Flatten()),
    "another regulariser": lambda: sequential(conv(kernel_regularizer="l2"), L.Flatten()),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_another_network_has_another_spelling(name: str) -> None:
    assert spelt(DIFFERENT[name]()) != spelt(sequential(conv(), L.Flatten()))


def test_the_order_of_branches_is_kept() -> None:
    def subtracted(swap: bool) -> Any:
        entry = keras.Input((4,))
        one, two = L.Dense(10, name="a")(entry), L.Dense(10, name="b", use_bias=False)(entry)
        return keras.Model(entry, L.Subtract()([two, one] if swap else [one, two]))

    assert spelt(subtracted(False)) != spelt(subtracted(True))


def test_wrapped_layers_lose_their_names_and_seeds_too() -> None:
    def wrapped(name: str, seed: int | None) -> Any:
        inner = L.LSTM(3, name=f"{name}_inner", dropout=0.1, seed=seed)
        return sequential(
            L.TimeDistributed(L.Dense(2, name=f"{name}_dense")),
            L.Bidirectional(inner, name=name),
            keras.Sequential([L.Dense(3, name=f"{name}_last")], name=f"{name}_model"),
            L.Dense(10, activation=L.LeakyReLU(name=f"{name}_leaky")),
            shape=(28, 28),
        )

    one, other = spelt(wrapped("one", None)), spelt(wrapped("other", 4))
    assert one == other
    assert "one" not in one.replace('"None"', "")


def test_how_a_recurrent_layer_is_computed_is_ours_to_say() -> None:
    rolled, unrolled = (sequential(L.GRU(3, unroll=is_), shape=(28, 28)) for is_ in (False, True))
    assert spelt(rolled) == spelt(unrolled)


def test_policies_and_names_of_precisions_are_one() -> None:
    policy = keras.DTypePolicy("float16")
    named, meant = (spelt(sequential(L.Dense(3, dtype=one))) for one in ("float16", policy))
    assert named == meant
    assert named != spelt(sequential(L.Dense(3)))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_is_the_same_network_in_float32(policy: str) -> None:
    assert spelt(sequential(L.Dense(3, dtype=policy))) == spelt(sequential(L.Dense(3)))


def branched() -> Any:
    entry = keras.Input((28, 28, 1))
    return keras.Model(entry, [L.Flatten()(entry), L.GlobalMaxPooling2D()(entry)])


def two_inputs() -> Any:
    one, two = keras.Input((4,)), keras.Input((4,))
    return keras.Model([one, two], L.Add()([one, two]))


def named_output() -> Any:
    entry = keras.Input((4,))
    return keras.Model(entry, {"digit": L.Dense(10)(entry)})


def frozen() -> Any:
    model = sequential(L.Dense(3))
    model.trainable = False
    return model


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "several outputs": (branched, "has several inputs or outputs"),
    "several inputs": (two_inputs, "has several inputs or outputs"),
    "a named output": (named_output, "several inputs or outputs, or names them"),
    "no input": (lambda: keras.Sequential([L.Dense(3)]), r"begin with keras.Input\(shape=\(28, 28"),
    "frozen": (frozen, "trainable=False: a network that does not learn"),
    "too many layers": (
        lambda: keras.Sequential([L.Identity() for _ in range(101)]),
        "more than 100 layers",
    ),
    "state between batches": (
        lambda: keras.Sequential([keras.Input((28, 28), batch_size=2), L.LSTM(2, stateful=True)]),
        "stateful=True, which carries one batch's state into the next",
    ),
    "precision": (lambda: sequential(L.Dense(3, dtype="bfloat16")), "computes in 'bfloat16'"),
    "sparse": (
        lambda: keras.Sequential([keras.Input((4,), sparse=True), L.Dense(2)]),
        "input is no plain array",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_network_that_cannot_be_trained_here_is_refused(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(DeclarationRefused, match=words):
        declaration.network(make().to_json())


TAMPERED: dict[str, tuple[Callable[[Described], object], str]] = {
    "no layers": (lambda config: config.update(layers=3), "no list of layers"),
    "no layer": (
        lambda config: config["layers"].append(obj("HeNormal", "keras.initializers")),
        "HeNormal .* stands where a layer belongs",
    ),
    "two of a name": (
        lambda config: config["layers"].append(config["layers"][-1]),
        "two layers of a model have the same name",
    ),
    "unknown reference": (
        lambda config: config.update(output_layers=["gone", 0, 0]),
        "refers to 'gone', a layer it does not have",
    ),
    "no reference": (lambda config: config.update(input_layers=7), "layers out of order"),
    "number for a name": (lambda config: config["layers"][0].update(name=7), "has 7 for a name"),
    "not a number": (
        lambda config: config["layers"][1]["config"].update(rate=float("nan")),
        "a setting of the network is no number",
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_description_out_of_order_is_refused(name: str) -> None:
    change, words = TAMPERED[name]
    entry = keras.Input((28, 28, 1))
    described = json.loads(keras.Model(entry, L.Dropout(0.5)(entry)).to_json())
    change(described["config"])
    with pytest.raises(DeclarationRefused, match=words):
        declaration.network(json.dumps(described))


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(DeclarationRefused, match="Sequential or functional"):
        canonical.network(obj("Dense"))


def test_shapes_that_lie_are_found_anew() -> None:
    """Keras would build a layer for the shape that stands beside it."""
    described = json.loads(sequential(L.Flatten(), L.Dense(10)).to_json())
    described["config"]["layers"][2]["build_config"] = {"input_shape": [None, 10**9]}
    assert declaration.network(json.dumps(described), Budget()) == spelt(
        sequential(L.Flatten(), L.Dense(10))
    )


def test_the_student_s_way_of_compiling_is_left_out() -> None:
    model = sequential(L.Flatten(), L.Dense(10))
    before = spelt(model)
    model.compile("adam", "mse")
    assert spelt(model) == before
