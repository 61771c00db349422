"""Checks of a model's layers, each passing and failing."""

import keras
import pytest
from keras import layers

from grader.checks import architecture
from grader.errors import ClaimFailed

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


def names(model):
    return [type(layer).__name__ for layer in architecture.layers(model)]


def test_layers_are_listed_in_order_without_the_input():
    assert names(cnn()) == ["Conv2D", "MaxPooling2D", "Flatten", "Dense"]


def test_layers_of_a_model_that_is_not_built_yet():
    assert names(keras.Sequential([layers.Flatten(), layers.Dense(3)])) == ["Flatten", "Dense"]


def test_layers_go_through_nested_models_and_wrappers():
    inner = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(1, 3)])
    model = functional(inner, layers.TimeDistributed(layers.Conv1D(2, 3)), layers.Flatten())
    assert names(model) == ["Conv2D", "Conv1D", "Flatten"]


def test_a_layer_applied_twice_is_listed_twice():
    shared = layers.Conv2D(1, 3, padding="same")
    assert names(functional(shared, shared)) == ["Conv2D", "Conv2D"]


def test_layers_of_something_else():
    with pytest.raises(ClaimFailed, match="Expected a Keras model, received NoneType"):
        architecture.layers(None)


def test_expect_count_passes():
    architecture.expect_count(cnn(), "Conv2D", 1)
    architecture.expect_count(functional(cnn()), "MaxPooling2D", 1)
    architecture.expect_count(cnn(), "Dropout", 0)


def test_expect_count_finds_a_hidden_layer_and_lists_all():
    model = cnn(keras.Sequential([layers.Conv2D(2, 3)]))
    with pytest.raises(ClaimFailed, match=r"2 Conv2D, expected exactly 1.*Conv2D, Flatten"):
        architecture.expect_count(model, "Conv2D", 1)


def test_expect_count_counts_a_subclass():
    class Sneaky(layers.Conv2D):
        pass

    with pytest.raises(ClaimFailed, match="2 Conv2D"):
        architecture.expect_count(cnn(Sneaky(2, 3)), "Conv2D", 1)


def test_expect_count_names_what_is_missing():
    with pytest.raises(ClaimFailed, match=r"no AveragePooling2D.*Add tf.keras.layers.Average"):
        architecture.expect_count(cnn(), "AveragePooling2D", 1)


@pytest.mark.parametrize(
    "other", [layers.SeparableConv2D, layers.DepthwiseConv2D, layers.Conv2DTranspose]
)
def test_expect_count_counts_other_convolutions_as_others(other):
    layer = other(kernel_size=3) if other is layers.DepthwiseConv2D else other(2, 3)
    architecture.expect_count(cnn(layer), "Conv2D", 1)


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


def test_expect_layers_keeps_other_activation_layers_apart():
    with pytest.raises(ClaimFailed, match="activation='linear', expected activation='relu'"):
        architecture.expect_layers(functional(layers.Conv2D(4, 3), layers.ReLU(max_value=6)), CNN)


def test_expect_layers_names_the_setting_that_differs():
    with pytest.raises(ClaimFailed, match="Layer 1, a Conv2D, has filters=5, expected filters=4"):
        architecture.expect_layers(cnn(filters=5), CNN)


def test_expect_layers_names_the_layer_that_differs():
    with pytest.raises(ClaimFailed, match="Layer 3 is a Dropout, expected a Flatten"):
        architecture.expect_layers(cnn(layers.Dropout(0.1)), CNN)


def test_expect_layers_names_a_missing_layer():
    with pytest.raises(ClaimFailed, match="ends after 1 layer, but a MaxPooling2D should follow"):
        architecture.expect_layers(functional(layers.Conv2D(4, 3, activation="relu")), CNN)


def test_expect_layers_names_a_layer_too_many():
    with pytest.raises(ClaimFailed, match="Layer 4 is a Dense, but the model should end"):
        architecture.expect_layers(cnn(), CNN[:3])


