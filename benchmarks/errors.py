"""The one error that ends a benchmark with a line instead of a traceback."""

from __future__ import annotations


class BenchError(Exception):
    """A measurement cannot be made; the message says what was found and what to do."""
