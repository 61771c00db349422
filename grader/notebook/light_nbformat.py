"""Imports nbformat without the 38 grammars of web addresses that come with it.

nbformat imports jsonschema, and that, if it is there, ``rfc3987_syntax``, which compiles grammars
for 1.4 s of processor time in every process. They serve the formats ``iri`` and ``iri-reference``,
which no schema of a notebook names.
"""

from __future__ import annotations

import importlib
import sys

_GRAMMARS = "rfc3987_syntax"


def import_nbformat() -> None:
    """Import nbformat; jsonschema treats what is hidden meanwhile as not installed."""
    if "jsonschema" in sys.modules:
        return
    sys.modules[_GRAMMARS] = None  # type: ignore[assignment]  # the documented way to hide one
    try:
        importlib.import_module("nbformat")
    finally:
        del sys.modules[_GRAMMARS]
