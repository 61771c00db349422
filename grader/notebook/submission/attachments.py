"""The pictures that stand in a cell of text, as nbformat keeps them: ``attachment:name``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from grader.notebook.sanitize.images import TYPES
from grader.notebook.submission.cell_text import with_unix_line_ends

# Pictures that are looked at in one notebook, by name: of more, none would be shown.
MOST_NAMES = 200


@dataclass(frozen=True)
class Merged:
    """Cells of text as one.

    Attributes:
        text: of all cells, in order.
        attachments: name to type to base64, as nbformat has it; not believed to be pictures yet.
    """

    text: str
    attachments: NotebookNode


def merged(cells: Sequence[NotebookNode]) -> Merged:
    """Join cells of text; where two pictures have one name, the later is renamed."""
    texts: list[str] = []
    kept = NotebookNode()
    for number, cell in enumerate(cells, 1):
        text = with_unix_line_ends(cell.source)
        for name, picture in _pictures(cell).items():
            if len(kept) >= MOST_NAMES:
                break
            new = name
            while new in kept and kept[new] != picture:
                new = f"{number}-{new}"
            kept[new] = picture
            if new != name:
                text = text.replace(f"attachment:{name}", f"attachment:{new}")
        if text not in texts:  # a notebook that was pasted twice has each answer twice
            texts.append(text)
    return Merged("\n\n".join(texts), kept)


def _pictures(cell: NotebookNode) -> dict[str, NotebookNode]:
    """Those attachments that have the form of pictures: whether they are is looked at later."""
    found = cell.get("attachments")
    if not isinstance(found, Mapping):
        return {}
    return {
        name: kept
        for name, bundle in found.items()
        if isinstance(bundle, Mapping) and (kept := _bundle(bundle))
    }


def _bundle(bundle: Mapping[str, object]) -> NotebookNode:
    kept = NotebookNode()
    for kind in TYPES:
        encoded = bundle.get(kind)
        if isinstance(encoded, list) and all(isinstance(line, str) for line in encoded):
            encoded = "".join(encoded)
        if isinstance(encoded, str):
            kept[kind] = encoded
    return kept


def left_out(cell: NotebookNode) -> tuple[str, ...]:
    """Names of attachments that are no pictures, or of a kind that is not shown."""
    found = cell.get("attachments")
    if not isinstance(found, Mapping):
        return ()
    kept = _pictures(cell)
    return tuple(sorted(str(name) for name in found if name not in kept))
