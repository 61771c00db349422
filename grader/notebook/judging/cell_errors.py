"""Reads an error out of a student's cell: where it was raised, and what was noted with it."""

from __future__ import annotations

import re

from grader.language import gettext
from grader.notebook.sanitize.text import strip_ansi

_FRAME = re.compile(r"^(?=\s*(?:Cell In\[|File ))", re.MULTILINE)
_IN_CELL = re.compile(r"\s*Cell In\[\d+\], line (\d+)")
_TIMED = re.compile(r"\s*File <timed (?:exec|eval)>:(\d+)")  # below %%time, whose text is not kept
_BELOW = re.compile(r"^\s*Cell In[^\n]*\n +([^\n]+)")  # of a SyntaxError, which has no arrow
_ARROW = re.compile(r"^-+> *\d+ ?(.*)$", re.MULTILINE)
# IPython keeps each cell in a file of its own, and TensorFlow quotes its name in messages.
_IN_FILE = re.compile(r" \((?:\d+\.py|<unknown>), line \d+\)$")
_FILE = re.compile(
    r'File "[^"\n]{0,200}ipykernel_\d+[/\\]\d+\.py", line (\d{1,6})'
    r"(?:, in [^\n]{0,200}\n {0,20}([^\n]+))?"
)
_CODE = 100  # characters of a line that are shown

_KEYS = re.compile(
    r"^At the end of epoch (\d{1,9}) logs had the keys ([^\n]{1,300})\.$", re.MULTILINE
)


def where(traceback: str) -> str:
    """The last line of a cell's code in an IPython traceback, as the end of 'in ...'.

    Args:
        traceback: as the kernel sent it; anything may be in it.

    Returns:
        For example ``line 2, `x = items[0]```; empty if no line of a cell is there.
    """
    frames = [frame for frame in _FRAME.split(strip_ansi(traceback)) if _number(frame)]
    if not frames:
        return ""
    if timed := _TIMED.match(frames[-1]):
        return below_time(timed[1][:6])
    arrow = _ARROW.search(frames[-1]) or _BELOW.search(frames[-1])
    return _line(_number(frames[-1])[:6], arrow[1] if arrow else "")


def _number(frame: str) -> str:
    """The number of the line of a cell that a frame of a traceback is at; empty if of none."""
    found = _IN_CELL.match(frame) or _TIMED.match(frame)
    return found[1] if found else ""


def below_time(number: str) -> str:
    """What is said of a line of a cell that begins with ``%%time``: its text is not known."""
    return f"line {number} below `%%time`"


def without_file(message: str) -> str:
    """The text of a ``SyntaxError`` without the file that IPython made of the cell."""
    return _IN_FILE.sub("", message)


def without_files(message: str) -> str:
    """A message in which the files that IPython made of cells are not named, only their lines."""
    return _FILE.sub(lambda found: _line(found[1], found[2] or ""), message)


def _line(number: str, code: str) -> str:
    code = " ".join(code.split())[:_CODE].replace("`", "'")
    return f"line {number}, `{code}`" if code else f"line {number}"


def keys_seen(traceback: str) -> str:
    """Which keys logs had where a callback raised the error, as advice; empty if it did not.

    Args:
        traceback: as the kernel sent it. The stand-in for ``fit`` notes the keys there.
    """
    if (found := _KEYS.search(strip_ansi(traceback))) is None:
        return ""
    epoch, keys = found.groups()
    said = gettext("At the end of epoch {epoch} logs had the keys {keys}.", epoch=epoch, keys=keys)
    if "acc" not in keys:
        step = gettext(
            "None of them is an accuracy: the model was compiled without that metric. Write "
            'metrics=["accuracy"] in compile.'
        )
    else:
        step = gettext(
            "logs.get(...) of another key gives None, and logs[...] a KeyError. Read the accuracy "
            "by the key that it has."
        )
    return f"{said} {step}"
