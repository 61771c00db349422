"""The frames of a traceback that stand in cells of the notebook."""

from __future__ import annotations

import linecache
import textwrap
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from grader.errors import causes

_LINES = 6  # of one statement, that are shown


@dataclass(frozen=True)
class CellFrame:
    """A frame of code that is in a cell.

    Attributes:
        trace: its place in the traceback.
        source: the whole cell.
        function: that was running; empty for the cell itself.
        line: that was running, from 1.
        code: the statement that was running, or its first lines.
    """

    trace: TracebackType
    source: str
    function: str
    line: int
    code: str


def cell_frames(error: BaseException, space: Mapping[str, Any]) -> list[CellFrame]:
    """The frames of cells in an exception's traceback, the outermost first.

    Where a check has raised it because of another exception, that one's frames follow.

    Args:
        error: as it was caught.
        space: the kernel's names, which are the globals of its cells.
    """
    traces = [trace for each in causes(error) for trace in _traces(each.__traceback__)]
    return [_cell_frame(trace) for trace in traces if trace.tb_frame.f_globals is space]


def only_cells(error: BaseException, space: Mapping[str, Any]) -> TracebackType | None:
    """The traceback without frames outside of cells: libraries, and this package."""
    kept: TracebackType | None = None
    for trace in reversed(_traces(error.__traceback__)):
        if trace.tb_frame.f_globals is space:
            kept = TracebackType(kept, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
    return kept


def _traces(trace: TracebackType | None) -> list[TracebackType]:
    found = []
    while trace is not None:
        found.append(trace)
        trace = trace.tb_next
    return found


def _cell_frame(trace: TracebackType) -> CellFrame:
    code = trace.tb_frame.f_code
    lines = linecache.getlines(code.co_filename)
    summary = next(iter(traceback.extract_tb(trace, 1)))
    first = summary.lineno or 1
    last = min(summary.end_lineno or first, first + _LINES - 1)
    is_cell = code.co_name.startswith(("<module", "<cell line"))  # the latter in older IPythons
    statement = "".join(lines[first - 1 : last]).rstrip()
    return CellFrame(
        trace, "".join(lines), "" if is_cell else code.co_name, first, textwrap.dedent(statement)
    )
