"""Imports nbformat without the grammars of web addresses and durations that come with it.

nbformat imports jsonschema, and that, if they are there, modules for formats that no schema of a
notebook names. ``rfc3987_syntax`` compiles 38 grammars (``iri``, ``iri-reference``) for 1.4 s of
processor time in every process, the others (``uri``, ``duration``) take 0.1 s.
"""

from __future__ import annotations

import importlib
import sys

_GRAMMARS = ("rfc3987_syntax", "rfc3986_validator", "isoduration")


def import_nbformat() -> None:
    """Import nbformat; jsonschema treats what is hidden meanwhile as not installed."""
    if "jsonschema" in sys.modules:
        return
    hidden = [name for name in _GRAMMARS if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # the documented way to hide one
    try:
        importlib.import_module("nbformat")
    finally:
        for name in hidden:
            del sys.modules[name]
