"""Checks of a model's layers, each passing and failing."""

import keras
import pytest
from keras import layers

from grader.checks import architecture
from grader.errors import ClaimFailed

pytestmark = pytest.mark.keras

CNN = (
    ("Conv2D", {"filters": 4, "kernel_size": (3, 3), "activation": "relu"}),
    ("MaxPooling2D", {"pool_size": (2, 2)}),
    ("Flatten", {}),
    ("Dense", {"units": 10, "activation": "softmax"}),
)


def cnn(*extra, filters=4):
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(filters, 3, activation="relu"),
            layers.MaxPooling2D(2),
            *extra,
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def functional(*steps):
    inputs = outputs = keras.Input((28, 28, 1))
    for step in steps:
        outputs = step(outputs)
    return keras.Model(inputs, outputs)


def test_expect_count_passes():
    architecture.expect_count(cnn(), "Conv2D", 1)
    architecture.expect_count(functional(cnn()), "MaxPooling2D", 1)
    architecture.expect_count(cnn(), "Dropout", 0)


def test_expect_count_finds_a_hidden_layer_and_lists_all():
    model = cnn(keras.Sequential([layers.Conv2D(2, 3)]))
    with pytest.raises(ClaimFailed, match=r"2 Conv2D.* 1.*Conv2D, Flatten"):
        architecture.expect_count(model, "Conv2D", 1)


def test_expect_count_counts_a_subclass():
    class Sneaky(layers.Conv2D):
        pass

    with pytest.raises(ClaimFailed, match="2 Conv2D"):
        architecture.expect_count(cnn(Sneaky(2, 3)), "Conv2D", 1)


def test_expect_count_names_what_is_missing():
    with pytest.raises(ClaimFailed, match="no AveragePooling2D"):
        architecture.expect_count(cnn(), "AveragePooling2D", 1)


@pytest.mark.parametrize(
    "other", [layers.SeparableConv2D, layers.DepthwiseConv2D, layers.Conv2DTranspose]
)
def test_expect_count_counts_other_convolutions_as_others(other):
    layer = other(kernel_size=3) if other is layers.DepthwiseConv2D else other(2, 3)
    architecture.expect_count(cnn(layer), "Conv2D", 1)


def test_expect_each_passes_whatever_else_the_model_has():
    architecture.expect_each(cnn(filters=7), "Conv2D", filters=7, kernel_size=(3, 3))
    architecture.expect_each(functional(*cnn(layers.Dropout(0.2)).layers), "Conv2D", filters=4)


def test_expect_each_names_the_layer_that_is_set_otherwise():
    model = cnn(layers.Conv2D(8, 3), filters=7)
    with pytest.raises(ClaimFailed, match="Conv2D 2 of 2 has filters=8, expected filters=7"):
        architecture.expect_each(model, "Conv2D", filters=7)


def test_expect_each_names_the_call_whose_arguments_decide():
    wanted = r"build_cnn\(filters=7\): Conv2D 1 of 1 .*filters=7\. Take it from the argument"
    with pytest.raises(ClaimFailed, match=wanted):
        architecture.expect_each(cnn(), "Conv2D", called="build_cnn(filters=7)", filters=7)
    with pytest.raises(ClaimFailed, match=r"Write Conv2D\(\.\.\.\) with filters=7\."):
        architecture.expect_each(cnn(), "Conv2D", filters=7)


def test_expect_each_wants_one_at_least():
    with pytest.raises(ClaimFailed, match=r"no AveragePooling2D\. Its layers: Conv2D"):
        architecture.expect_each(cnn(), "AveragePooling2D", pool_size=(2, 2))


def test_expect_kinds_passes_with_others_between():
    architecture.expect_kinds(cnn(layers.Dropout(0.2)), ["Conv2D", "MaxPooling2D"])


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ([layers.MaxPooling2D], "Conv2D, MaxPooling2D, MaxPooling2D, expected Conv2D, Max"),
        ([lambda: layers.Conv2D(2, 3)], "Conv2D, MaxPooling2D, Conv2D, expected Conv2D, Max"),
    ],
)
def test_expect_kinds_finds_one_too_many(more, found):
    with pytest.raises(ClaimFailed, match=found):
        architecture.expect_kinds(cnn(*[make() for make in more]), ["Conv2D", "MaxPooling2D"])


def test_expect_kinds_names_the_call_whose_arguments_decide():
    called = "build_cnn(convolutions=2)"
    with pytest.raises(
        ClaimFailed, match=r"^build_cnn\(convolutions=2\) has Conv2D, MaxPooling2D,"
    ):
        architecture.expect_kinds(cnn(), ["Conv2D", "MaxPooling2D"] * 2, called=called)


def test_expect_kinds_holds_the_order():
    with pytest.raises(ClaimFailed, match="has Conv2D, MaxPooling2D, expected MaxPooling2D"):
        architecture.expect_kinds(cnn(), ["MaxPooling2D", "Conv2D"])


def test_expect_layers_passes():
    architecture.expect_layers(cnn(), CNN)


