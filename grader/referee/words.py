"""Networks and trainings in a line of words, for lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from grader.referee.recipe import Fit

# Settings that tell one layer from another, in the order in which people say them.
_TOLD = ("filters", "units", "kernel_size", "pool_size", "rate")
_RATES = 3  # learning rates that a line of words has room for


def network(declared: str) -> str:
    """The layers of a network's declaration: ``Conv2D 64 3x3, Flatten, Dense 10``."""
    return _layers(json.loads(declared)) or "no layers"


def training(fit: Fit) -> str:
    """One call of ``fit``: optimizer, images, batch size, epochs and what else was asked."""
    images, epochs = fit.images, len(fit.learning_rates)
    optimizer = json.loads(fit.compiled).get("optimizer")
    told = [
        str(optimizer.get("class_name") if isinstance(optimizer, dict) else optimizer),
        f"{images.count} {images.part} images of {images.dataset} from {images.first}",
        f"batches of {fit.batch_size}",
        "" if fit.shuffle else "not shuffled",
        f"{fit.validation_split:.0%} held back" if fit.validation_split else "",
        f"{epochs} epoch{'s' if epochs > 1 else ''}",
    ]
    rates = [f"learning rate {rate:g} from epoch {number}" for number, rate in _rates(fit)]
    told += [*rates[:_RATES], *(["..."] if len(rates) > _RATES else [])]
    return ", ".join(one for one in told if one)


def _layers(described: Mapping[str, Any]) -> str:
    layers = described.get("config", {}).get("layers", [])
    found = [_layer(one) for one in layers if one.get("class_name") != "InputLayer"]
    return ", ".join(found)


def _layer(described: Mapping[str, Any]) -> str:
    name, config = described.get("class_name", "?"), described.get("config", {})
    if "layers" in config:
        return f"{name} ({_layers(described)})"
    wrapped = config.get("layer")
    told = [_setting(config[one]) for one in _TOLD if config.get(one) is not None]
    return " ".join([name, *told, *([f"({_layer(wrapped)})"] if wrapped else [])])


def _setting(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, list) else str(value)


def _rates(fit: Fit) -> list[tuple[int, float]]:
    """Epochs, from 1, before which a learning rate was set that was not the one before."""
    found, last = [], None
    for number, rate in enumerate(fit.learning_rates, 1):
        if rate is not None and rate != last:
            found.append((number, rate))
        last = rate
    return found
