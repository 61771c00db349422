"""Which networks may be built from a description that a student's process sent.

Building a Keras model from a description has been an attack more than once (Lambda layers, custom
objects, files to load). So the description is walked first: every object in it must be a built-in
of the lists below, named by Keras' own module; nothing else is ever handed to Keras.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator
from typing import Any

from grader.errors import DeclarationRefused

MAX_WEIGHTS = 64_000_000  # 256 MB of float32; the largest reference has 2.8 million
MAX_LAYERS = 500
MAX_TEXT = 4_000_000

MAX_ACTIVATIONS = 64_000_000  # numbers that all layers together give for one example
MAX_NUMBERS = 64  # in the settings of one layer: shapes and axes, never a table of weights

# Not here: layers with code, graphs, vocabularies or tables from elsewhere (Lambda, TFSMLayer,
# StringLookup, Hashing, Discretization ...), bases for classes of one's own, random pictures.
_LAYERS = """
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
    SpectralNormalization Dropout AlphaDropout GaussianDropout GaussianNoise SpatialDropout1D
    SpatialDropout2D SpatialDropout3D ActivityRegularization Add Subtract Multiply Average Maximum
    Minimum Concatenate Dot Attention AdditiveAttention MultiHeadAttention GroupQueryAttention
    SimpleRNN LSTM GRU TimeDistributed Bidirectional RandomFlip RandomRotation RandomTranslation
    RandomZoom RandomBrightness RandomContrast
"""
# Not here: metrics whose tables grow with a number of classes or thresholds.
_METRICS = """
    Accuracy BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy TopKCategoricalAccuracy
    SparseTopKCategoricalAccuracy BinaryCrossentropy CategoricalCrossentropy
    SparseCategoricalCrossentropy MeanSquaredError RootMeanSquaredError MeanAbsoluteError Mean
    CategoricalHinge Hinge KLDivergence Poisson CosineSimilarity
"""
_LOSSES = """
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
_OPTIMIZERS = """
    Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer Muon Nadam
    RMSprop SGD
"""
_SCHEDULES = """
    CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay
    PolynomialDecay
"""
# Modules by the names that Keras writes into descriptions, and what of them may occur.
_LISTED = {
    module: frozenset(names.split())
    for module, names in {
        "keras": "Sequential Functional Model DTypePolicy",
        "keras.models": "Sequential Functional Model",
        "keras.src.models.functional": "Functional",
        "keras.layers": _LAYERS,
        "keras.initializers": _INITIALIZERS,
        "keras.regularizers": "L1 L2 L1L2 OrthogonalRegularizer",
        "keras.constraints": "MaxNorm MinMaxNorm NonNeg UnitNorm",
        "keras.optimizers": _OPTIMIZERS,
        "keras.optimizers.schedules": _SCHEDULES,
        "keras.losses": _LOSSES,
        "keras.metrics": _METRICS,
    }.items()
}
_MODELS = ("Sequential", "Functional", "Model")
# What belongs where, by how a setting's name ends. Keras looks only at the name of what it finds
# there: a layer `Identity` in an initialiser's place is an initialiser, and takes an array.
_PLACES = {
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
}


def build(text: str) -> Any:
    """The network that ``text`` describes (``model.to_json()``), with fresh weights.

    It is compiled as described where that, too, holds only built-ins, and else not compiled.

    Raises:
        DeclarationRefused: the description holds something that is not on the lists, is malformed,
            or describes more than ``MAX_WEIGHTS`` weights or ``MAX_ACTIVATIONS`` activations.
    """
    import keras

    described = _parsed(text)
    if str(described.get("class_name")) not in _MODELS:
        raise DeclarationRefused("expected a Sequential or functional Keras model")
    compiled = described.pop("compile_config", None)
    check(described)
    try:
        with _weight_budget(MAX_WEIGHTS):
            model = keras.models.model_from_json(json.dumps(described))
        _expect_small_activations(model)
    except DeclarationRefused:
        raise
    except Exception as error:  # Keras raises many kinds on descriptions that make no sense
        raise DeclarationRefused(f"the network cannot be built: {_line(error)}") from error
    with contextlib.suppress(DeclarationRefused):
        if compiled:
            check(compiled)
            _compile(model, compiled)
    return model


def layer(text: str) -> Any:
    """One layer from its description; raises ``DeclarationRefused``."""
    import keras

    described = _parsed(text)
    check(described)
    if described.get("module") != "keras.layers":
        raise DeclarationRefused(f"{described.get('class_name')!s:.60} is no layer")
    try:
        with _weight_budget(MAX_WEIGHTS):
            return keras.layers.deserialize(described)
    except DeclarationRefused:
        raise
    except Exception as error:
        raise DeclarationRefused(f"the layer cannot be built: {_line(error)}") from error