@pytest.mark.parametrize("relu", [layers.ReLU, lambda: layers.Activation("relu")])
def test_expect_layers_takes_an_activation_as_its_own_layer(relu):
    model = functional(
        layers.Conv2D(4, 3),
        relu(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(10),
        layers.Softmax(),
    )
    architecture.expect_layers(model, CNN)


def test_expect_layers_knows_tensorflows_own_functions():
    import tensorflow as tf

    model = functional(
        layers.Conv2D(4, 3, activation=tf.nn.relu),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(10, activation=tf.nn.softmax),
    )
    architecture.expect_layers(model, CNN)


def test_expect_layers_takes_a_layer_for_the_argument_activation():
    model = functional(
        layers.Conv2D(4, 3, activation=layers.ReLU()),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(10, activation=layers.Softmax()),
    )
    architecture.expect_layers(model, CNN)
    with pytest.raises(ClaimFailed, match="activation='LeakyReLU', expected activation='relu'"):
        architecture.expect_layers(
            functional(layers.Conv2D(4, 3, activation=layers.LeakyReLU())), CNN
        )


def test_expect_layers_keeps_other_activation_layers_apart():
    with pytest.raises(ClaimFailed, match=r"linear.*relu"):
        architecture.expect_layers(functional(layers.Conv2D(4, 3), layers.ReLU(max_value=6)), CNN)


def test_expect_layers_names_the_setting_that_differs():
    with pytest.raises(ClaimFailed, match=r"Layer 1.*filters=5.*filters=4"):
        architecture.expect_layers(cnn(filters=5), CNN)


def test_expect_layers_names_the_layer_that_differs():
    with pytest.raises(ClaimFailed, match=r"Layer 3.*Dropout.*Flatten"):
        architecture.expect_layers(cnn(layers.Dropout(0.1)), CNN)


def test_expect_layers_names_a_missing_layer():
    with pytest.raises(ClaimFailed, match=r"after 1 layer.*MaxPooling2D"):
        architecture.expect_layers(functional(layers.Conv2D(4, 3, activation="relu")), CNN)


def test_expect_layers_names_a_layer_too_many():
    with pytest.raises(ClaimFailed, match=r"Layer 4.*Dense"):
        architecture.expect_layers(cnn(), CNN[:3])


def test_expect_input():
    architecture.expect_input(cnn(), (28, 28, 1))
    architecture.expect_input(keras.Sequential([layers.Flatten()]), (28, 28, 1))
    with pytest.raises(ClaimFailed, match=r"\(28, 28, 1\).*\(32, 32, 3\)"):
        architecture.expect_input(cnn(), (32, 32, 3))


def test_expect_same_layers():
    lazy = keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    architecture.expect_same_layers(cnn(), lazy)
    architecture.expect_same_layers(cnn(layers.Lambda(abs)), cnn(layers.Lambda(abs)))
    with_layers = [functional(layers.Dense(3, activation=layers.LeakyReLU())) for _ in range(2)]
    architecture.expect_same_layers(*with_layers)
    frozen = cnn()
    frozen.trainable = False
    architecture.expect_same_layers(frozen, cnn())
    half = functional(layers.Dense(3, dtype="float16"))
    with pytest.raises(ClaimFailed, match="Layer 1, Dense, has dtype="):
        architecture.expect_same_layers(half, functional(layers.Dense(3)))
    changed = r"Layer 1, Conv2D, has filters=5 in the trained model, and filters=4 in what"
    with pytest.raises(ClaimFailed, match=changed):
        architecture.expect_same_layers(cnn(filters=5), cnn(filters=4))
    with pytest.raises(ClaimFailed, match="Dropout, Flatten, Dense"):
        architecture.expect_same_layers(cnn(layers.Dropout(0.5)), cnn())


def test_nothing_else_convolves_passes():
    architecture.nothing_else_convolves(cnn(layers.Dropout(0.2), layers.BatchNormalization()))
    architecture.nothing_else_convolves(functional(cnn(), layers.Rescaling(2.0)))
    architecture.nothing_else_convolves(
        cnn(layers.Resizing(60, 60), layers.Resizing(9, 9, "nearest"))
    )
    architecture.nothing_else_convolves(cnn(layers.RandomRotation(0.1), layers.LeakyReLU()))


@pytest.mark.parametrize(
    "layer",
    [
        layers.SeparableConv2D(2, 3),
        layers.DepthwiseConv2D(3),
        layers.Conv2DTranspose(2, 3),
        layers.AveragePooling2D(2),
        layers.GlobalMaxPooling2D(keepdims=True),
        layers.AdaptiveAveragePooling2D(2),
        layers.Resizing(6, 6, "area"),
        layers.Resizing(6, 6),
        layers.TimeDistributed(layers.Conv1D(2, 3)),
        layers.TimeDistributed(layers.MaxPooling1D(2)),
        keras.Sequential([layers.SeparableConv2D(2, 3)]),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_nothing_else_convolves_refuses(layer):
    with pytest.raises(ClaimFailed, match=r"with \w*(Conv|Pool|Resizing)"):
        architecture.nothing_else_convolves(cnn(layer))


def test_nothing_else_convolves_refuses_a_lambda():
    with pytest.raises(ClaimFailed, match="Lambda"):
        architecture.nothing_else_convolves(cnn(layers.Lambda(lambda x: x)))


def test_nothing_else_convolves_refuses_a_custom_layer():
    class Blur(keras.Layer):
        def call(self, inputs):
            return inputs

    with pytest.raises(ClaimFailed, match="Blur"):
        architecture.nothing_else_convolves(cnn(Blur()))


def test_nothing_else_convolves_refuses_a_custom_model():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = layers.Conv2D(2, 3)

        def call(self, inputs):
            return self.first(inputs)

    assert [type(layer).__name__ for layer in architecture.layers(Net())] == ["Conv2D"]
    with pytest.raises(ClaimFailed, match="Net"):
        architecture.nothing_else_convolves(Net())


def test_nothing_else_convolves_refuses_an_operation():
    def convolve(x):
        return keras.ops.conv(x, keras.ops.ones((3, 3, 1, 1)), padding="same")

    with pytest.raises(ClaimFailed, match="operation Conv"):
        architecture.nothing_else_convolves(functional(convolve, layers.Flatten()))
    with pytest.raises(ClaimFailed, match="operation Conv"):
        architecture.nothing_else_convolves(functional(functional(convolve), layers.Flatten()))
