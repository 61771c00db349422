"""Convolutions of libraries are out of reach for the time of a call, and only then."""

import sys
from types import ModuleType

import numpy as np
import pytest

from grader.checks.blocked import CONVOLUTION, blocked
from grader.errors import ClaimFailed


@pytest.fixture
def library(monkeypatch):
    """Load a module that goes by the name of a library."""
    module = ModuleType("cv2")
    module.filter2D = lambda *_: "filtered"
    module.cvtColor = lambda *_: "converted"
    monkeypatch.setitem(sys.modules, "cv2", module)
    return module


def student(source, **names):
    """Define a function named convolve as a notebook would."""
    exec(source, names)
    return names["convolve"]


def refused(name):
    return pytest.raises(ClaimFailed, match=f"uses {name}")


@pytest.mark.parametrize(
    "name",
    [
        "convolve",
        "convolve2d",
        "fftconvolve",
        "correlate1d",
        "conv2d",
        "Conv2D",
        "DepthwiseConv2D",
        "convolution",
        "conv_general_dilated",
        "filter2D",
        "generic_filter",
        "sepfir2d",
        "Kernel",
    ],
)
def test_convolutions_are_known_by_name(name):
    assert CONVOLUTION.search(name)


@pytest.mark.parametrize(
    "name",
    [
        "convert_to_tensor",
        "converter",
        "convex",
        "converged",
        "kernel_size",
        "filter",
        "einsum",
        "pad",
    ],
)
def test_other_names_are_left_alone(name):
    assert not CONVOLUTION.search(name)


def test_attributes_raise_and_are_restored(library):
    def body():
        return getattr(library, "filter" + "2D")(), library.cvtColor()

    with refused("cv2.filter2D"), blocked(body):
        body()
    assert body() == ("filtered", "converted")


def test_other_attributes_stay(library):
    with blocked(print):
        assert library.cvtColor() == "converted"


def test_names_bound_before_raise_and_are_restored(library):
    convolve = student(
        "def convolve():\n    return globals()['bound']()", bound=library.filter2D, kept=np.pad
    )
    with refused("cv2.filter2D"), blocked(convolve):
        convolve()
    assert convolve() == "filtered"
    assert convolve.__globals__["kept"] is np.pad


@pytest.mark.parametrize(
    "source",
    [
        "def convolve():\n    return cv2.filter2D() if len('') else 1",
        "def convolve():\n    return bound() if len('') else 1",
        "def helper():\n    return bound()\ndef convolve():\n    return helper() if len('') else 1",
        "def convolve():\n    return [cv2.filter2D() for _ in ()]",
    ],
)
def test_code_that_names_one_is_refused_before_it_runs(library, source):
    convolve = student(source, cv2=library, bound=library.filter2D)
    with refused("cv2.filter2D"), blocked(convolve):
        pytest.fail("the body was entered")
    assert convolve() in (1, [])


def test_a_function_of_the_students_own_by_that_name_is_allowed(library):
    convolve = student(
        "def conv2d():\n    return np.pad([1], 1)\ndef convolve():\n    return conv2d()", np=np
    )
    with blocked(convolve):
        assert convolve().tolist() == [0, 1, 0]


def test_a_function_that_calls_itself_ends():
    convolve = student(
        "def convolve(n=3):\n    return convolve(n - 1) if n else np.array(n)", np=np
    )
    with blocked(convolve):
        assert convolve() == 0


def test_late_imports_are_refused():
    def body():
        import torch.nn.functional

        return torch

    with refused("torch"), blocked(body):
        body()
    assert not [finder for finder in sys.meta_path if type(finder).__name__ == "_Refuser"]


def test_numpy_works_on():
    with blocked(print):
        windows = np.lib.stride_tricks.sliding_window_view(np.eye(4), (3, 3))
        assert np.einsum("rcij,ij->rc", windows, np.ones((3, 3))).tolist() == [[3, 2], [2, 3]]


def test_everything_is_restored_after_a_failure():
    before = np.convolve
    with pytest.raises(TypeError), blocked(print):
        np.eye("not a number")
    assert np.convolve is before


def test_scipy_is_blocked():
    from scipy import ndimage, signal

    def body(module, name):
        return getattr(module, name)(np.eye(4), np.ones((3, 3)))

    for module, name in (
        (signal, "convolve2d"),
        (signal, "correlate"),
        (signal, "fftconvolve"),
        (ndimage, "convolve"),
        (ndimage, "correlate"),
    ):
        with refused(f"{module.__name__}.{name}"), blocked(body):
            body(module, name)
    assert signal.convolve2d(np.eye(2), np.eye(2)).shape == (3, 3)


@pytest.mark.keras
def test_tensorflow_is_blocked():
    import keras
    import tensorflow as tf

    layer = keras.layers.Conv2D(1, 3)
    image = np.zeros((1, 5, 5, 1), np.float32)
    kernel = np.zeros((3, 3, 1, 1), np.float32)
    assert layer(image).shape == (1, 3, 3, 1)
    calls = (
        lambda: layer(image),
        lambda: getattr(keras.layers, "Conv" + "2D")(1, 3),
        lambda: getattr(keras.ops, "con" + "v")(image, kernel),
        lambda: getattr(tf.nn, "conv" + "2d")(image, kernel, 1, "VALID"),
        lambda: getattr(tf.nn, "depthwise_conv" + "2d")(image, kernel, [1, 1, 1, 1], "VALID"),
    )
    for call in calls:
        with (
            pytest.raises(ClaimFailed, match=r"uses (keras|tensorflow)\."),
            blocked(call),
        ):
            call()
    with blocked(print):
        assert tf.reduce_sum(tf.convert_to_tensor([1, 2])) == 3
    assert tf.nn.conv2d(image, kernel, 1, "VALID").shape == (1, 3, 3, 1)
