"""Notebooks as bytes: decoded, checked for the types that grading counts on, and remembered."""

from __future__ import annotations

import contextlib
import hashlib
import json
import warnings
from typing import Any

from nbformat import NotebookNode
from nbformat.converter import convert
from nbformat.reader import reads
from nbformat.validator import normalize


def decode(text: bytes) -> NotebookNode:
    """The notebook that ``text`` holds; raises ``ValueError`` with one line if it holds none."""
    try:
        return _decoded(text.decode())
    except Exception as error:  # its readers look before they validate, and may raise anything
        with contextlib.suppress(Exception):
            return _decoded(json.dumps(_filled(json.loads(text))))
        raise ValueError(one_line(error)) from error


def _decoded(text: str) -> NotebookNode:
    with warnings.catch_warnings():
        # Cell ids that are missing or come twice are replaced.
        warnings.simplefilter("ignore")
        # nbformat.reads would also print what is unusual, at any length, and change nothing.
        _, notebook = normalize(convert(reads(text), 4))
    _require_types(notebook)
    return notebook  # type: ignore[no-any-return]


def _filled(notebook: Any) -> Any:
    """A notebook of which some program left out what is empty, or wrote ``null`` in its place.

    The outputs are not read, so that all of them may be wrong.
    """
    notebook["metadata"] = notebook.get("metadata") or {}
    for cell in notebook["cells"]:
        for field, empty in (("metadata", {}), ("source", "")):
            cell[field] = cell.get(field) or empty
        if not isinstance(cell.get("id", ""), str):  # null, or a number: a new one is given
            del cell["id"]
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
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
