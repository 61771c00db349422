"""Cells that call fit, for tests."""

from __future__ import annotations

from grader.notebook.judging.cell_runs import CellRun, CellStatus
from tests.students import Student


def done(student: Student, source: str) -> str:
    """Run a cell to its end; what it printed."""
    run = student.write(source)
    assert run.status is CellStatus.DONE, run
    return student.printed


def refused(student: Student, source: str) -> str:
    """Run a cell that is refused; the words."""
    run: CellRun = student.write(source)
    assert (run.status, run.error) == (CellStatus.RAISED, "FitRefused"), run
    return run.message
