"""Sets this kernel's random generators as a test that called ``seed`` has its own."""

from __future__ import annotations

import importlib
import random
from typing import Any

import numpy as np

# The functions by which a test sets seeds that no state of Python or numpy holds.
SEEDERS = {
    "tensorflow": "tensorflow.random.set_seed",
    "keras": "keras.utils.set_random_seed",
    "torch": "torch.manual_seed",
}


def python_state() -> Any:
    """The state of ``random`` as a value that can be sent."""
    version, words, gauss = random.getstate()
    return (version, np.array(words, np.uint32), gauss)


def numpy_state() -> Any:
    """The state of numpy's older functions as a value that can be sent."""
    name, words, place, has_gauss, gauss = np.random.get_state(legacy=True)
    return (name, words, int(place), int(has_gauss), float(gauss))


def apply(states: dict[str, Any]) -> None:
    """Set the generators; seeds of libraries first, since they may touch the others.

    Args:
        states: ``seeds``, a list of a key of ``SEEDERS`` and a number; ``python`` and ``numpy``.
    """
    for library, seed in states.get("seeds", ()):
        module, _, function = SEEDERS[library].rpartition(".")
        package, _, inner = module.partition(".")
        found = importlib.import_module(package)
        for part in inner.split(".") if inner else ():
            found = getattr(found, part)
        getattr(found, function)(seed)
    if "python" in states:
        version, words, gauss = states["python"]
        random.setstate((version, tuple(int(word) for word in words), gauss))
    if "numpy" in states:
        np.random.set_state(states["numpy"])
