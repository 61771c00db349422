"""Reads what students hand in, and says in one line what is wrong with it."""

from __future__ import annotations

import contextlib
import json
import re
from itertools import accumulate
from pathlib import Path

from nbformat import NotebookNode

from grader.errors import SubmissionError
from grader.language import N_, gettext
from grader.notebook import notebook_json
from grader.notebook.submission import file_rules

# An honest notebook nests its JSON seven deep, and needs a few brackets for each cell and output.
_DEPTH = 100
_BRACKETS = 100_000
_CONFLICT = tuple(
    re.compile(mark, re.MULTILINE) for mark in (rb"^<{7} ", rb"^={7}\r?$", rb"^>{7} ")
)
# Cells are recognised in the grader's own process, in seconds for so many. An honest notebook of
# this course has 20 to 100, with 10,000 to 50,000 characters of code.
_CELLS, _CODE = 1_000, 1_000_000
_OTHER_KINDS = {
    b"PK\x03\x04": N_("an archive (ZIP) or a document of an office program"),
    b"\x1f\x8b": N_("an archive (gzip)"),
    b"Rar!": N_("an archive (RAR)"),
    b"7z\xbc\xaf": N_("an archive (7z)"),
    b"%PDF": N_("a PDF"),
    b"<": N_("a web page (HTML)"),
    b"version https://git-lfs": N_("a pointer of Git LFS"),
}
_OTHER_KIND = N_(
    "{file} is not a notebook but {kind}: fetch the assignment again, or copy your notebook there."
)
_NO_JSON = N_(
    "{file} is not a notebook: open it in JupyterLab and save it there, or fetch the assignment "
    "again."
)
_ARCHIVES = {".zip", ".rar", ".7z", ".gz", ".tgz", ".tar"}
_OTHER_ENDINGS = {"", ".json", ".txt", ".download"}  # that browsers give a notebook
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
        return file_rules.read(path)
    except FileNotFoundError:
        raise SubmissionError(
            f"{path} is missing: expected the notebook under this name, found "
            f"{_found(path.parent)}; {_remedy(path)}",
            N_("{file} is missing: expected your notebook under this name."),
            file=path,
        ) from None
    except OSError as error:
        raise file_rules.unreadable(path, error) from error


def _found(folder: Path) -> str:
    """The notebooks in a folder; else what came in their place, such as an archive or a script."""
    files = _visible(folder)
    notebooks = [path for path in files if path.suffix == ".ipynb"]
    listed = ", ".join(file_rules.printable_path(Path(p.name)) for p in (notebooks or files)[:5])
    if not files:
        return "no notebook"
    return listed if notebooks else f"no notebook, but {listed}"


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if not path.name.startswith("."))


def _remedy(missing: Path) -> str:
    """What to do about a notebook that is missing, by what came in its place."""
    ask = "ask the student to hand it in again"
    for path in _visible(missing.parent):
        name = file_rules.printable_path(Path(path.name))
        if path.suffix.lower() in _ARCHIVES:
            return f"{ask}, or unpack {name} there"
        if path.stem.removesuffix(".ipynb") == missing.stem and path.suffix in _OTHER_ENDINGS:
            return f"{ask}, or rename {name} if it is the notebook"
    return ask


def parse(text: bytes, name: str) -> NotebookNode:
    """The notebook that ``text`` holds; ``name`` stands in the message if it holds none."""
    utf8 = _as_utf8(text)
    _require_small_tree(utf8, name)
    _require_merged(utf8, name)
    try:
        notebook = notebook_json.decode(utf8)
    except ValueError as error:
        kind = _other_kind(text)
        raise SubmissionError(
            f"{name} is not a notebook {f'but {kind}' if kind else f'({error})'}: expected "
            "Jupyter's JSON; ask the student to hand it in again",
            _OTHER_KIND if kind else _NO_JSON,
            file=name,
            kind=gettext(kind),
        ) from error
    _require_few_cells(notebook, name)
    return notebook


def _other_kind(text: bytes) -> str:
    """What a file is that is no notebook; empty where its first bytes do not tell."""
    if not text.strip(b"\0 \r\n\t"):
        return N_("an empty file")
    for beginning, kind in _OTHER_KINDS.items():
        if text.lstrip().startswith(beginning):
            return kind
    return ""


def _require_few_cells(notebook: NotebookNode, name: str) -> None:
    cells = len(notebook.cells)
    code = sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "code")
    if cells > _CELLS or code > _CODE:
        raise SubmissionError(
            f"{name} is over a limit: {cells} cells with {code} characters of code, expected at "
            f"most {_CELLS} with {_CODE}; ask the student to hand in the assignment's notebook "
            "alone, and data as a file beside it",
            N_(
                "{file} has {cells} cells with {code} characters of code, expected at most "
                "{most_cells} with {most_code}: keep the assignment's cells alone, and data in a "
                "file beside it."
            ),
            file=name,
            cells=cells,
            code=code,
            most_cells=_CELLS,
            most_code=_CODE,
        )


def _as_utf8(text: bytes) -> bytes:
    """The same text in UTF-8, without a byte-order mark: programs on Windows write others, too."""
    for encoding in (json.detect_encoding(text), "cp1252"):
        with contextlib.suppress(UnicodeError):
            decoded = text.decode(encoding)
            return text if encoding == "utf-8" else decoded.removeprefix("\ufeff").encode()
    return text  # it is no notebook, which reading it will say


def _require_merged(text: bytes, name: str) -> None:
    """A merge that git could not finish leaves lines in the file that are no JSON."""
    if all(mark.search(text) for mark in _CONFLICT):
        raise SubmissionError(
            f"{name} holds both sides of a git merge that was not finished (<<<<<<<): expected one "
            "notebook; ask the student to resolve it and to hand it in again",
            N_(
                "{file} holds both sides of a git merge that was not finished (<<<<<<<), expected "
                "one notebook: finish the merge first."
            ),
            file=name,
        )


def _require_small_tree(text: bytes, name: str) -> None:
    """A few megabytes of brackets become gigabytes of objects: count them before they do."""
    brackets = _brackets(text)
    depths = accumulate(1 if bracket in b"[{" else -1 for bracket in brackets)
    if len(brackets) > 2 * _BRACKETS or max(depths, default=0) > _DEPTH:
        raise SubmissionError(
            f"{name} is over a limit: JSON of more than {_BRACKETS} parts, or more than {_DEPTH} "
            "deep; ask the student to clear the outputs and to hand it in again",
            N_("{file} has too many parts to be read: clear the outputs and save it again."),
            file=name,
        )


def _brackets(text: bytes) -> bytes:
    """The brackets of a JSON text, without those that stand in its strings."""
    unescaped = text.replace(rb"\\", b"").replace(rb"\"", b"")
    return re.sub(rb'"[^"]*"', b"", unescaped.translate(None, _NEITHER_QUOTE_NOR_BRACKET))
