"""Reads an error out of a student's cell: where it was raised, and what was noted with it."""

from __future__ import annotations

import re

from grader.notebook.sanitize.text import strip_ansi

_FRAME = re.compile(r"^(?=\s*(?:Cell In\[|File ))", re.MULTILINE)
_IN_CELL = re.compile(r"\s*Cell In\[\d+\], line (\d+)")
_ARROW = re.compile(r"^-+> *\d+ ?(.*)$", re.MULTILINE)
_IN_FILE = re.compile(r" \(\d+\.py, line \d+\)$")  # IPython keeps each cell in a file of its own
_CODE = 100  # characters of a line that are shown

_KEYS = re.compile(r"^At the end of epoch \d{1,9} logs had the keys [^\n]{1,300}\.$", re.MULTILINE)
_READ_KEY = "logs.get(...) of another key gives None, and logs[...] a KeyError."


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


def keys_seen(traceback: str) -> str:
    """Which keys logs had where a callback raised the error, as advice; empty if it did not.

    Args:
        traceback: as the kernel sent it. The stand-in for ``fit`` notes the keys there.
    """
    found = _KEYS.search(strip_ansi(traceback))
    return f"{found[0]} {_READ_KEY}" if found else ""
