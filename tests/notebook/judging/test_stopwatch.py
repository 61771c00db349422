from __future__ import annotations

import time

import pytest

from grader.model import WorkPart
from grader.notebook.judging.stopwatch import Stopwatch


@pytest.mark.lengthy
def test_a_part_within_a_part_is_counted_once() -> None:
    stopwatch = Stopwatch()
    begin = time.monotonic()
    with stopwatch.measure(WorkPart.EXAMINING):
        with stopwatch.measure(WorkPart.REFEREE_WAIT):
            time.sleep(0.3)
        with stopwatch.measure(WorkPart.REFEREE_WAIT), stopwatch.measure(WorkPart.SANDBOX):
            time.sleep(0.2)
    walls = {timing.part: timing.wall for timing in stopwatch.timings}
    assert walls[WorkPart.REFEREE_WAIT] >= 0.3
    assert walls[WorkPart.SANDBOX] >= 0.2
    elapsed = time.monotonic() - begin
    assert walls[WorkPart.EXAMINING] <= elapsed - 0.5
    assert sum(walls.values()) <= elapsed
