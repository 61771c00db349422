"""Sanitises the outputs of a student kernel: text, and pictures that are encoded again.

A kernel is the student's own program: it may send anything as an output. So shape, type and
size of every part are checked, and nothing is kept that a browser could run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils

from grader.language import N_, gettext
from grader.notebook.sanitize import images
from grader.notebook.sanitize.text import render_terminal, strip_ansi

# Characters (of text, or of a picture in base64) kept of one cell and of one notebook.
CELL = 2_000_000
NOTEBOOK = 10_000_000
# Pixels decoded for one notebook: they cost time, however few bytes they were packed in.
PIXELS = 40_000_000
# Pictures kept of one cell, in which a callback may draw after each epoch, and of one notebook.
CELL_PICTURES = 30
PICTURES = 100

_MORE_PICTURES = N_(
    "{count} more of this cell's pictures were left out: at most {of_cell} of a cell and "
    "{of_notebook} of a notebook are kept, and no more than {characters:,} characters of a cell"
)

_COUNT = 1_000_000  # cells that one kernel may have run

# What is read at all of one text. Progress bars write far more than they leave on the screen.
_RAW = 10_000_000
# An output counts for more than its text: a million empty ones are not free.
_OVERHEAD = 100

# What is read aloud in place of a picture; and characters of the output's own text behind that.
_DRAWN = N_("Picture drawn by this cell")
_ALT = 100

Output = Mapping[str, Any]


@dataclass
class Budget:
    """Space that is left for the outputs of one notebook, or of one cell.

    Attributes:
        characters: of text, and of pictures in base64.
        pixels: to be decoded.
        pictures: to be decoded.
        left_out: pictures for which there was no space.
    """

    characters: int = NOTEBOOK
    pixels: int = PIXELS
    pictures: int = PICTURES
    left_out: int = 0

    def of_a_cell(self) -> Budget:
        """What one cell of the notebook may use."""
        characters, pictures = min(CELL, self.characters), min(CELL_PICTURES, self.pictures)
        return Budget(characters, self.pixels, pictures)

    def take(self, cell: Budget) -> None:
        """Take off what a cell has used."""
        before = self.of_a_cell()
        self.characters -= before.characters - cell.characters
        self.pictures -= before.pictures - cell.pictures
        self.pixels = cell.pixels


def sanitise_notebook(notebook: NotebookNode) -> None:
    """Sanitise the outputs of every code cell, in place; those of test cells are removed.

    So is each cell's number, which comes in a message of the kernel's, too. The output of a test
    could quote the test: its verdict is put there instead.
    """
    budget = Budget()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = _number(cell.get("execution_count"))
            cell.outputs = [] if utils.is_grade(cell) else sanitise(cell.outputs, budget)


def _number(count: object) -> int | None:
    """The number of a cell that has run, or None for what is no such number."""
    return count if type(count) is int and 0 <= count <= _COUNT else None


def sanitise(outputs: object, budget: Budget) -> list[NotebookNode]:
    """The outputs of one cell as plain text and PNG pictures, without metadata of its own.

    Text loses its colours and terminal commands; control characters are spelled out. Everything
    else (HTML, JavaScript, SVG, Markdown, LaTeX, widgets) is replaced by its plain text, or by a
    line that names what was left out. So is what is too large. Never raises, whatever ``outputs``
    is.

    Args:
        outputs: a code cell's outputs as nbformat defines them, or anything in their place.
        budget: of the notebook; what is kept is taken off it.
    """
    kept: list[NotebookNode] = []
    cell = budget.of_a_cell()
    for output in _clean(outputs, cell):
        size = _size(output)
        if size <= cell.characters:
            cell.characters -= size
            kept.append(output)
        elif has_picture(output):
            cell.left_out += 1
        else:
            kept += _cut(output, cell.characters)
            cell.characters = 0
            break
    budget.take(cell)
    return [*kept, _more_pictures(cell.left_out)] if cell.left_out else kept


def has_picture(output: NotebookNode) -> bool:
    """Whether an output that was sanitised is a picture."""
    return "image/png" in output.get("data", {})


def note(text: str) -> NotebookNode:
    """A line of ours among a cell's outputs."""
    return _output("stream", name="stdout", text=f"[{text}]\n")


