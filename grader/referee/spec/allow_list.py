"""The allow-list of Keras classes that a description may hold, and the check against it.

Building a Keras model from a description has been an attack more than once (Lambda layers, custom
objects, files to load). So the description is checked first: every object in it must be a built-in
of the lists below, named by Keras' own module. Keras gets no other description.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grader.errors import DeclarationRefused

MAX_LAYERS = 500
MAX_TEXT = 4_000_000
MAX_NUMBERS = 64  # in the settings of one layer: shapes and axes, never a table of weights
MAX_MEANS = 2 * 28 * 28 + 8  # in those of Normalization: mean and variance of each pixel

# Not here: layers with code, graphs, vocabularies or tables from elsewhere (Lambda, TFSMLayer,
# StringLookup, Hashing, Discretization ...), base classes for custom layers, random pictures.
LAYERS = """
    InputLayer Dense EinsumDense Embedding Identity Masking Activation ReLU LeakyReLU PReLU ELU
    Softmax Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose DepthwiseConv1D
    DepthwiseConv2D SeparableConv1D SeparableConv2D ConvLSTM1D ConvLSTM2D ConvLSTM3D
    MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D
    GlobalAveragePooling2D GlobalAveragePooling3D AdaptiveAveragePooling1D AdaptiveAveragePooling2D
    AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D
    Flatten Reshape Permute RepeatVector Cropping1D Cropping2D Cropping3D ZeroPadding1D
    ZeroPadding2D ZeroPadding3D UpSampling1D UpSampling2D UpSampling3D Resizing Rescaling CenterCrop
    BatchNormalization LayerNormalization GroupNormalization RMSNormalization UnitNormalization
    SpectralNormalization Normalization Dropout AlphaDropout GaussianDropout GaussianNoise
    SpatialDropout1D SpatialDropout2D SpatialDropout3D ActivityRegularization Add Subtract Multiply
    Average Maximum Minimum Concatenate Dot Attention AdditiveAttention MultiHeadAttention
    GroupQueryAttention SimpleRNN LSTM GRU TimeDistributed Bidirectional RandomFlip RandomRotation
    RandomTranslation RandomZoom RandomBrightness RandomContrast
"""
# Not here: metrics whose tables grow with a number of classes or thresholds.
METRICS = """
    Accuracy BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy TopKCategoricalAccuracy
    SparseTopKCategoricalAccuracy BinaryCrossentropy CategoricalCrossentropy
    SparseCategoricalCrossentropy MeanSquaredError RootMeanSquaredError MeanAbsoluteError Mean
    CategoricalHinge Hinge KLDivergence Poisson CosineSimilarity
"""
LOSSES = """
    BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy
    SparseCategoricalCrossentropy CategoricalHinge Hinge SquaredHinge CosineSimilarity Huber
    KLDivergence LogCosh MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
    MeanSquaredLogarithmicError Poisson
"""
_INITIALIZERS = """
    Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal
    LecunUniform Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform TruncatedNormal
    VarianceScaling Zeros
"""
OPTIMIZERS = """
    Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer Muon Nadam
    RMSprop SGD
"""
SCHEDULES = """
    CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay
    PolynomialDecay
"""
# Modules by the names that Keras writes into descriptions, and what of them may occur.
LISTED = {
    module: frozenset(names.split())
    for module, names in {
        "keras": "Sequential Functional Model DTypePolicy",
        "keras.models": "Sequential Functional Model",
        "keras.src.models.functional": "Functional",
        "keras.layers": LAYERS,
        "keras.initializers": _INITIALIZERS,
        "keras.regularizers": "L1 L2 L1L2 OrthogonalRegularizer",
        "keras.constraints": "MaxNorm MinMaxNorm NonNeg UnitNorm",
        "keras.optimizers": OPTIMIZERS,
        "keras.optimizers.schedules": SCHEDULES,
        "keras.losses": LOSSES,
        "keras.metrics": METRICS,
    }.items()
}
MODELS = ("Sequential", "Functional", "Model")
# What TensorFlow's functions call themselves, and Keras' own name for each.
_TENSORFLOWS = {
    "softmax_v2": "softmax",
    "log_softmax_v2": "log_softmax",
    "swish": "silu",
    "identity": "linear",
}
# What belongs where, by how a setting's name ends. Keras looks only at the name of what it finds
# there: a layer `Identity` in an initialiser's place is an initialiser, and takes an array.
_PLACES = {
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
}


def parsed(text: str) -> dict[str, Any]:
    """Read a description as plain data; raises ``DeclarationRefused`` where it is none."""
    if len(text) > MAX_TEXT:
        raise DeclarationRefused(
            "the network's description is longer than {most} characters", most=MAX_TEXT
        )
    try:
        described = json.loads(text, object_hook=_tensorflows)
    except (ValueError, RecursionError) as error:
        raise DeclarationRefused(
            "the network's description is not JSON: {error}", error=error
        ) from error
    if not isinstance(described, dict):
        raise DeclarationRefused("the network's description is no JSON object")
    return described


def _tensorflows(described: dict[str, Any]) -> Any:
    """Translate ``tf.nn.softmax`` and the like, which Keras describes as unknown functions."""
    if described.get("module") == "builtins" and described.get("class_name") == "function":
        return _TENSORFLOWS.get(str(described.get("config")), described)
    return described


def check(described: Any) -> None:
    """Walk a description; raise ``DeclarationRefused`` at the first object that is not listed."""
    adapted = 0
    for count, (part, place) in enumerate(_objects(described)):
        if count > 20 * MAX_LAYERS:
            raise DeclarationRefused(
                "the network has too many parts: at most {most} layers", most=MAX_LAYERS
            )
        _expect_listed(part, place)
        _expect_no_own_activation(part)
        adapted += part["class_name"] == "Normalization" and _held(part["config"]) > MAX_NUMBERS
        if adapted > 1:  # many of them, added up, could be a layer that was trained elsewhere
            raise DeclarationRefused(
                "the network has two Normalization layers with numbers for each pixel: use one"
            )


def own_activation(setting: Any) -> str:
    """The name of a function of the student's that is an activation; empty if it is none."""
    if not isinstance(setting, dict):
        return ""
    if setting.get("class_name") == "function":
        return str(setting.get("config"))[:40]
    return "" if "class_name" in setting else "<lambda>"  # Keras writes its code, and no class


