"""Determinism: what decides a training's bits besides its recipe, and the settings for it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from grader.referee.training import backends, loops
from grader.referee.training.loops import CPU


def describe() -> dict[str, str]:
    """Keras' version, the backend's name and version, and the kind of device; see ``Recipe.key``.

    The kind of device is ``cpu``, or the name that a GPU gives itself: each kind rounds its own
    way. On a CPU the loop and the number of threads decide as well: threads share a sum, and add it
    up in as many parts.
    """
    import keras

    backend = keras.backend.backend()
    described = {
        "keras": keras.__version__,
        "backend": backend,
        "backend_version": str(import_module(backend).__version__),
        "device": kind_of_device(backend),
    }
    if described["device"] == CPU:
        described |= {"threads": str(backends.threads(backend)), "loop": loops.name(backend, CPU)}
    return described


def enable_determinism() -> None:
    """Make the backend compute the same bits each time; JAX has no switch, and does on a CPU."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif backend == "torch":
        import_module("torch").use_deterministic_algorithms(True)


def draw_from_variables(model: Any) -> None:
    """Make all random numbers of a model come from its variables, which a checkpoint holds.

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
    """What is computed on, in words: ``CPU, 2 threads``, or a GPU's name."""
    import keras

    backend = keras.backend.backend()
    kind = kind_of_device(backend)
    if kind != CPU:
        return kind
    threads = backends.threads(backend)
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"


def kind_of_device(backend: str) -> str:
    """``cpu``, or the name that a GPU gives itself."""
    module: Any = import_module(backend)
    if backend == "jax":
        device = module.devices()[0]
        return CPU if device.platform == "cpu" else str(device.device_kind)
    if backend == "torch":
        return str(module.cuda.get_device_name()) if module.cuda.is_available() else CPU
    devices = module.config.list_physical_devices("GPU")
    if not devices:
        return CPU
    details = module.config.experimental.get_device_details(devices[0])
    return str(details.get("device_name", "gpu"))


def loop() -> str:
    """The name of the loop that trains here; see ``loops``."""
    import keras

    backend = keras.backend.backend()
    return loops.name(backend, kind_of_device(backend))
