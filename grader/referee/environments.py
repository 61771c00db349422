"""What decides over a training's bits besides its recipe, and the settings that hold them still."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any


def describe() -> dict[str, str]:
    """Keras' version, the backend's name and version, and the kind of device; see ``Recipe.key``.

    The kind of device is ``cpu``, or the name that a GPU gives itself: each kind rounds its own
    way.
    """
    import keras

    backend = keras.backend.backend()
    return {
        "keras": keras.__version__,
        "backend": backend,
        "backend_version": str(import_module(backend).__version__),
        "device": _device(backend),
    }


def hold_still() -> None:
    """Have the backend compute the same bits each time; JAX does on a CPU, and has no switch."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif backend == "torch":
        import_module("torch").use_deterministic_algorithms(True)


def draw_from_variables(model: Any) -> None:
    """Let all that a model draws come from its variables, which a checkpoint holds.

    On torch, Keras' Dropout draws from the process's own generator unless a seed was chosen, and
    `_initial_seed` is where it looks for one.
    """
    import keras

    if keras.backend.backend() != "torch":
        return
    for layer in model._flatten_layers():
        generator = getattr(layer, "seed_generator", None)
        if generator is not None and generator._initial_seed is None:
            generator._initial_seed = 0


def device() -> str:
    """What is computed on, in words: ``CPU, 2 cores``, or a GPU's name."""
    import keras

    kind = _device(keras.backend.backend())
    cores = len(os.sched_getaffinity(0))
    return f"CPU, {cores} core{'s' if cores > 1 else ''}" if kind == "cpu" else kind


def _device(backend: str) -> str:
    module: Any = import_module(backend)
    if backend == "jax":
        device = module.devices()[0]
        return "cpu" if device.platform == "cpu" else str(device.device_kind)
    if backend == "torch":
        return str(module.cuda.get_device_name()) if module.cuda.is_available() else "cpu"
    devices = module.config.list_physical_devices("GPU")
    if not devices:
        return "cpu"
    details = module.config.experimental.get_device_details(devices[0])
    return str(details.get("device_name", "gpu"))
