"""What a model was compiled with: checked, and in canonical form.

The claims read the accuracy that a training logs. So a metric that is logged as ``accuracy`` must
be Keras' accuracy: another built-in under that name can log 1.0 for a network that has learnt
nothing (``CategoricalAccuracy`` does, where labels are numbers).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from grader.accuracy import LONG_NAMES, VALIDATION, is_accuracy
from grader.errors import DeclarationRefused
from grader.referee.spec import allow_list

# The referee sets these: they change how a result is computed, not the result.
_OURS = {"run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss"}
_SETTINGS = {"optimizer", "loss", "loss_weights", "metrics", "weighted_metrics"}
_DEFAULT_NAMES = {kind: name for name, kind in LONG_NAMES.items()}
# What each function, under each of its names, is as a class with its defaults.
_LOSS_CLASSES = {
    name: kind
    for kind, names in {
        "BinaryCrossentropy": "binary_crossentropy bce BCE",
        "BinaryFocalCrossentropy": "binary_focal_crossentropy",
        "CategoricalCrossentropy": "categorical_crossentropy",
        "CategoricalFocalCrossentropy": "categorical_focal_crossentropy",
        "CategoricalHinge": "categorical_hinge",
        "CosineSimilarity": "cosine_similarity",
        "Hinge": "hinge",
        "Huber": "huber",
        "KLDivergence": "kl_divergence kld KLD",
        "LogCosh": "log_cosh",
        "MeanAbsoluteError": "mean_absolute_error mae MAE",
        "MeanAbsolutePercentageError": "mean_absolute_percentage_error mape MAPE",
        "MeanSquaredError": "mean_squared_error mse MSE",
        "MeanSquaredLogarithmicError": "mean_squared_logarithmic_error msle MSLE",
        "Poisson": "poisson",
        "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
        "SquaredHinge": "squared_hinge",
    }.items()
    for name in (kind, *names.split())
}
_SHORT = "mse MSE mae MAE mape MAPE msle MSLE bce BCE"
_FUNCTIONS = """
    mean_squared_error mean_absolute_error mean_absolute_percentage_error
    mean_squared_logarithmic_error binary_crossentropy categorical_crossentropy
    sparse_categorical_crossentropy kl_divergence poisson cosine_similarity hinge squared_hinge
    categorical_hinge
"""
_METRIC_FUNCTIONS = """
    binary_accuracy categorical_accuracy sparse_categorical_accuracy top_k_categorical_accuracy
    sparse_top_k_categorical_accuracy
"""
_LOSS_FUNCTIONS = "kld KLD log_cosh huber binary_focal_crossentropy categorical_focal_crossentropy"
# Names that may stand for a built-in, as text or as the function of that name.
LOSS_NAMES = frozenset(f"{_SHORT} {_FUNCTIONS} {_LOSS_FUNCTIONS} {allow_list.LOSSES}".split())
METRIC_NAMES = frozenset(
    f"{_SHORT} {_FUNCTIONS} {_METRIC_FUNCTIONS} {allow_list.METRICS}".split()
) - {
    "Accuracy",
    "Mean",
}
_LOGGED = re.compile(r"[A-Za-z0-9][\w ./%-]{0,59}", re.ASCII)

Described = dict[str, Any]


def canonical(described: Described) -> Described:
    """The canonical form of what ``model.get_compile_config()`` says of the training.

    Returns:
        ``optimizer`` (an object), ``loss`` (an object, or the name ``crossentropy``) and
        ``loss_weights`` (a number or None).

    Raises:
        DeclarationRefused: something in it is no built-in of Keras' own, or not accepted.
    """
    if not described.get("optimizer") or not described.get("loss"):
        raise DeclarationRefused(
            "the model is not compiled with an optimizer and a loss: call model.compile(optimizer="
            '"adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]) before fit'
        )
    known = _known(described)
    return {
        "optimizer": _optimizer(known["optimizer"]),
        "loss": _loss(_one(known["loss"], "loss")),
        "loss_weights": _weight(_one(known.get("loss_weights"), "loss_weights")),
    }


def metrics(described: Described) -> dict[str, list[Any]]:
    """The canonical form of what ``model.get_compile_config()`` says of metrics.

    Returns:
        ``metrics`` and ``weighted_metrics``: lists of names and objects.

    Raises:
        DeclarationRefused: one is no built-in of Keras' own, or has a name that claims rest on.
    """
    known = _known(described)
    return {
        lists: [_metric(metric) for metric in _flat(known.get(lists))]
        for lists in ("metrics", "weighted_metrics")
    }


def _known(described: Described) -> Described:
    """The settings that are read, checked; Keras' own functions stand in them by their names."""
    if unknown := sorted(map(str, described.keys() - _OURS - _SETTINGS)):
        raise DeclarationRefused(
            "compile was given {unknown}, which is not known", unknown=", ".join(unknown)[:80]
        )
    known = {name: _functions(value) for name, value in described.items() if name in _SETTINGS}
    allow_list.check(known)
    return known


