"""Reads what students hand in, and says in one line what is wrong with it."""

from __future__ import annotations

import hashlib
import re
import warnings
from itertools import accumulate
from pathlib import Path

from nbformat import NotebookNode
from nbformat.converter import convert
from nbformat.reader import reads
from nbformat.validator import normalize

from grader.errors import SubmissionError
from grader.notebook import handed_in

# An honest notebook nests its JSON seven deep, and needs a few brackets for each cell and output.
_DEPTH = 100
_BRACKETS = 100_000
_NEITHER_QUOTE_NOR_BRACKET = bytes(set(range(256)) - set(b'"[]{}'))


def read(path: Path) -> NotebookNode:
    """The notebook at ``path``, with every cell's type and text in place.

    Raises:
        SubmissionError: no such file, not JSON, or JSON that is no notebook.
    """
    return parse(content(path), str(path))


def content(path: Path) -> bytes:
    """The bytes of a submitted notebook; raises ``SubmissionError`` where there are none."""
    try:
        return handed_in.read(path)
    except FileNotFoundError:
        found = sorted(handed_in.shown(Path(p.name)) for p in path.parent.glob("*.ipynb"))
        raise SubmissionError(
            f"{path} is missing: expected the notebook under this name, found "
            f"{', '.join(found) or 'no notebook'}; ask the student to hand it in again"
        ) from None
    except OSError as error:
        raise SubmissionError(f"{path} cannot be read: {error.strerror}") from error


def parse(text: bytes, name: str) -> NotebookNode:
    """The notebook that ``text`` holds; ``name`` stands in the message if it holds none."""
    _require_small_tree(text, name)
    try:
        return decode(text)
    except ValueError as error:
        raise SubmissionError(
            f"{name} is not a notebook ({error}): expected Jupyter's JSON; "
            "ask the student to hand it in again"
        ) from error


def decode(text: bytes) -> NotebookNode:
    """The notebook that ``text`` holds; raises ``ValueError`` with one line if it holds none."""
    try:
        with warnings.catch_warnings():
            # Cell ids that are missing or come twice are given anew.
            warnings.simplefilter("ignore")
            # nbformat.reads would also print what is unusual, at any length, and change nothing.
            _, notebook = normalize(convert(reads(text.decode()), 4))
        _require_types(notebook)
    except Exception as error:  # its readers look before they validate, and may raise anything
        raise ValueError(handed_in.one_line(error)) from error
    return notebook


def _require_small_tree(text: bytes, name: str) -> None:
    """A few megabytes of brackets become gigabytes of objects: count them before they do."""
    brackets = _brackets(text)
    depths = accumulate(1 if bracket in b"[{" else -1 for bracket in brackets)
    if len(brackets) > 2 * _BRACKETS or max(depths, default=0) > _DEPTH:
        raise SubmissionError(
            f"{name} is over a limit: JSON of more than {_BRACKETS} parts, or more than {_DEPTH} "
            "deep; ask the student to clear the outputs and to hand it in again"
        )


def _brackets(text: bytes) -> bytes:
    """The brackets of a JSON text, without those that stand in its strings."""
    unescaped = text.replace(rb"\\", b"").replace(rb"\"", b"")
    return re.sub(rb'"[^"]*"', b"", unescaped.translate(None, _NEITHER_QUOTE_NOR_BRACKET))


def _require_types(notebook: NotebookNode) -> None:
    """Raise ``TypeError`` unless all that grading looks at is of the type that it counts on."""
    if not isinstance(notebook.metadata, dict) or not isinstance(notebook.cells, list):
        raise TypeError("it has no metadata or no cells")
    for cell in notebook.cells:
        texts = (cell.cell_type, cell.source, cell.get("id", ""))
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("a cell whose type, id or source is no text")
        if not isinstance(cell.metadata, dict):
            raise TypeError("a cell whose metadata are no object")
        "".join(texts).encode()  # half a surrogate pair can be read, but not written again


def sha256(text: bytes) -> str:
    """Hex digest by which a graded notebook remembers what it was made from."""
    return hashlib.sha256(text).hexdigest()
