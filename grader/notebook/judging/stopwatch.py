"""Measures where the time of a submission goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from grader.model import Timing, WorkPart


class Stopwatch:
    """Adds up wall and processor time by the part of the work that took it."""

    def __init__(self) -> None:
        self._parts: dict[tuple[WorkPart, bool], list[float]] = {}
        self._inner = [[0.0, 0.0]]  # time of the parts within the one that is measured

    @contextmanager
    def measure(self, part: WorkPart, student: bool = False) -> Iterator[None]:
        """Add what this process spends in the body, but for parts that are measured within it."""
        wall, cpu = time.monotonic(), time.process_time()
        self._inner.append([0.0, 0.0])
        try:
            yield
        finally:
            inner = self._inner.pop()
            spent = [time.monotonic() - wall, time.process_time() - cpu]
            self.add(part, spent[0] - inner[0], spent[1] - inner[1], student)
            self._inner[-1] = [sum(both) for both in zip(self._inner[-1], spent, strict=True)]

    def add(self, part: WorkPart, wall: float, cpu: float, student: bool = False) -> None:
        """Add what was measured elsewhere."""
        spent = self._parts.setdefault((part, student), [0.0, 0.0])
        spent[0] += wall
        spent[1] += cpu

    @property
    def timings(self) -> tuple[Timing, ...]:
        """What was measured, in the order in which the parts first came."""
        return tuple(
            Timing(part, wall, cpu, student) for (part, student), (wall, cpu) in self._parts.items()
        )
