"""What editors, students and attackers do to a notebook, one thing at a time.

An edit is data, so that an example is short, and can be pasted into a test.
"""

from __future__ import annotations

import copy
import functools
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from grader.notebook.assignment import Assignment, load_assignment
from tests import tiny
from tests.fuzzing import texts

Notebook = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """One change of a notebook.

    Attributes:
        how: its name in ``HONEST`` or ``HOSTILE``.
        at: the place of a cell.
        to: another place, or a place in its text.
        value: a text, or whatever else is put there.
    """

    how: str
    at: int = 0
    to: int = 0
    value: Any = ""


@functools.cache
def assignment() -> Assignment:
    """The exercise of ``tests.tiny``; its folder is gone."""
    with tempfile.TemporaryDirectory() as folder:
        return load_assignment(tiny.make_course(Path(folder), cell_seconds=20), "sums")


@functools.cache
def _written(solved: bool) -> str:
    import json

    notebook = copy.deepcopy(assignment().master)
    for cell in notebook.cells:
        cell.source = assignment().released.get(cell.id, cell.source)
        if solved:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            cell.source = tiny.GOOD.get(name, cell.source)
    return json.dumps(notebook)


def made(edits: Sequence[Edit], solved: bool = True) -> Notebook:
    """A submission after some edits."""
    import json

    notebook: Notebook = json.loads(_written(solved))
    for edit in edits:
        {**HONEST, **HOSTILE}[edit.how](notebook, edit)
    return notebook


def _cell(notebook: Notebook, at: int) -> dict[str, Any]:
    """The cell at a place, or a new one where an edit before left something else there."""
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not cells:
        return {}
    cell = cells[at % len(cells)]
    return cell if isinstance(cell, dict) else {}


def _cells(notebook: Notebook) -> list[Any]:
    cells = notebook.get("cells")
    return cells if isinstance(cells, list) else []


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source")
    return source if isinstance(source, str) else ""


def _insert(notebook: Notebook, at: int, cell: Any) -> None:
    cells = _cells(notebook)
    cells.insert(at % (len(cells) + 1), cell)


def _delete(notebook: Notebook, edit: Edit) -> None:
    if cells := _cells(notebook):
        del cells[edit.at % len(cells)]


def _move(notebook: Notebook, edit: Edit) -> None:
    if cells := _cells(notebook):
        _insert(notebook, edit.to, cells.pop(edit.at % len(cells)))


def _copy(notebook: Notebook, edit: Edit) -> None:
    cell = copy.deepcopy(_cell(notebook, edit.at))
    if edit.value:
        cell["id"] = "copied"
    _insert(notebook, edit.to, cell)


def _repeat(notebook: Notebook, edit: Edit) -> None:
    """Put many copies of a cell behind it, as pasting by mistake does."""
    cells, cell = _cells(notebook), _cell(notebook, edit.at)
    at = edit.at % max(1, len(cells)) + 1
    cells[at:at] = [{**copy.deepcopy(cell), "id": f"again{n}"} for n in range(edit.to)]


def _split(notebook: Notebook, edit: Edit) -> None:
    cells, first = _cells(notebook), _cell(notebook, edit.at)
    second = copy.deepcopy(first) | {"id": "split"}
    at = edit.to % (len(_text(first)) + 1)
    first["source"], second["source"] = _text(first)[:at], _text(first)[at:]
    cells.insert(edit.at % max(1, len(cells)) + 1, second)


def _merge(notebook: Notebook, edit: Edit) -> None:
    cells = _cells(notebook)
    first, second = _cell(notebook, edit.at), _cell(notebook, edit.at + 1)
    if first is not second and second:
        first["source"] = f"{_text(first)}\n\n{_text(second)}"
        cells.remove(second)


def _add(notebook: Notebook, edit: Edit, kind: str) -> None:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": "own",
        "metadata": {},
        "source": str(edit.value),
    }
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    _insert(notebook, edit.at, cell)


def _write(notebook: Notebook, edit: Edit) -> None:
    _cell(notebook, edit.at)["source"] = str(edit.value)


def _append(notebook: Notebook, edit: Edit) -> None:
    cell = _cell(notebook, edit.at)
    cell["source"] = f"{_text(cell)}\n{edit.value}"


def _change_type(notebook: Notebook, edit: Edit) -> None:
    _cell(notebook, edit.at)["cell_type"] = ("code", "markdown", "raw")[edit.to % 3]


def _lose_metadata(notebook: Notebook, edit: Edit) -> None:
    _cell(notebook, edit.at)["metadata"] = {}


