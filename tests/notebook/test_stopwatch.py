from __future__ import annotations

import time

from grader.notebook.stopwatch import Stopwatch


def test_a_part_within_a_part_is_counted_once() -> None:
    stopwatch = Stopwatch()
    begin = time.monotonic()
    with stopwatch.measure("examining"):
        with stopwatch.measure("waiting"):
            time.sleep(0.3)
        with stopwatch.measure("waiting"), stopwatch.measure("deeper"):
            time.sleep(0.2)
    walls = {timing.part: timing.wall for timing in stopwatch.timings}
    assert walls["waiting"] >= 0.3
    assert walls["deeper"] >= 0.2
    assert walls["examining"] < 0.3
    assert sum(walls.values()) <= time.monotonic() - begin
