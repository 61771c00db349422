"""Tells errors of a callback over what ``logs`` has from its other errors."""

from __future__ import annotations


def comes_of_logs(error: Exception) -> bool:
    """Whether a callback raised it over what ``logs`` has, or has not.

    ``logs["acuracy"]`` is a KeyError, and None is what ``logs.get("acuracy")`` compares, rounds or
    prints with. ``logs > 0.998`` compares the dictionary itself, ``logs.accuracy`` asks it.
    """
    text = str(error)
    if isinstance(error, TypeError):
        return "NoneType" in text or "between instances of 'dict'" in text
    return isinstance(error, KeyError) or "'dict' object has no attribute" in text