def _functions(setting: Any) -> Any:
    """Replace Keras' own functions by their names; Keras describes any function by its name alone.

    A student's function of the same name becomes Keras' own: the referee trains with that.
    """
    if isinstance(setting, list):
        return [_functions(inner) for inner in setting]
    if not isinstance(setting, dict):
        return setting
    if setting.get("class_name") != "function":
        return {name: _functions(value) for name, value in setting.items()}
    name = setting.get("config")
    if not isinstance(name, str) or name not in LOSS_NAMES | METRIC_NAMES:
        raise DeclarationRefused(
            "the loss or metric {name} is a function that is not Keras' own: give the name of one "
            'of Keras\' own, for example loss="sparse_categorical_crossentropy" or '
            'metrics=["accuracy"]',
            name=str(name)[:60],
        )
    return name


def _optimizer(optimizer: Any) -> Described:
    if not _is_of("keras.optimizers", optimizer):
        raise DeclarationRefused(
            "the optimizer is {optimizer}: expected one of Keras' own, for example "
            "keras.optimizers.Adam(learning_rate=0.001)",
            optimizer=repr(optimizer)[:60],
        )
    kind, config = optimizer["class_name"], dict(optimizer["config"])
    if kind == "Muon":
        raise DeclarationRefused(
            "the optimizer Muon tells layers apart by their names, which are not kept: use "
            "another one, for example Adam"
        )
    if config.get("use_ema"):
        raise DeclarationRefused(
            "the optimizer {kind} has use_ema=True, which replaces the weights when fit ends: "
            "leave it out",
            kind=kind,
        )
    config.pop("name", None)
    for name, value in config.items():
        if name == "learning_rate" and isinstance(value, dict):
            config[name] = _schedule(value)
        elif name == "inner_optimizer" and kind == "LossScaleOptimizer":
            config[name] = _optimizer(value)
        elif isinstance(value, dict | list):
            raise DeclarationRefused(
                "the optimizer {kind} has {value} for its {name}: expected a number",
                kind=kind,
                value=repr(value)[:60],
                name=name,
            )
    return _object(optimizer, config)


def _schedule(schedule: Described) -> Described:
    if not _is_of("keras.optimizers.schedules", schedule):
        raise DeclarationRefused(
            "the learning rate is {found}: expected a number or one of keras.optimizers.schedules",
            found=str(schedule.get("class_name"))[:60],
        )
    return _object(
        schedule, {name: value for name, value in schedule["config"].items() if name != "name"}
    )


