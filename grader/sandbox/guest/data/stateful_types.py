"""Generators of random numbers, and texts in memory: they travel with where they stand.

What is drawn or read from one of them is drawn or read from the other side's, too: where it stands
is what a call changes in place.
"""

from __future__ import annotations

import io
import random
from typing import Any

import numpy as np

from .known_type import KnownType, Stays

_BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
_WORDS = 624  # of the state of a Mersenne twister
_MOST = {
    "state": 2**128 - 1,
    "inc": 2**128 - 1,
    "has_uint32": 1,
    "uinteger": 2**32 - 1,
    "pos": _WORDS,
    "buffer_pos": 4,
}


def _generator_parts(generator: Any) -> Any:
    bits = generator.bit_generator
    if getattr(np.random, type(bits).__name__, None) is not type(bits):
        raise Stays
    return type(bits).__name__, _plain(bits.state)


def _plain(state: Any) -> Any:
    """A state of numpy's, its numbers as Python's own."""
    if isinstance(state, dict):
        return {name: _plain(part) for name, part in state.items() if name != "bit_generator"}
    return state if isinstance(state, np.ndarray) else int(state)


def _generator(parts: Any) -> Any:
    name, state = parts
    if name not in _BIT_GENERATORS:
        raise ValueError(f"no generator of random numbers is called {name!r:.40}")
    bits = getattr(np.random, name)(0)
    bits.state = {"bit_generator": name} | _checked(state, _plain(bits.state))
    return np.random.Generator(bits)


def _checked(state: Any, example: dict[str, Any]) -> dict[str, Any]:
    """A state of the form of an example: numpy itself would read what lies behind an array."""
    if type(state) is not dict or state.keys() != example.keys():
        raise ValueError("a state of a generator has other parts")
    return {name: _checked_part(name, state[name], known) for name, known in example.items()}


def _checked_part(name: str, part: Any, known: Any) -> Any:
    if isinstance(known, dict):
        return _checked(part, known)
    if type(part) is not type(known):
        raise TypeError(f"{name} of a generator's state")
    if isinstance(known, np.ndarray):
        if part.dtype != known.dtype or part.shape != known.shape:
            raise ValueError(f"{name} of a generator's state")
    elif not 0 <= part <= _MOST[name]:
        raise ValueError(f"{name} of a generator's state")
    return part


def _random_state_parts(generator: Any) -> Any:
    state = generator.get_state()
    if type(state) is not tuple or generator is np.random.mtrand._rand:
        raise Stays
    _, key, place, has_gauss, gauss = state
    return key, int(place), int(has_gauss), float(gauss)


def _random_state(parts: Any) -> Any:
    key, place, has_gauss, gauss = parts
    numbers = _checked_part("key", key, np.zeros(_WORDS, np.uint32))
    _checked_part("pos", place, 0)
    _checked_part("has_uint32", has_gauss, 0)
    made = np.random.RandomState(0)
    made.set_state(("MT19937", numbers, place, has_gauss, float(gauss)))
    return made


def _random_parts(generator: Any) -> Any:
    if generator is random._inst:
        raise Stays
    return generator.getstate()


def _random(parts: Any) -> random.Random:
    made = random.Random(0)
    made.setstate(parts)
    return made


def _memory_parts(memory: Any) -> Any:
    return None if memory.closed else (memory.getvalue(), memory.tell())


def _memory(kind: Any, content: type) -> Any:
    """Makes texts or bytes in memory."""

    def make(parts: Any) -> Any:
        made = kind()
        if parts is None:
            made.close()
            return made
        held, place = parts
        if type(held) is not content or type(place) is not int or not 0 <= place <= 2**31:
            raise ValueError("what is held in memory, and a place in it")
        made.write(held)
        made.seek(place)
        return made

    return make


TYPES = (
    KnownType("numpy.random", "Generator", _generator_parts, _generator),
    KnownType("numpy.random", "RandomState", _random_state_parts, _random_state),
    KnownType("random", "Random", _random_parts, _random),
    KnownType("io", "StringIO", _memory_parts, _memory(io.StringIO, str)),
    KnownType("io", "BytesIO", _memory_parts, _memory(io.BytesIO, bytes)),
)
