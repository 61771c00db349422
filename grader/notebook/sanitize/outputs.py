"""Sanitises the outputs of a student kernel: text, and pictures that are encoded again.

A kernel is the student's own program: it may send anything as an output. So shape, type and
size of every part are checked, and nothing is kept that a browser could run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils

from grader.notebook.sanitize import images
from grader.notebook.sanitize.text import render_terminal, strip_ansi

# Characters (of text, or of a picture in base64) kept of one cell and of one notebook.
CELL = 2_000_000
NOTEBOOK = 10_000_000
# Pixels decoded for one notebook: they cost time, however few bytes they were packed in.
PIXELS = 40_000_000

_COUNT = 1_000_000  # cells that one kernel may have run

# What is read at all of one text. Progress bars write far more than they leave on the screen.
_RAW = 10_000_000
# An output counts for more than its text: a million empty ones are not free.
_OVERHEAD = 100

Output = Mapping[str, Any]


class Budget:
    """Space that is left for the outputs of one notebook; ``sanitise`` uses it up."""

    def __init__(self, characters: int = NOTEBOOK, pixels: int = PIXELS) -> None:
        self.characters = characters
        self.pixels = pixels


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
    """The outputs of one cell as plain text and PNG pictures, without any metadata.

    Text loses its colours and terminal commands; control characters are spelled out. Everything
    else (HTML, JavaScript, SVG, Markdown, LaTeX, widgets) is replaced by its plain text, or by a
    line that names what was left out. So is what is too large. Never raises, whatever ``outputs``
    is.

    Args:
        outputs: a code cell's outputs as nbformat defines them, or anything in their place.
        budget: of the notebook; what is kept is taken off it.
    """
    kept: list[NotebookNode] = []
    left = min(CELL, budget.characters)
    for output in _clean(outputs, budget):
        size = _size(output)
        if size > left:
            kept += _cut(output, left)
            left = 0
            break
        left -= size
        kept.append(output)
    budget.characters -= min(CELL, budget.characters) - left
    return kept


def note(text: str) -> NotebookNode:
    """A line of ours among a cell's outputs."""
    return _output("stream", name="stdout", text=f"[{text}]\n")


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
            yield from (_display(output, budget) for output in group)


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


def _display(output: Output, budget: Budget) -> NotebookNode:
    """A picture if there is one, else plain text, else a line that says what was left out."""
    data = output.get("data")
    data = data if isinstance(data, Mapping) else {}
    text = render_terminal(_text(data.get("text/plain")))
    for mime in images.TYPES:
        if mime not in data:
            continue
        try:
            picture = images.as_png(_text(data[mime]), budget.pixels)
        except ValueError as error:
            return note(f"a picture was left out: {error}")
        budget.pixels -= picture.pixels
        kept = {"image/png": picture.base64} | ({"text/plain": text} if text else {})
        return _output("display_data", data=kept)
    if text:
        return _output("display_data", data={"text/plain": text})
    names = sorted(
        strip_ansi(mime)[:40] for mime in data if _is_text(mime) and mime != "text/plain"
    )
    return note(f"{', '.join(names[:3]) or 'an empty output'} was left out")


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
    said = note("the rest of this cell's output was left out: it is too long")
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
