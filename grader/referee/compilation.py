"""What a model was compiled with, checked and in one spelling.

The claims read the accuracy that a training logs. So whatever logs itself as ``accuracy`` must be
Keras' accuracy: a built-in of another kind by that name can log 1.0 for a network that has learnt
nothing (``CategoricalAccuracy`` does, where labels are numbers).
"""

from __future__ import annotations

import re
from typing import Any

from grader.errors import DeclarationRefused
from grader.referee import allowed

# Ours to say: none of them changes what is computed, only how.
_OURS = {"run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss"}
_SETTINGS = {"optimizer", "loss", "loss_weights", "metrics", "weighted_metrics"}
_ACCURACIES = ("SparseCategoricalAccuracy", "CategoricalAccuracy")
_NAMED_ACCURACY = ("accuracy", "acc")  # in any mixture of small and capital letters
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
LOSS_NAMES = frozenset(f"{_SHORT} {_FUNCTIONS} {_LOSS_FUNCTIONS} {allowed.LOSSES}".split())
METRIC_NAMES = frozenset(f"{_SHORT} {_FUNCTIONS} {_METRIC_FUNCTIONS} {allowed.METRICS}".split()) - {
    "Accuracy",
    "Mean",
}
_LOGGED = re.compile(r"[A-Za-z0-9][\w ./%-]{0,59}", re.ASCII)

Described = dict[str, Any]


def normalised(described: Described) -> Described:
    """The one spelling of ``model.get_compile_config()``.

    Returns:
        ``optimizer`` (an object), ``loss`` (a name or an object), ``loss_weights`` (a number or
        None), ``metrics`` and ``weighted_metrics`` (lists of names and objects).

    Raises:
        DeclarationRefused: something in it is no built-in of Keras' own, or not accepted.
    """
    if not described.get("optimizer") or not described.get("loss"):
        raise DeclarationRefused(
            "the model is not compiled with an optimizer and a loss: call model.compile(optimizer="
            '"adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]) before fit'
        )
    if unknown := sorted(map(str, described.keys() - _OURS - _SETTINGS)):
        raise DeclarationRefused(f"compile was given {', '.join(unknown)[:80]}, which is not known")
    known = {name: _functions(value) for name, value in described.items() if name in _SETTINGS}
    allowed.check(known)
    return {
        "optimizer": _optimizer(known["optimizer"]),
        "loss": _loss(_one(known["loss"], "loss")),
        "loss_weights": _weight(_one(known.get("loss_weights"), "loss weight")),
        "metrics": [_metric(one) for one in _flat(known.get("metrics"))],
        "weighted_metrics": [_metric(one) for one in _flat(known.get("weighted_metrics"))],
    }


def _functions(found: Any) -> Any:
    """Put Keras' own functions by their names; Keras describes any function by its name alone.

    A student's function of the same name becomes Keras', which is what the referee trains with.
    """
    if isinstance(found, list):
        return [_functions(one) for one in found]
    if not isinstance(found, dict):
        return found
    if found.get("class_name") != "function":
        return {name: _functions(value) for name, value in found.items()}
    name = found.get("config")
    if not isinstance(name, str) or name not in LOSS_NAMES | METRIC_NAMES:
        raise DeclarationRefused(
            f"the loss or metric {name!s:.60} is a function that is not Keras' own: expected the "
            'name of one of Keras\' own, for example metrics=["accuracy"]'
        )
    return name


def _optimizer(found: Any) -> Described:
    if not isinstance(found, dict) or found.get("module") != "keras.optimizers":
        raise DeclarationRefused(
            f"the optimizer is {found!r:.60}: expected one of Keras' own, for example "
            "keras.optimizers.Adam(learning_rate=0.001)"
        )
    kind, config = found["class_name"], dict(found["config"])
    if kind == "Muon":
        raise DeclarationRefused(
            "the optimizer Muon tells layers apart by their names, which are not kept: use "
            "another one, for example Adam"
        )
    if config.get("use_ema"):
        raise DeclarationRefused(
            f"the optimizer {kind} has use_ema=True, which replaces the weights when fit ends: "
            "leave it out"
        )
    config.pop("name", None)
    for name, value in config.items():
        if name == "learning_rate" and isinstance(value, dict):
            config[name] = _schedule(value)
        elif name == "inner_optimizer" and kind == "LossScaleOptimizer":
            config[name] = _optimizer(value)
        elif isinstance(value, dict | list):
            raise DeclarationRefused(
                f"the optimizer {kind} has {value!r:.60} for its {name}: expected a number"
            )
    return _object(found, config)


