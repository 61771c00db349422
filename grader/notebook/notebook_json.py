"""Notebooks as bytes: decoded, checked for the types that grading counts on, and remembered."""

from __future__ import annotations

import hashlib
import warnings

from nbformat import NotebookNode
from nbformat.converter import convert
from nbformat.reader import reads
from nbformat.validator import normalize


def decode(text: bytes) -> NotebookNode:
    """The notebook that ``text`` holds; raises ``ValueError`` with one line if it holds none."""
    notebook: NotebookNode
    try:
        with warnings.catch_warnings():
            # Cell ids that are missing or come twice are replaced.
            warnings.simplefilter("ignore")
            # nbformat.reads would also print what is unusual, at any length, and change nothing.
            _, notebook = normalize(convert(reads(text.decode()), 4))
        _require_types(notebook)
    except Exception as error:  # its readers look before they validate, and may raise anything
        raise ValueError(one_line(error)) from error
    return notebook


def sha256(text: bytes) -> str:
    """Hex digest by which a graded notebook remembers what it was made from."""
    return hashlib.sha256(text).hexdigest()


def one_line(error: BaseException) -> str:
    """The first line of an error about a student's file, short and printable."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return "".join(c if c.isprintable() else "?" for c in line)[:120]


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
