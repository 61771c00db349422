"""Reads what students hand in, and says in one line what is wrong with it."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.errors import SubmissionError

# What nbformat raises on JSON that is no notebook: it looks before it validates.
_MALFORMED = (ValueError, AttributeError, KeyError, TypeError, RecursionError)


def read(path: Path) -> NotebookNode:
    """The notebook at ``path``, with every cell's type and text in place.

    Raises:
        SubmissionError: no such file, not JSON, or JSON that is no notebook.
    """
    return parse(content(path), str(path))


def content(path: Path) -> bytes:
    """The bytes of a submitted notebook; raises ``SubmissionError`` where there are none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        found = sorted(p.name for p in path.parent.glob("*.ipynb"))
        raise SubmissionError(
            f"{path} is missing: expected the notebook under this name, found "
            f"{', '.join(found) or 'no notebook'}; ask the student to hand it in again"
        ) from None
    except OSError as error:
        raise SubmissionError(f"{path} cannot be read: {error.strerror}") from error


def parse(text: bytes, name: str) -> NotebookNode:
    """The notebook that ``text`` holds; ``name`` stands in the message if it holds none."""
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
            # Cell ids that are missing or come twice are mended by rebuilding the notebook.
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(text.decode(), as_version=4)
        for cell in notebook.cells:
            if not isinstance(cell.source, str) or not isinstance(cell.cell_type, str):
                raise TypeError("a cell without text")
    except (nbformat.ValidationError, *_MALFORMED) as error:
        raise ValueError(_first_line(error)) from error
    return notebook


def sha256(text: bytes) -> str:
    """Hex digest by which a graded notebook remembers what it was made from."""
    return hashlib.sha256(text).hexdigest()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