def _schedule(found: Described) -> Described:
    if found.get("module") != "keras.optimizers.schedules":
        raise DeclarationRefused(
            f"the learning rate is {found.get('class_name')!s:.60}: expected a number or one of "
            "keras.optimizers.schedules"
        )
    return _object(found, {one: value for one, value in found["config"].items() if one != "name"})


def _loss(found: Any) -> Any:
    if isinstance(found, str) and found in {"crossentropy", "ce", *LOSS_NAMES}:
        return found
    if isinstance(found, dict) and found.get("module") == "keras.losses":
        # A single loss is logged as `loss`, whatever its name.
        config = {one: value for one, value in found["config"].items() if one != "name"}
        return _object(found, config)
    raise DeclarationRefused(
        f"the loss is {_told(found)}: expected one of Keras' own, for example "
        '"sparse_categorical_crossentropy"'
    )


def _weight(found: Any) -> float | None:
    if found is not None and type(found) not in (int, float):
        raise DeclarationRefused(f"loss_weights is {found!r:.60}: expected one number or nothing")
    return None if found is None or found == 1 else float(found)


def _metric(found: Any) -> Any:
    if isinstance(found, str) and (found.lower() in _NAMED_ACCURACY or found in METRIC_NAMES):
        return found
    if not isinstance(found, dict) or found.get("module") != "keras.metrics":
        raise DeclarationRefused(
            f"a metric is {_told(found)}: expected one of Keras' own, for example "
            'metrics=["accuracy"]'
        )
    kind, config = found["class_name"], found["config"]
    name = config.get("name") or kind
    if not isinstance(name, str) or not _LOGGED.fullmatch(name):
        raise DeclarationRefused(f"the metric {kind} is named {name!r:.60}: expected a short name")
    if name.lower() in _NAMED_ACCURACY:
        if kind in _ACCURACIES:
            return name  # Keras then takes the one that fits the labels
        raise DeclarationRefused(
            f"the metric {kind} is named {name!r}, and is not the share of images told right: "
            'write metrics=["accuracy"]'
        )
    if name == "loss" or name.startswith("val_"):
        raise DeclarationRefused(
            f"the metric {kind} is named {name!r}, which Keras logs something else by: rename it"
        )
    return _object(found, config)


def _one(found: Any, what: str) -> Any:
    """What is meant for the one output, which may stand in a list or beside the output's name."""
    if isinstance(found, list) or (isinstance(found, dict) and "class_name" not in found):
        values = list(found.values()) if isinstance(found, dict) else found
        if len(values) != 1:
            raise DeclarationRefused(
                f"compile was given {len(values)} values for the {what}: expected one, as the "
                "network has one output"
            )
        return _one(values[0], what)
    return found


def _flat(found: Any) -> list[Any]:
    """Metrics of the one output in order, as Keras takes them out of lists and dicts."""
    if isinstance(found, list):
        return [one for inner in found for one in _flat(inner)]
    if isinstance(found, dict) and "class_name" not in found:
        return _flat(_one(found, "metrics")) if len(found) == 1 else _one(found, "metrics")
    return [] if found is None else [found]


def _told(found: Any) -> str:
    if isinstance(found, dict):
        return f"{found.get('class_name')!s:.60} (of {found.get('module')!s:.60})"
    return f"{found!r:.60}"


def _object(found: Described, config: Described) -> Described:
    return {
        "module": found["module"],
        "class_name": found["class_name"],
        "config": config,
        "registered_name": None,
    }
