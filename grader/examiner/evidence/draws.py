"""The random draws of test cells: unpredictable for students, and repeatable from a seed.

A seed is drawn from the system's randomness for each grading, stays in the judge, and is kept with
the verdict. Test cells and checks draw as they always did: ``np.random.default_rng()``, numpy's
older functions, ``random``, and initial weights of Keras' layers, which rest on ``random``.
"""

from __future__ import annotations

import contextlib
import random
import secrets
import sys
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import numpy as np

SEED_BITS = 128


def new_seed() -> int:
    """A seed that cannot be guessed."""
    return secrets.randbits(SEED_BITS)


def derived(seed: int, purpose: str) -> int:
    """The seed for one purpose; it says nothing about ``seed`` or those for other purposes."""
    digest = sha256(f"{seed:032x} {purpose}".encode()).digest()
    return int.from_bytes(digest[: SEED_BITS // 8], "big")


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let every draw in the body follow from ``seed``.

    Afterwards numpy and ``random`` draw as before it. TensorFlow has no such state: it keeps the
    seed until the next body, and nothing of ours draws from it in between.
    """
    states = random.getstate(), np.random.get_state()
    original = np.random.default_rng
    generators = 0

    def default_rng(given: Any = None) -> np.random.Generator:
        nonlocal generators
        if given is not None:
            return original(given)
        generators += 1
        return original(np.random.SeedSequence([seed, generators]))

    random.seed(seed)
    np.random.seed(_words(seed))
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None:
        tensorflow.random.set_seed(seed % 2**31)
    np.random.default_rng = default_rng  # type: ignore[assignment]
    try:
        yield
    finally:
        np.random.default_rng = original
        random.setstate(states[0])
        np.random.set_state(states[1])


def _words(seed: int) -> list[int]:
    """The seed in words of 32 bits."""
    return [seed >> shift & 0xFFFFFFFF for shift in range(0, SEED_BITS, 32)]
