"""Says in which cell a line of a student's code stands that an error tells of.

The kernel tells the line's number and its text, and may be wrong about both. So the cell is looked
for here, in the notebook: where none holds that line, no cell is named.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.language import N_, gettext
from grader.notebook.assignment import is_claim, part_of
from grader.notebook.judging import cell_errors
from grader.notebook.sanitize.text import strip_ansi
from grader.notebook.submission.rebuild import Rebuilt

_LINE = re.compile(r"(It was raised in )?\bline (\d{1,6}), `([^`\n]{1,200})`")
_TIMED = re.compile(r"\bline (\d{1,6}) below `%%time`")
_CUT = 80  # a line as long as this may have been cut where it was told
_CODE = 100  # characters of a line that are shown
_FROM_MAGIC = "get_ipython()."  # how the code begins that IPython makes of a magic's line
_LONGEST_MAGIC = 300  # characters of such a line


@dataclass(frozen=True)
class CodeCell:
    """A cell of a student's notebook.

    Attributes:
        name: as people are told it.
        lines: of its code, from the first that is not empty: IPython counts from there.
        empty: how many empty lines stand above.
    """

    name: str
    lines: tuple[str, ...]
    empty: int = 0

    def holds(self, number: int, code: str) -> bool:
        """Whether the line of this number says ``code``, or begins with it where it is long."""
        if not 0 < number <= len(self.lines):
            return False
        line = _written(self.lines[number - 1])
        return line == code or (len(code) >= _CUT and line.startswith(code))

    def magic(self, number: int, code: str) -> str:
        """The line of this number as the student wrote it, if IPython makes ``code`` of it."""
        if not 0 < number <= len(self.lines):
            return ""
        line = self.lines[number - 1][:_LONGEST_MAGIC]
        made = _written(_translated(line))
        same = made == code or (len(code) >= _CUT and made.startswith(code))
        return _written(line)[:_CODE] if same else ""


def code_cells(rebuilt: Rebuilt) -> tuple[CodeCell, ...]:
    """The cells of code that are no tests: solutions by ``grade_id``, others by their number."""
    return tuple(
        _code_cell(
            gettext("the cell `{name}`", name=answer)
            if (answer := part_of(cell))
            else gettext("cell {number}", number=place),
            cell.source,
        )
        for place, cell in zip(rebuilt.places, rebuilt.notebook.cells, strict=True)
        if cell.cell_type == "code" and not is_claim(cell)
    )


def shown(message: str, cells: Sequence[CodeCell]) -> str:
    """A verdict's message as students are shown it.

    Args:
        message: may quote what a student's code raised.
        cells: of the notebook.
    """
    return with_cells(cell_errors.without_files(strip_ansi(message)), cells)


def with_cells(message: str, cells: Sequence[CodeCell]) -> str:
    """A message in which each line of a student's code is told with its cell.

    Args:
        message: for example ``It was raised in line 2, `x[5]`.``
        cells: of the notebook.

    Returns:
        For example ``It was raised in line 2 of the cell `pool`, `x[5]`.``
    """
    message = _TIMED.sub(lambda found: _timed(found, cells), message)
    return _LINE.sub(lambda found: _told(found, cells), message)


def _told(found: re.Match[str], cells: Sequence[CodeCell]) -> str:
    number, code = int(found[2]), found[3]
    if code.startswith(_FROM_MAGIC):
        code = next((line for cell in cells if (line := cell.magic(number, code))), code)
    places = {(c.name, number + c.empty) for c in cells if c.holds(number, _written(code))}
    ((name, number),) = places if len(places) == 1 else (("", number),)
    here = not name or found.string[1:].startswith(f"{name[1:]} ")
    said = N_("line {number}, `{code}`") if here else N_("line {number} of {cell}, `{code}`")
    line = gettext(said, number=number, cell=name, code=code)
    return gettext("It was raised in {line}", line=line) if found[1] else line


def _timed(found: re.Match[str], cells: Sequence[CodeCell]) -> str:
    """The line in the cell that begins with ``%%time``, if only one is so long."""
    places = [place for cell in cells if (place := _below_magic(cell, int(found[1])))]
    return places[0] if len(places) == 1 else found[0]


def _below_magic(cell: CodeCell, number: int) -> str:
    """The line of this number below a cell's ``%%time``; empty if there is none."""
    if not cell.lines or not cell.lines[0].startswith("%%time"):
        return ""
    place = number + _empty(cell.lines[1:])
    if place >= len(cell.lines):
        return ""
    return f"line {place + 1}, `{_written(cell.lines[place])[:_CODE]}`"


def _code_cell(name: str, source: str) -> CodeCell:
    lines = tuple(source.splitlines())
    empty = _empty(lines)
    return CodeCell(name, lines[empty:], empty)


def _empty(lines: Sequence[str]) -> int:
    """How many empty lines there are at the beginning."""
    return sum(1 for _ in itertools.takewhile(lambda line: not line.strip(), lines))


def _translated(line: str) -> str:
    """The code that IPython makes of a line; the line, where it makes none."""
    from IPython.core import inputtransformer2

    manager: Any = inputtransformer2.TransformerManager  # has no types
    try:
        return str(manager().transform_cell(line.strip()))
    except SyntaxError:
        return line


def _written(code: str) -> str:
    """Code as errors tell it: on one line, without what would end it in a message."""
    return " ".join(code.split()).replace("`", "'")
