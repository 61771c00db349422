"""The walk through a model's layers: in order, nested, wrapped, applied twice."""

import keras
import pytest
import tensorflow as tf
from keras import layers

from grader.checks import model_layers
from grader.errors import ClaimFailed
from tests.checks.test_architecture import cnn, functional

pytestmark = pytest.mark.keras


def names(model):
    return [type(layer).__name__ for layer in model_layers.layers(model)]


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


def test_a_layer_that_is_an_activation_is_part_of_its_layer():
    model = functional(layers.Dense(3, activation=layers.LeakyReLU()), layers.ReLU())
    assert names(model) == ["Dense", "ReLU"]


def test_a_network_in_the_place_of_an_activation_is_gone_through():
    inner = keras.Sequential([layers.Conv2D(1, 3, padding="same")])
    model = functional(layers.SeparableConv2D(1, 3, activation=inner))
    assert names(model) == ["SeparableConv2D", "Conv2D"]


def test_another_layer_in_the_place_of_an_activation_is_listed():
    inner = layers.Dense(3, activation=layers.ReLU())
    assert names(functional(layers.Dense(3, activation=inner))) == ["Dense", "Dense"]
    assert names(functional(layers.Dense(3, activation=layers.Dense(3)))) == ["Dense", "Dense"]
    own = type("ReLU", (layers.Dense,), {})(3)
    assert names(functional(layers.Dense(3, activation=own))) == ["Dense", "ReLU"]


def test_layers_of_something_else():
    with pytest.raises(ClaimFailed, match="NoneType"):
        model_layers.layers(None)


def test_a_layer_with_code_of_its_own_is_not_built_in():
    parts = [part for part, _ in model_layers.parts(cnn(layers.Lambda(lambda x: x)))]
    foreign = [type(part).__name__ for part in parts if not model_layers.is_built_in(part)]
    assert foreign == ["Lambda"]


def test_a_layer_whose_activation_is_a_function_of_its_own_is_not_built_in():
    own, theirs = layers.Dense(1, activation=lambda x: x), layers.Dense(1, activation=tf.nn.relu)
    assert not model_layers.is_built_in(own)
    assert model_layers.is_built_in(theirs)
    assert model_layers.is_built_in(layers.Dense(1, activation=layers.ReLU()))


def test_listing_names_the_classes():
    assert model_layers.listing(cnn()) == "Conv2D, MaxPooling2D, Flatten, Dense"
    assert model_layers.listing(keras.Sequential()) == "none"