def _loss(loss: Any) -> Any:
    if loss in ("crossentropy", "ce"):
        return "crossentropy"  # Keras chooses by the labels
    if isinstance(loss, str) and loss in LOSS_NAMES:
        loss = _default_loss(_LOSS_CLASSES[loss])
    if _is_of("keras.losses", loss):
        # A single loss is logged as `loss`, under no other name.
        config = {name: value for name, value in loss["config"].items() if name != "name"}
        return _object(loss, config)
    raise DeclarationRefused(
        "the loss is {found}: expected one of Keras' own, for example "
        '"sparse_categorical_crossentropy"',
        found=_told(loss),
    )


@cache
def _default_loss(kind: str) -> Described:
    """A loss as Keras describes it where nothing but its class is given."""
    import keras

    described: Described = keras.saving.serialize_keras_object(getattr(keras.losses, kind)())
    return described


def _weight(weight: Any) -> float | None:
    if weight is not None and type(weight) not in (int, float):
        raise DeclarationRefused(
            "loss_weights is {weight}: expected one number or nothing", weight=repr(weight)[:60]
        )
    return None if weight is None or weight == 1 else float(weight)


def _metric(metric: Any) -> Any:
    if isinstance(metric, str) and (is_accuracy(metric) or metric in METRIC_NAMES):
        return metric
    if not _is_of("keras.metrics", metric):
        raise DeclarationRefused(
            'a metric is {found}: expected one of Keras\' own, for example metrics=["accuracy"]',
            found=_told(metric),
        )
    kind, config = metric["class_name"], metric["config"]
    name = config.get("name") or _DEFAULT_NAMES.get(kind, kind)
    if not isinstance(name, str) or not _LOGGED.fullmatch(name):
        raise DeclarationRefused(
            "the metric {kind} is named {name}: expected a short name",
            kind=kind,
            name=repr(name)[:60],
        )
    if is_accuracy(name) or name in LONG_NAMES:
        if kind in ([LONG_NAMES[name]] if name in LONG_NAMES else LONG_NAMES.values()):
            return name  # by a short name Keras takes the one that fits the labels
        raise DeclarationRefused(
            "the metric {kind} is named {name}, and is not the share of images classified "
            'correctly: write metrics=["accuracy"]',
            kind=kind,
            name=repr(name),
        )
    if name == "loss" or name.startswith(VALIDATION):
        raise DeclarationRefused(
            "the metric {kind} is named {name}, which Keras logs something else by: rename it",
            kind=kind,
            name=repr(name),
        )
    return _object(metric, config)


def _one(setting: Any, what: str) -> Any:
    """The value for the one output, which may be in a list or under the output's name.

    ``what`` is the argument of ``compile``.
    """
    if isinstance(setting, list) or (isinstance(setting, dict) and "class_name" not in setting):
        values = list(setting.values()) if isinstance(setting, dict) else setting
        if len(values) != 1:
            raise DeclarationRefused(
                "compile was given {count} values for {what}: expected one, as the network "
                "has one output",
                count=len(values),
                what=what,
            )
        return _one(values[0], what)
    return setting


def _flat(metrics: Any) -> list[Any]:
    """Metrics of the one output in order, as Keras takes them out of lists and dicts."""
    if isinstance(metrics, list):
        return [metric for inner in metrics for metric in _flat(inner)]
    if isinstance(metrics, dict) and "class_name" not in metrics:
        return _flat(_one(metrics, "metrics")) if len(metrics) == 1 else _one(metrics, "metrics")
    return [] if metrics is None else [metrics]


def _is_of(module: str, setting: Any) -> bool:
    """Whether a setting is an object of a module of Keras'; what has no class was not checked."""
    return isinstance(setting, dict) and setting.get("module") == module and "class_name" in setting


def _told(setting: Any) -> str:
    if isinstance(setting, dict):
        return f"{setting.get('class_name')!s:.60} ({setting.get('module')!s:.60})"
    return f"{setting!r:.60}"


def _object(described: Described, config: Described) -> Described:
    return {
        "module": described["module"],
        "class_name": described["class_name"],
        "config": config,
        "registered_name": None,
    }
