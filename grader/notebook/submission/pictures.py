"""Pictures in a student's text, for the person who reads it: decoded, and encoded again.

They are pasted into a cell (``attachment:sketch.png``) or lie beside the notebook (``photo.jpg``).
Both become attachments of the cell, under the name that the text has for them. The text stays as it
is, but for a line on each picture that is left out.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from nbformat import NotebookNode

from grader.errors import SubmissionError
from grader.language import gettext
from grader.notebook.sanitize import images
from grader.notebook.sanitize.text import escape_invisible
from grader.notebook.submission import file_rules
from grader.notebook.submission.attachments import MOST_NAMES

_MOST = 24  # of one notebook
_PIXELS = 300_000_000  # of all of them together: a dozen photographs of a telephone
_FILE = 30 << 20

# Markdown's ![text](name "title"), and HTML's <img src="name">. A student's text is searched: each
# repetition is bounded, so that the time rises with the length of the text and no faster.
_LINK = re.compile(
    r"""!\[[^\]]{0,500}+\]\(\s{0,9}+(?:<([^<>\n]{1,1000}+)>|([^)\s]{1,1000}+))[^)]{0,500}+\)"""
    r"""|<img\b[^>]{0,200}?\bsrc\s{0,9}+=\s{0,9}+"""
    r"""(?:"([^"\n]{1,1000}+)"|'([^'\n]{1,1000}+)'|([^"'\s>]{1,1000}+))""",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
_IN_THE_TEXT = ("attachment:", "data:")


def embed(notebook: NotebookNode, folder: Path, given_ids: frozenset[str]) -> None:
    """Make the pictures in the student's cells of text attachments that are safe to show.

    Args:
        notebook: rebuilt from a submission; changed in place.
        folder: the files that lie beside it.
        given_ids: ``id`` of the cells that the course wrote: they stay as they are.
    """
    budget = _Budget()
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.id not in given_ids:
            _embed(cell, folder, budget)


def linked_names(text: str) -> Iterator[str]:
    """The names of the pictures that a text shows and that are not in it, each once."""
    seen: set[str] = set()
    for match in _LINK.finditer(text):
        name = unquote(next(filter(None, match.groups())))
        if not name.startswith(_IN_THE_TEXT) and name not in seen:
            seen.add(name)
            yield name


class _Budget:
    """What the pictures of one notebook may still take."""

    def __init__(self) -> None:
        self.pictures, self.pixels, self.names = _MOST, _PIXELS, MOST_NAMES

    def some(self, names: Iterable[str]) -> Iterator[str]:
        """As many of the names as may still be looked for."""
        for name in names:
            if self.names <= 0:
                return
            self.names -= 1
            yield name

    def take(self, content: bytes) -> str:
        """The picture as PNG in base64; raises ``ValueError`` with the end of a sentence."""
        if self.pictures <= 0:
            raise ValueError(gettext("there are {most} pictures already", most=_MOST))
        picture = images.photo_as_png(content, self.pixels)
        self.pictures -= 1
        self.pixels -= picture.pixels
        return picture.base64


def _embed(cell: NotebookNode, folder: Path, budget: _Budget) -> None:
    kept, refused = NotebookNode(), []
    pasted = dict(_pasted(cell))
    for name in budget.some((*pasted, *linked_names(cell.source))):
        if name in kept:
            continue
        try:
            content = pasted[name] if name in pasted else _beside(name, folder)
            kept[name] = NotebookNode({"image/png": budget.take(content)})
        except ValueError as error:
            said = gettext(
                "{name} was left out: {error}", name=escape_invisible(name)[:80], error=error
            )
            refused.append(f"*[{said}]*")
    cell.pop("attachments", None)
    if kept:
        cell.attachments = kept
    if refused:
        cell.source = "\n\n".join([cell.source, *refused])


def _pasted(cell: NotebookNode) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the attachments that ``attachments.merged`` has let through."""
    for name, bundle in cell.get("attachments", {}).items():
        encoded = next(iter(bundle.values()), "")
        try:
            yield name, base64.b64decode("".join(encoded.split()), validate=True)
        except ValueError:
            yield name, b""  # what decodes pictures will say so


def _beside(name: str, folder: Path) -> bytes:
    """The bytes of a file that a text shows: an ordinary one, and no link is followed.

    Raises:
        ValueError: there is none; with the end of a sentence.
    """
    path = PurePosixPath(name.replace("\\", "/"))  # as browsers read it
    if _ELSEWHERE.match(name) or path.is_absolute() or ".." in path.parts:
        raise ValueError(gettext("it is not in the notebook, and was not handed in beside it"))
    try:
        return file_rules.read(_with_any_case(folder / path), _FILE)
    except (OSError, SubmissionError, ValueError) as error:
        raise ValueError(gettext("there is no such file beside the notebook")) from error


def _with_any_case(path: Path) -> Path:
    """The path, or a file beside it whose name differs in capital letters, as on Windows."""
    if not os.path.lexists(path):
        alike = path.name.casefold()
        return next((p for p in path.parent.iterdir() if p.name.casefold() == alike), path)
    return path
