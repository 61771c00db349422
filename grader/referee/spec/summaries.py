"""Summaries of networks and trainings: a line each, for lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from grader.referee.spec.recipe import Fit

# Settings that tell one layer from another, in the usual order.
_TOLD = ("filters", "units", "kernel_size", "pool_size", "rate")
_RATES = 3  # learning rates that a line has room for


def network(declared: str) -> str:
    """The layers of a network's declaration: ``Conv2D 64 3x3, Flatten, Dense 10``."""
    return _layers(json.loads(declared)) or "no layers"


def training(fit: Fit) -> str:
    """One call of ``fit``: optimizer, images, batch size, epochs and what else was asked."""
    images, epochs = fit.images, len(fit.learning_rates)
    optimizer = json.loads(fit.compiled).get("optimizer")
    parts = [
        str(optimizer.get("class_name") if isinstance(optimizer, dict) else optimizer),
        f"{images.count} {images.part} images of {images.dataset} from {images.first}"
        f"{' on, picked' if images.rows else ''}",
        f"batches of {fit.batch_size}",
        "" if fit.shuffle else "not shuffled",
        f"{fit.validation_split:.0%} held back" if fit.validation_split else "",
        f"{epochs} epoch{'s' if epochs > 1 else ''}",
    ]
    rates = [f"learning rate {rate:g} from epoch {number}" for number, rate in _rates(fit)]
    parts += [*rates[:_RATES], *(["..."] if len(rates) > _RATES else [])]
    return ", ".join(text for text in parts if text)


def _layers(described: Mapping[str, Any]) -> str:
    layers = described.get("config", {}).get("layers", [])
    summaries = [_layer(layer) for layer in layers if layer.get("class_name") != "InputLayer"]
    return ", ".join(summaries)


def _layer(described: Mapping[str, Any]) -> str:
    kind, config = described.get("class_name", "?"), described.get("config", {})
    if "layers" in config:
        return f"{kind} ({_layers(described)})"
    wrapped = config.get("layer")
    parts = [_setting(config[name]) for name in _TOLD if config.get(name) is not None]
    return " ".join([kind, *parts, *([f"({_layer(wrapped)})"] if wrapped else [])])


def _setting(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, list) else str(value)


def _rates(fit: Fit) -> list[tuple[int, float]]:
    """Epochs, from 1, before which a learning rate was set that was not the one before."""
    rates, last = [], None
    for number, rate in enumerate(fit.learning_rates, 1):
        if rate is not None and rate != last:
            rates.append((number, rate))
        last = rate
    return rates
