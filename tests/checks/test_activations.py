"""The claims about a model of every layer's output, passing and failing."""

import keras
import numpy as np
import pytest

from grader.checks.activations import activation_shapes, activation_values, small_cnn
from grader.checks.protocols import ObjectProxy
from grader.errors import ClaimFailed

pytestmark = pytest.mark.keras

IMAGES = np.random.default_rng(0).random((2, 28, 28, 1))


def every_layer(model):
    return keras.Model(model.inputs, [layer.output for layer in model.layers])


def zeros(model):
    outputs = [keras.layers.Rescaling(0.0)(layer.output) for layer in model.layers]
    return keras.Model(model.inputs, outputs)


def new_weights(model):
    return every_layer(keras.models.clone_model(model))


@pytest.fixture(scope="module")
def model():
    return small_cnn()


def test_every_layers_output_passes(model):
    activation_shapes(every_layer, model, IMAGES)
    activation_values(every_layer, model, IMAGES)


class _EveryLayer(keras.Model):
    def __init__(self, model):
        super().__init__()
        self.one_by_one = model.layers

    def call(self, x):
        return [x := layer(x) for layer in self.one_by_one]


class _InKernel(ObjectProxy):
    """Stands for a student's function, whose models cannot be called here."""

    def __init__(self, made):
        self.made = made

    def __call__(self, model):
        self.real = self.made(model)
        stand_in = _EveryLayer(model)
        stand_in.call = stand_in.predict = None
        return stand_in

    def operate(self, operation, model, images):
        assert operation == "call"
        assert type(model) is _EveryLayer
        return [np.asarray(each) for each in self.real(images)]


@pytest.mark.parametrize("function", [_EveryLayer, _InKernel(_EveryLayer)], ids=["here", "kernel"])
def test_a_model_of_the_students_own_class_passes(function, model):
    activation_shapes(function, model, IMAGES)
    activation_values(function, model, IMAGES)


def test_values_of_a_model_of_the_students_own_class_may_be_wrong(model):
    def wrong(model):
        return keras.Model(model.inputs[0], zeros(model).outputs)

    with pytest.raises(ClaimFailed, match="Output 0 "):
        activation_values(_InKernel(wrong), model, IMAGES)


def test_a_single_layer_needs_no_list():
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten()])
    activation_values(lambda one: keras.Model(one.inputs, one.outputs[0]), model, IMAGES)


@pytest.mark.parametrize("wrong", [zeros, new_weights])
def test_right_shapes_with_other_values_fail_for_their_values(wrong, model):
    activation_shapes(wrong, model, IMAGES)
    with pytest.raises(ClaimFailed, match=r"Output 0 .*layer 0, Conv2D"):
        activation_values(wrong, model, IMAGES)


@pytest.mark.parametrize("check", [activation_shapes, activation_values])
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda model: None, "None"),
        (lambda model: [layer.output for layer in model.layers], "Expected: a Keras model"),
        (lambda model: model, "has 1 outputs for a model of 7 layers"),
        (
            lambda model: keras.Model(model.inputs, [one.output for one in model.layers[:4]]),
            "has 4",
        ),
        (
            lambda model: keras.Model(model.inputs, [one.output for one in model.layers[::-1]]),
            r"Output 0 .* shape \(2, 10\), but layer 0, Conv2D, gives \(2, 26, 26, 4\)",
        ),
        (
            lambda model: keras.Model(model.inputs, {one.name: one.output for one in model.layers}),
            "dictionary",
        ),
    ],
)
def test_other_models_fail_in_their_own_words(check, wrong, words, model):
    with pytest.raises(ClaimFailed, match=words):
        check(wrong, model, IMAGES)