def _lose_ids(notebook: Notebook, _: Edit) -> None:
    for cell in _cells(notebook):
        if isinstance(cell, dict):
            cell.pop("id", None)
    notebook["nbformat_minor"] = 4


def _lose_all(notebook: Notebook, edit: Edit) -> None:
    for cell in _cells(notebook):
        if isinstance(cell, dict):
            cell["metadata"] = {}
    _lose_ids(notebook, edit)


def _outputs(notebook: Notebook, edit: Edit) -> None:
    _cell(notebook, edit.at)["outputs"] = edit.value


def _attach(notebook: Notebook, edit: Edit) -> None:
    _cell(notebook, edit.at)["attachments"] = edit.value


def _forge(notebook: Notebook, edit: Edit) -> None:
    """Give a cell the metadata and the id of another."""
    first, second = _cell(notebook, edit.at), _cell(notebook, edit.to)
    first["metadata"], first["id"] = copy.deepcopy(second.get("metadata", {})), second.get("id", "")


def _set(notebook: Notebook, edit: Edit) -> None:
    """Put anything under any key of a cell, or of the notebook where ``to`` is odd."""
    key, value = edit.value
    (notebook if edit.to % 2 else _cell(notebook, edit.at))[key] = value


def _set_nbgrader(notebook: Notebook, edit: Edit) -> None:
    key, value = edit.value
    metadata = _cell(notebook, edit.at).setdefault("metadata", {})
    if isinstance(metadata, dict):
        found = metadata.setdefault("nbgrader", {})
        metadata["nbgrader"] = (found if isinstance(found, dict) else {}) | {key: value}


def _drop(notebook: Notebook, edit: Edit) -> None:
    (notebook if edit.to % 2 else _cell(notebook, edit.at)).pop(edit.value, None)


def _replace_cell(notebook: Notebook, edit: Edit) -> None:
    if cells := _cells(notebook):
        cells[edit.at % len(cells)] = edit.value


HONEST: dict[str, Callable[[Notebook, Edit], None]] = {
    "delete": _delete,
    "move": _move,
    "copy": _copy,
    "repeat": _repeat,
    "split": _split,
    "merge": _merge,
    "add code": functools.partial(_add, kind="code"),
    "add text": functools.partial(_add, kind="markdown"),
    "add raw": functools.partial(_add, kind="raw"),
    "write": _write,
    "append": _append,
    "change type": _change_type,
    "lose metadata": _lose_metadata,
    "lose ids": _lose_ids,
    "lose all": _lose_all,
    "forge": _forge,
}
HOSTILE: dict[str, Callable[[Notebook, Edit], None]] = {
    "outputs": _outputs,
    "attach": _attach,
    "set": _set,
    "set nbgrader": _set_nbgrader,
    "drop": _drop,
    "replace cell": _replace_cell,
}

_CELL_KEYS = ("cell_type", "source", "metadata", "id", "outputs", "execution_count", "attachments")
_KEYS = ("nbformat", "nbformat_minor", "metadata", "cells", "worksheets", "input", "language")
_NBGRADER = ("grade", "grade_id", "locked", "schema_version", "solution", "task", "points")
_MORE = ("cell_type", "checksum", "remove", "")

_keys = st.sampled_from((*_CELL_KEYS, *_KEYS)) | texts.words
_places = st.integers(0, 12)
_NONE: st.SearchStrategy[Any] = st.just("")


def _edit(how: str, value: st.SearchStrategy[Any] = _NONE) -> st.SearchStrategy[Edit]:
    return st.builds(Edit, st.just(how), _places, st.integers(0, 120), value)


_ATTACHED = st.dictionaries(
    texts.short_text,
    st.dictionaries(st.sampled_from(["image/png", "image/jpeg", "text/html"]), texts.anything)
    | texts.anything,
    max_size=3,
)
_TEXTS = {"add code", "add text", "add raw", "write", "append"}
honest = st.one_of(
    *(_edit(how, texts.texts) for how in sorted(_TEXTS)),
    *(_edit(how) for how in HONEST.keys() - _TEXTS - {"copy"}),
    _edit("copy", st.sampled_from(["", "new id"])),
)
hostile = st.one_of(
    _edit("outputs", texts.anything),
    _edit("attach", _ATTACHED | texts.anything),
    _edit("set", st.tuples(_keys, texts.anything)),
    _edit("set nbgrader", st.tuples(st.sampled_from((*_NBGRADER, *_MORE)), texts.anything)),
    _edit("drop", _keys),
    _edit("replace cell", texts.anything),
)
