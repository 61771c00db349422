"""Waiting for what takes a moment, on a machine that others use too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import psutil

PATIENCE = 120.0  # seconds; only a test that fails waits so long


def eventually(holds: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Whether something comes to hold."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return bool(holds())


def have_ended(processes: Iterable[psutil.Process]) -> bool:
    """Whether processes come to their end."""
    _, alive = psutil.wait_procs(list(processes), timeout=PATIENCE)
    return not alive