@pytest.mark.parametrize(
    "metrics",
    [
        ["accuracy"],
        ["acc"],
        ["mse", "accuracy"],
        {"dense": ["accuracy"]},
        ["sparse_categorical_accuracy"],
        [keras.metrics.SparseCategoricalAccuracy(name="a")],
        [keras.metrics.sparse_categorical_accuracy],
    ],
)
def test_expect_compiled_takes_every_spelling(metrics):
    model = functional(layers.Flatten(), layers.Dense(10, "softmax", name="dense"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=metrics)
    architecture.expect_compiled(model)


def test_expect_compiled_refuses_a_model_that_is_not():
    with pytest.raises(ClaimFailed, match="not compiled"):
        architecture.expect_compiled(cnn())


@pytest.mark.parametrize("metrics", [None, ["mse"], [keras.metrics.MeanSquaredError("accuracy")]])
def test_expect_compiled_refuses_other_metrics(metrics):
    model = cnn()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=metrics)
    with pytest.raises(ClaimFailed, match="expected 'accuracy' among them"):
        architecture.expect_compiled(model)


def test_expect_input():
    architecture.expect_input(cnn(), (28, 28, 1))
    architecture.expect_input(keras.Sequential([layers.Flatten()]), (28, 28, 1))
    with pytest.raises(ClaimFailed, match=r"shape \(28, 28, 1\), expected \(32, 32, 3\)"):
        architecture.expect_input(cnn(), (32, 32, 3))


def test_expect_classes():
    architecture.expect_classes(cnn(), 10)
    with pytest.raises(ClaimFailed, match="has 10 units, expected 12"):
        architecture.expect_classes(cnn(), 12)
    with pytest.raises(ClaimFailed, match="ends in Flatten with activation None"):
        architecture.expect_classes(functional(layers.Flatten()), 10)
    with pytest.raises(ClaimFailed, match="ends in nothing"):
        architecture.expect_classes(keras.Sequential(), 10)


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
    with pytest.raises(ClaimFailed, match=r"trained model has the layers Conv2D.*other settings"):
        architecture.expect_same_layers(cnn(filters=5), cnn(filters=4))
    with pytest.raises(ClaimFailed, match=r"Dropout, Flatten, Dense, and build_model\(\) makes"):
        architecture.expect_same_layers(cnn(layers.Dropout(0.5)), cnn())


def test_nothing_else_convolves_passes():
    architecture.nothing_else_convolves(cnn(layers.Dropout(0.2), layers.BatchNormalization()))
    architecture.nothing_else_convolves(functional(cnn(), layers.Rescaling(2.0)))


@pytest.mark.parametrize(
    "layer",
    [
        layers.SeparableConv2D(2, 3),
        layers.DepthwiseConv2D(3),
        layers.Conv2DTranspose(2, 3),
        layers.AveragePooling2D(2),
        layers.GlobalMaxPooling2D(keepdims=True),
        layers.AdaptiveAveragePooling2D(2),
        layers.TimeDistributed(layers.Conv1D(2, 3)),
        layers.TimeDistributed(layers.MaxPooling1D(2)),
        keras.Sequential([layers.SeparableConv2D(2, 3)]),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_nothing_else_convolves_refuses(layer):
    with pytest.raises(ClaimFailed, match=r"also convolves or pools with \w*(Conv|Pool)"):
        architecture.nothing_else_convolves(cnn(layer))


def test_nothing_else_convolves_refuses_a_lambda():
    with pytest.raises(ClaimFailed, match=r"Lambda .* whose code is its own"):
        architecture.nothing_else_convolves(cnn(layers.Lambda(lambda x: x)))


def test_nothing_else_convolves_refuses_a_custom_layer():
    class Blur(keras.Layer):
        def call(self, inputs):
            return inputs

    with pytest.raises(ClaimFailed, match=r"Blur .* whose code is its own"):
        architecture.nothing_else_convolves(cnn(Blur()))


def test_nothing_else_convolves_refuses_a_custom_model():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = layers.Conv2D(2, 3)

        def call(self, inputs):
            return self.first(inputs)

    assert names(Net()) == ["Conv2D"]
    with pytest.raises(ClaimFailed, match=r"Net .* whose code is its own"):
        architecture.nothing_else_convolves(Net())


def test_nothing_else_convolves_refuses_an_operation():
    def convolve(x):
        return keras.ops.conv(x, keras.ops.ones((3, 3, 1, 1)), padding="same")

    with pytest.raises(ClaimFailed, match=r"operation Conv .* outside of any layer"):
        architecture.nothing_else_convolves(functional(convolve, layers.Flatten()))
    with pytest.raises(ClaimFailed, match="operation Conv"):
        architecture.nothing_else_convolves(functional(functional(convolve), layers.Flatten()))
