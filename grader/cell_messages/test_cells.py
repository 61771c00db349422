"""What a test cell says of itself, and what the saved notebook says of it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CLAIM = re.compile(r"\s*# Claim:")


@dataclass(frozen=True)
class Graded:
    """A test cell as the saved notebook has it.

    Attributes:
        name: its ``grade_id``.
        points: what it is worth.
    """

    name: str
    points: float


def is_claim(source: str) -> bool:
    """Whether the text of a cell is a visible test: it begins with ``# Claim:``."""
    return _CLAIM.match(source) is not None


def is_comment(source: str) -> bool:
    """Whether a cell holds comments and no code, as what is left of a hidden test does."""
    lines = [line.lstrip() for line in source.splitlines() if line.strip()]
    return bool(lines) and all(line.startswith("#") for line in lines)


def comment(source: str, word: str) -> str:
    """The text after ``# word:`` in a test cell, or the empty string."""
    match = re.search(rf"^# {word}: (.+)$", source, re.MULTILINE)
    return match[1].strip() if match else ""


def graded(source: str, cell_id: str | None, space: Mapping[str, Any]) -> Graded | None:
    """What nbgrader knows of the test cell that runs; None where that cannot be found out.

    Args:
        source: of the cell.
        cell_id: of the cell, where the front end tells it: hidden tests all look the same.
        space: the kernel's names, among which VS Code puts the notebook's path.
    """
    path = os.environ.get("JPY_SESSION_NAME") or space.get("__vsc_ipynb_file__")
    if not isinstance(path, str):
        return None
    cells = list(_test_cells(Path(path)))
    found = [cell for own, _, cell in cells if own and own == cell_id]
    found = found or [cell for _, text, cell in cells if text.strip() == source.strip()]
    return found[0] if len(found) == 1 else None


def _test_cells(path: Path) -> Iterator[tuple[str, str, Graded]]:
    """Id, text and metadata of each test cell of a notebook; none, if it cannot be read."""
    try:
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            known = cell["metadata"].get("nbgrader", {})
            if cell["cell_type"] == "code" and known.get("grade") and not known.get("solution"):
                worth = Graded(str(known["grade_id"]), float(known.get("points") or 0))
                yield str(cell.get("id") or ""), "".join(cell["source"]), worth
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return