def _expect_no_own_activation(described: dict[str, Any]) -> None:
    for name, setting in described["config"].items():
        if name.endswith("activation") and (function := own_activation(setting)):
            raise DeclarationRefused(
                "the activation of {layer} is a function of your own, {function}: use one of "
                'Keras\', by its name, as in activation="relu"',
                layer=described["class_name"],
                function=function,
            )


def _objects(
    described: Any, place: str = "", depth: int = 0
) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object in a description, with the name of the setting whose value it is."""
    if depth > 100:
        raise DeclarationRefused("the network's description is nested too deep")
    if isinstance(described, dict):
        if "class_name" in described:
            yield described, place
        for name, value in described.items():
            yield from _objects(value, name, depth + 1)
    elif isinstance(described, list):
        for value in described:
            yield from _objects(value, place, depth + 1)


def _expect_listed(described: dict[str, Any], place: str) -> None:
    module, name, config = described.get("module"), described["class_name"], described.get("config")
    if not isinstance(name, str) or not isinstance(config, dict):
        raise DeclarationRefused(
            "the network's description holds {name}, which is no layer or setting with a name: "
            "only Keras' own are accepted",
            name=repr(name)[:60],
        )
    if described.get("registered_name") not in (None, name):
        raise DeclarationRefused(
            "{name} is registered by the student: only Keras' own are accepted", name=name[:60]
        )
    tensor = name == "__keras_tensor__" and module is None
    if not tensor and (not isinstance(module, str) or name not in LISTED.get(module, ())):
        raise DeclarationRefused(
            "the network holds {name}{origin}: use only Keras' own layers, initialisers, "
            "regularisers, constraints, losses, metrics and optimizers, and of these none with "
            "code, graphs or tables from elsewhere",
            name=name[:60],
            origin=_origin(module),
        )
    wanted = next((_PLACES[end] for end in _PLACES if place.endswith(end)), None)
    if wanted not in (None, module):
        raise DeclarationRefused(
            "{name} ({module}) is no {place}: expected one of {wanted}",
            name=name,
            module=module,
            place=place,
            wanted=wanted,
        )
    _expect_no_array(name, config, plain=module in _PLACES.values())


def _origin(module: Any) -> str:
    """Where a class is from, in parentheses; empty for a class of the student's."""
    return f" ({module!s:.60})" if module else ""


def _expect_no_array(name: str, config: dict[str, Any], plain: bool) -> None:
    """Refuse settings that could carry trained weights; a ``plain`` object takes numbers alone."""
    if name in MODELS:
        return
    if (plain and any(isinstance(value, dict | list) for value in config.values())) or (
        _held(config) > _most_numbers(name)
    ):
        raise DeclarationRefused(
            "{name} holds an array: give it a few numbers at most, so that no trained weights "
            "come along",
            name=name,
        )


def _most_numbers(name: str) -> int:
    return MAX_MEANS if name == "Normalization" else MAX_NUMBERS


def _held(config: dict[str, Any]) -> int:
    """How many numbers the settings of one object hold."""
    return sum(map(_numbers, config.values()))


def _numbers(setting: Any) -> int:
    """How many numbers a setting holds, those of objects in it left out.

    Texts in a list count: whether "0.5" becomes a number is for a backend to say.
    """
    if isinstance(setting, list):
        return sum(1 if isinstance(item, str) else _numbers(item) for item in setting)
    if isinstance(setting, dict) and "class_name" not in setting:
        return sum(map(_numbers, setting.values()))
    return isinstance(setting, int | float)
