"""Which layers of a Keras model slide a window over an image, or may."""

from __future__ import annotations

import math
from typing import Any

from grader.checks.model_layers import is_built_in, is_layer, parts, require_model
from grader.errors import ClaimFailed

# Layers that neither slide a window over an image nor put several of its pixels into one, beside
# Conv2D and MaxPooling2D. What is not here may: Resizing by area is a pooling, an attention a mean.
_PLAIN_NAMES = """
InputLayer Dense Embedding Identity Masking Activation ReLU LeakyReLU PReLU ELU Softmax
Flatten Reshape Permute RepeatVector Cropping1D Cropping2D Cropping3D ZeroPadding1D
ZeroPadding2D ZeroPadding3D UpSampling1D UpSampling2D UpSampling3D Rescaling CenterCrop
BatchNormalization LayerNormalization GroupNormalization RMSNormalization UnitNormalization
SpectralNormalization Normalization Dropout AlphaDropout GaussianDropout GaussianNoise
SpatialDropout1D SpatialDropout2D SpatialDropout3D ActivityRegularization Add Subtract
Multiply Average Maximum Minimum Concatenate SimpleRNN SimpleRNNCell LSTM LSTMCell GRU GRUCell
RNN StackedRNNCells TimeDistributed Bidirectional RandomFlip RandomRotation RandomTranslation
RandomZoom RandomBrightness RandomContrast Pipeline
"""
_PLAIN = frozenset(_PLAIN_NAMES.split())


def nothing_else_convolves(model: Any) -> None:
    """Check that besides ``Conv2D`` and ``MaxPooling2D`` nothing in the model convolves or pools.

    Refused is every other convolution and pooling of Keras (separable, depthwise, transposed, 1-D,
    3-D, recurrent; average, global, adaptive), and every layer that is not known to do neither. So
    is what may convolve without saying so: ``Lambda`` and the like, classes that are not Keras'
    own, and operations that a functional model applies outside of any layer.

    Args:
        model: a Keras model.

    Raises:
        ClaimFailed: the model holds one of these; the message names it.

    Example:
        In a test cell, with the student's ``build_model``::

            nothing_else_convolves(build_model())
    """
    import keras

    for part, _ in parts(require_model(model)):
        name = type(part).__name__
        if not is_layer(part):
            raise ClaimFailed(
                "The model applies the operation {name} ({layer}) outside of any layer. "
                "Build it from Keras layers alone.",
                name=name,
                layer=part.name,
            )
        if not is_built_in(part):
            raise ClaimFailed(
                "The model holds {name} ({layer}), whose code is its own: it may convolve. "
                "Use keras.Sequential or keras.Model(inputs, outputs) and "
                "Keras' built-in layers.",
                name=name,
                layer=part.name,
            )
        one_of_two = name in ("Conv2D", "MaxPooling2D")
        if not (one_of_two or name in _PLAIN or isinstance(part, keras.Model) or _enlarges(part)):
            raise ClaimFailed(
                "The model also convolves or pools with {name} ({layer}). "
                "One Conv2D and one MaxPooling2D are all that is allowed: remove it.",
                name=name,
                layer=part.name,
            )


def _enlarges(layer: Any) -> bool:
    """Whether a layer is a Resizing that leaves every pixel one: else it puts some into one."""
    if type(layer).__name__ != "Resizing":
        return False
    if layer.interpolation == "nearest":
        return True
    first = layer.data_format == "channels_first"
    shape = getattr(getattr(layer, "input", None), "shape", (None,) * 4)
    height, width = shape[2:4] if first else shape[1:3]
    return bool((height or math.inf) <= layer.height and (width or math.inf) <= layer.width)
