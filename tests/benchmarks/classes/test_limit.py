from __future__ import annotations

import time
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell

from benchmarks.classes.limit import Meter, own_time

TEST_CELL = {"nbgrader": {"grade": True, "solution": False, "grade_id": "works"}}


def spend(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


class Shell:
    """As much of an IPython shell as is asked for."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {"spend": spend}

    def run_cell(self, source: str) -> None:
        """Run the text of a cell."""
        exec(source, self.user_ns)


def test_a_call_within_a_call_counts_once() -> None:
    meter = Meter()
    inner = meter.metered(lambda: spend(0.05))
    meter.metered(lambda: (spend(0.05), inner()))()
    assert 0.1 <= meter.seconds < 0.15


def test_cells_and_the_calls_of_claims_count_and_claims_themselves_do_not() -> None:
    cells = [
        new_markdown_cell("# Work"),
        new_code_cell("def work():\n    spend(0.05)\nspend(0.1)"),
        new_code_cell("raise SystemError('student copies are not run')", metadata=TEST_CELL),
    ]
    shell = Shell()
    times = own_time(cells, {"works": "spend(0.2)\nwork()"}, shell, Meter())
    assert 0.1 <= times.cells < 0.15
    assert 0.05 <= times.calls < 0.1
    assert times.fits == 0


def test_trainings_count_apart() -> None:
    fits, shell = Meter(), Shell()
    shell.user_ns["fit"] = fits.metered(lambda: spend(0.1))
    times = own_time([new_code_cell("fit()\nspend(0.05)")], {}, shell, fits)
    assert 0.1 <= times.fits < 0.15
    assert 0.05 <= times.cells < 0.1
