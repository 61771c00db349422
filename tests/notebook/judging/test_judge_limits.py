"""A judge may use so much of a machine that two of them leave room for the rest."""

from __future__ import annotations

import pytest

from grader import machine
from grader.notebook.judging.judge_limits import writable_bytes

GB = 1 << 30


@pytest.mark.parametrize(
    ("memory", "writable"),
    [(4 * GB, 2 * GB), (9 * GB, 3 * GB), (24 * GB, 8 * GB), (1 << 40, 8 * GB)],
)
def test_memory_follows_from_the_machine_within_bounds(
    monkeypatch: pytest.MonkeyPatch, memory: int, writable: int
) -> None:
    monkeypatch.setattr(machine, "all_memory", lambda: memory)
    assert writable_bytes() == writable
