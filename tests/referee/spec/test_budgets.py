from __future__ import annotations

import json
import time
from typing import Any

import keras
import pytest

from grader.errors import DeclarationRefused
from grader.model import Budget
from grader.referee.spec import budgets, declaration

pytestmark = pytest.mark.keras

L = keras.layers


def described(*layers: Any, shape: tuple[int, ...] = (28, 28, 1)) -> str:
    """A description of layers that are never built here."""
    model = keras.Sequential([keras.Input(shape)])
    described = json.loads(model.to_json())
    described["config"]["layers"] += [
        keras.saving.serialize_keras_object(layer) for layer in layers
    ]
    return json.dumps(described)


OVER: dict[str, tuple[list[Any], str]] = {
    "weights": ([L.Flatten(), L.Dense(10**9)], "more than 64000000 weights: use fewer or smaller"),
    "weights of a recurrent layer": ([L.Reshape((28, 28)), L.LSTM(5000)], "more than 64000000 wei"),
    "convolutions": (
        [L.Conv2D(256, 3, padding="same"), L.Conv2D(256, 3, padding="same")],
        "does 464228352 multiplications for one image: at most 100000000. Use fewer or smaller",
    ),
    "time steps": (
        [L.Reshape((784, 1)), L.LSTM(200)],
        "does 126067984 multiplications for one image",
    ),
    "pooling": (
        [L.Conv2D(256, 1), L.MaxPooling2D(28, strides=1, padding="same"), L.Flatten()],
        "multiplications for one image",
    ),
    "orthogonal start": (
        [L.Flatten(), L.Dense(7000), L.Dense(7000, kernel_initializer="orthogonal")],
        "an orthogonal start of 7000 x 7000 weights takes too long",
    ),
    "activations": ([L.Resizing(9000, 9000)], "numbers for one example: at most 64000000"),
}


def doubled(levels: int) -> Any:
    """A model that calls a model twice, which calls one twice, and so on."""
    image = keras.Input((4,))
    model = keras.Model(image, L.Dense(4)(image))
    for _ in range(levels):
        image = keras.Input((4,))
        model = keras.Model(image, model(model(image)))
    return model


def unrolled(steps: int) -> Any:
    return keras.Sequential([keras.Input((steps, 1)), L.SimpleRNN(1, unroll=True)])


def iterated(rounds: int) -> Any:
    layer = L.SpectralNormalization(L.Dense(4), power_iterations=rounds)
    return keras.Sequential([keras.Input((4,)), layer])


def at_each_step(levels: int) -> Any:
    steps = keras.Input((3, 4))
    return keras.Model(steps, L.TimeDistributed(doubled(levels))(steps))


def without_a_shape(levels: int) -> Any:
    return keras.Sequential([doubled(levels)])


@pytest.mark.parametrize(
    ("make", "most", "more"),
    [
        *((doubled, 9, 30), (at_each_step, 9, 12), (without_a_shape, 9, 12)),
        *((unrolled, 28, 2100), (iterated, 3, 5000)),
    ],
)
def test_calls_that_few_words_describe_are_counted_before_they_are_made(
    make: Any, most: int, more: int
) -> None:
    declaration.build(make(most).to_json())
    described = make(1).to_json() if make in (unrolled, iterated) else make(more).to_json()
    text = described.replace("[null, 1, 1]", f"[null, {more}, 1]")
    text = text.replace('"power_iterations": 1', f'"power_iterations": {more}')
    started = time.process_time()
    with pytest.raises(DeclarationRefused, match=r"calls its layers \d+ times for one example"):
        declaration.build(text)
    assert time.process_time() - started < 20  # for ever, were they made


def test_a_student_whose_network_shares_layers_may_train_it() -> None:
    image = keras.Input((28, 28, 1))
    flat = L.Flatten()(image)
    layer, other = L.Dense(784), doubled(0)
    shared = layer(layer(flat))
    out = L.Dense(10)(L.Concatenate()([shared, other(other(L.Dense(4)(flat)))]))
    assert declaration.network(keras.Model(image, out).to_json(), Budget())


@pytest.mark.parametrize("name", OVER)
def test_a_network_over_the_budget_is_refused_before_it_costs(name: str) -> None:
    layers, words = OVER[name]
    started = time.process_time()
    with pytest.raises(DeclarationRefused, match=words):
        declaration.network(described(*layers), Budget())
    assert time.process_time() - started < 60  # hours, were it trained


REFERENCES: dict[str, list[Any]] = {
    "mnist_998": [L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(2), L.Flatten(), L.Dense(256)],
    "cnn_exploration": [
        *(L.Conv2D(64, 3, padding="same"), L.MaxPooling2D(2)),
        *(L.Conv2D(64, 3), L.MaxPooling2D(2)),
        *(L.Flatten(), L.Dense(128), L.Dense(10)),
    ],
    "recurrent": [L.Reshape((28, 28)), L.LSTM(128), L.Dense(10)],
}


@pytest.mark.parametrize("name", REFERENCES)
def test_the_courses_networks_are_well_within(name: str) -> None:
    quarter = Budget(operations=Budget().operations // 4, weights=Budget().weights // 4)
    assert declaration.network(described(*REFERENCES[name]), quarter)


def test_a_budget_is_that_of_the_course_and_not_ours() -> None:
    small = described(L.Flatten(), L.Dense(10))
    with pytest.raises(DeclarationRefused, match="more than 7849 weights"):
        declaration.network(small, Budget(weights=7849))
    with pytest.raises(DeclarationRefused, match="8624 multiplications"):
        declaration.network(small, Budget(operations=8623))
    assert declaration.network(small, Budget(weights=7850, operations=8624))
    assert declaration.network(small)


def test_the_trainer_measures_once_more() -> None:
    model = keras.Sequential([keras.Input((28, 28)), L.Flatten(), L.Dense(10)])
    network = declaration.network(model.to_json())
    model.compile("adam", "mse")
    compiled = declaration.compiled(json.dumps(model.get_compile_config()), network)
    with pytest.raises(DeclarationRefused, match="more than 10 weights"):
        declaration.build_compiled(network, compiled, Budget(weights=10))
    with pytest.raises(DeclarationRefused, match=r"multiplications .*at most 10"):
        declaration.build_compiled(network, compiled, Budget(operations=10))
    assert declaration.build_compiled(network, compiled, Budget()).optimizer.built


def test_memory_is_counted_by_weights_and_batch() -> None:
    model = keras.Sequential([keras.Input((28, 28)), L.Flatten(), L.Dense(10)])
    assert budgets.activations(model) == 784 + 10
    exact = 4 * (4 * 7850 + 2 * 32 * (784 + 10))
    budgets.expect_memory(model, 32, Budget(memory_bytes=exact))
    with pytest.raises(DeclarationRefused, match="batch_size=32 would take"):
        budgets.expect_memory(model, 32, Budget(memory_bytes=exact - 1))


def test_what_was_put_in_keras_is_taken_out_again() -> None:
    original = keras.Layer.add_weight
    with pytest.raises(DeclarationRefused), budgets.counting_weights(3):
        L.Dense(2).build((None, 2))
    assert keras.Layer.add_weight is original