def _more_pictures(count: int) -> NotebookNode:
    """The line in place of pictures for which there was no space."""
    limits = {"of_cell": CELL_PICTURES, "of_notebook": PICTURES, "characters": CELL}
    return note(gettext(_MORE_PICTURES, count=count, **limits))


def _clean(outputs: object, budget: Budget) -> Iterable[NotebookNode]:
    """Sanitise each output; texts in a row on the same stream become one."""
    mappings = [output for output in _items(outputs) if isinstance(output, Mapping)]
    for (kind, stream), group in groupby(mappings, key=_kind):
        if kind == "stream":
            written = render_terminal(_join(_text(output.get("text")) for output in group))
            if written:
                yield _output("stream", name=stream, text=written)
        elif kind == "error":
            yield from map(_error, group)
        elif kind in ("display_data", "execute_result"):
            for output in group:
                yield from _display(output, budget)


def _kind(output: Output) -> tuple[str, str]:
    kind = output.get("output_type")
    stream = "stderr" if output.get("name") == "stderr" else "stdout"
    return (kind if isinstance(kind, str) else "", stream)


def _error(output: Output) -> NotebookNode:
    lines = [strip_ansi(line[:_RAW]) for line in _items(output.get("traceback")) if _is_text(line)]
    return _output(
        "error",
        ename=strip_ansi(_text(output.get("ename"))),
        evalue=strip_ansi(_text(output.get("evalue"))),
        traceback=lines,
    )


def _display(output: Output, budget: Budget) -> Iterator[NotebookNode]:
    """A picture if there is one, else plain text, else a line that says what was left out."""
    data = output.get("data")
    data = data if isinstance(data, Mapping) else {}
    text = render_terminal(_text(data.get("text/plain")))
    mime = next((mime for mime in images.TYPES if mime in data), None)
    if mime is not None:
        yield from _picture(_text(data[mime]), text, budget)
    elif text:
        yield _output("display_data", data={"text/plain": text})
    else:
        names = sorted(strip_ansi(mime)[:40] for mime in data if _is_text(mime))
        names = [name for name in names if name != "text/plain"]
        yield note(
            gettext("{types} was left out", types=", ".join(names[:3]))
            if names
            else gettext("an empty output was left out")
        )


def _picture(encoded: str, text: str, budget: Budget) -> Iterator[NotebookNode]:
    """A picture, with a text that describes it; nothing where the cell has too many."""
    if not budget.pictures:
        budget.left_out += 1
        return
    budget.pictures -= 1
    try:
        picture = images.as_png(encoded, budget.pixels)
    except ValueError as error:
        yield note(gettext("a picture was left out: {error}", error=error))
        return
    budget.pixels -= picture.pixels
    data = {"image/png": picture.base64} | ({"text/plain": text} if text else {})
    drawn = gettext(_DRAWN)
    described = {"alt": f"{drawn}: {text[:_ALT]}" if text else drawn}
    yield _output("display_data", data=data, metadata={"image/png": described})


def _output(kind: str, **fields: object) -> NotebookNode:
    """An output as nbformat defines them."""
    output: NotebookNode = new_output(kind, **fields)
    return output


def _size(output: NotebookNode) -> int:
    texts = (output.get("text", ""), output.get("ename", ""), output.get("evalue", ""))
    lines = (*output.get("traceback", ()), *output.get("data", {}).values())
    return _OVERHEAD + sum(map(len, texts)) + sum(map(len, lines))


def _cut(output: NotebookNode, left: int) -> list[NotebookNode]:
    """As much of a stream as fits, and the line that says so."""
    said = note(gettext("the rest of this cell's output was left out: it is too long"))
    if output.output_type == "stream" and left > _OVERHEAD:
        output.text = output.text[: left - _OVERHEAD] + "\n"
        return [output, said]
    return [said]


def _join(texts: Iterable[str]) -> str:
    """Join texts, up to the length that is read."""
    parts, length = [], 0
    for text in texts:
        parts.append(text[: _RAW - length])
        length += len(parts[-1])
        if length >= _RAW:
            break
    return "".join(parts)


def _text(value: object) -> str:
    """Text as nbformat has it, whole or in lines; empty for anything else."""
    if _is_text(value):
        return str(value)[:_RAW]
    return _join(str(line) for line in _items(value) if _is_text(line))


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_text(value: object) -> bool:
    return isinstance(value, str)