def check(described: Any) -> None:
    """Walk a description; raise ``DeclarationRefused`` at the first object that is not listed."""
    for count, (found, place) in enumerate(_objects(described)):
        if count > 20 * MAX_LAYERS:
            raise DeclarationRefused(f"the network has too many parts: at most {MAX_LAYERS} layers")
        _expect_listed(found, place)


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > MAX_TEXT:
        raise DeclarationRefused(f"the network's description is longer than {MAX_TEXT} characters")
    try:
        described = json.loads(text, object_hook=_tensorflow_softmax)
    except (ValueError, RecursionError) as error:
        raise DeclarationRefused(f"the network's description is not JSON: {error}") from error
    if not isinstance(described, dict):
        raise DeclarationRefused("the network's description is no JSON object")
    return described


def _tensorflow_softmax(found: dict[str, Any]) -> Any:
    """Keras describes ``tf.nn.softmax``, which many write, as a function that it cannot know."""
    known = {"module": "builtins", "class_name": "function", "config": "softmax_v2"}
    return "softmax" if known.items() <= found.items() else found


def _objects(found: Any, place: str = "", depth: int = 0) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object in a description, with the name of the setting whose value it is."""
    if depth > 100:
        raise DeclarationRefused("the network's description is nested too deep")
    if isinstance(found, dict):
        if "class_name" in found:
            yield found, place
        for name, one in found.items():
            yield from _objects(one, name, depth + 1)
    elif isinstance(found, list):
        for one in found:
            yield from _objects(one, place, depth + 1)


def _expect_listed(found: dict[str, Any], place: str) -> None:
    module, name, config = found.get("module"), found["class_name"], found.get("config")
    if not isinstance(name, str) or not isinstance(config, dict):
        raise DeclarationRefused(
            f"the network's description holds {name!r:.60}, which is no layer or setting with a "
            "name: only Keras' own are accepted"
        )
    if found.get("registered_name") not in (None, name):
        raise DeclarationRefused(
            f"{name:.60} is registered by the student: only Keras' own are accepted"
        )
    tensor = name == "__keras_tensor__" and module is None
    if not tensor and (not isinstance(module, str) or name not in _LISTED.get(module, ())):
        raise DeclarationRefused(
            f"the network holds {name:.60} (of {module!s:.60}): only Keras' own layers, "
            "initialisers, regularisers, constraints, losses, metrics and optimizers are accepted, "
            "and of these none with code, graphs or tables from elsewhere"
        )
    wanted = next((_PLACES[end] for end in _PLACES if place.endswith(end)), None)
    if wanted not in (None, module):
        raise DeclarationRefused(f"{name} (of {module}) is no {place}: expected one of {wanted}")
    _expect_no_array(name, config, plain=module in _PLACES.values())


def _expect_no_array(name: str, config: dict[str, Any], plain: bool) -> None:
    """Refuse settings that could carry trained weights; a ``plain`` object takes numbers alone."""
    if name in _MODELS:
        return
    if (plain and any(isinstance(one, dict | list) for one in config.values())) or (
        sum(map(_numbers, config.values())) > MAX_NUMBERS
    ):
        raise DeclarationRefused(
            f"{name} holds an array: only a few numbers are accepted there, so that no trained "
            "weights come along"
        )


def _numbers(found: Any) -> int:
    """How many numbers a setting holds, those of objects in it left out."""
    if isinstance(found, list):
        return sum(map(_numbers, found))
    if isinstance(found, dict) and "class_name" not in found:
        return sum(map(_numbers, found.values()))
    return isinstance(found, int | float)


def _expect_small_activations(model: Any) -> None:
    """Refuse a network that computes more than memory can hold for a few examples."""
    import keras

    total, models = 0, [model]
    while models:
        for layer in models.pop().layers:
            if isinstance(layer, keras.Model):
                models.append(layer)
            for node in layer._inbound_nodes:  # `output` is not told of a layer applied twice
                for tensor in node.output_tensors:
                    total += math.prod(size or 1 for size in tensor.shape)
    if total > MAX_ACTIVATIONS:
        raise DeclarationRefused(
            f"the network computes {total} numbers for one example: at most {MAX_ACTIVATIONS}"
        )


@contextlib.contextmanager
def _weight_budget(limit: int) -> Iterator[None]:
    """Refuse a network before memory is taken for its weights; every layer asks for them here."""
    import keras

    original, total = keras.Layer.add_weight, 0

    def counted(self: Any, shape: Any = None, *args: Any, **kwargs: Any) -> Any:
        nonlocal total
        total += math.prod(shape) if isinstance(shape, list | tuple) else 1
        if total > limit:
            raise DeclarationRefused(f"the network has more than {limit} weights")
        return original(self, shape, *args, **kwargs)

    keras.Layer.add_weight = counted
    try:
        yield
    finally:
        keras.Layer.add_weight = original


def _compile(model: Any, compiled: Any) -> None:
    try:
        how = {
            "run_eagerly": False,
            "steps_per_execution": 1,
            "jit_compile": False,
        }  # is ours to say
        model.compile_from_config(compiled | how)
    except Exception as error:
        raise DeclarationRefused(f"the network cannot be compiled: {_line(error)}") from error


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
