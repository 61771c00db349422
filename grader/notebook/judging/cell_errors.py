"""Where in a student's cell an error was raised, and what to do about errors of one kind."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.notebook.judging.cell_runs import CellRun, CellStatus
from grader.notebook.sanitize.text import strip_ansi

_FRAME = re.compile(r"^(?=\s*(?:Cell In\[|File ))", re.MULTILINE)
_IN_CELL = re.compile(r"\s*Cell In\[\d+\], line (\d+)")
_ARROW = re.compile(r"^-+> *\d+ ?(.*)$", re.MULTILINE)
_IN_FILE = re.compile(r" \(\d+\.py, line \d+\)$")  # IPython keeps each cell in a file of its own
_CODE = 100  # characters of a line that are shown

_NO_GPU = (
    "There is no GPU and no TPU while work is graded, and tf.config.list_physical_devices('GPU') "
    "gives an empty list: ask for its length first, or leave these lines out."
)


def where(traceback: str) -> str:
    """The last line of a cell's code in an IPython traceback, as the end of 'in ...'.

    Args:
        traceback: as the kernel sent it; anything may be in it.

    Returns:
        For example ``line 2, `x = items[0]```; empty if no line of a cell is there.
    """
    frames = [frame for frame in _FRAME.split(strip_ansi(traceback)) if _IN_CELL.match(frame)]
    if not frames:
        return ""
    line = _IN_CELL.match(frames[-1])
    arrow = _ARROW.search(frames[-1])
    code = " ".join(arrow[1].split())[:_CODE].replace("`", "'") if arrow else ""
    number = f"line {line[1][:6]}" if line else ""
    return f"{number}, `{code}`" if code else number


def without_file(message: str) -> str:
    """The text of a ``SyntaxError`` without the file that IPython made of the cell."""
    return _IN_FILE.sub("", message)


def explained(run: CellRun, source: str) -> CellRun:
    """How a cell went, with advice where its code asks for a device that is not there.

    Args:
        run: how it went.
        source: its code.
    """
    if run.status is not CellStatus.RAISED:
        return run
    asks = re.search(r"gpu|tpu|cuda", source, re.IGNORECASE)
    blamed = re.search(r"\b(gpu|tpu|cuda)", run.message, re.IGNORECASE)
    if not (blamed or (asks and run.error == "IndexError")):
        return run
    return replace(run, advice=_NO_GPU)
