"""What tests of a student's own notebook share."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests import tiny


@pytest.fixture
def sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The handed-out notebook of a tiny exercise, in a folder of its own."""
    notebook = tiny.source()
    for cell in notebook.cells:
        if cell.id == "adds-negatives":
            cell.source = "# A hidden test stands here."
    path = tmp_path / "sums.ipynb"
    nbformat.write(notebook, path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return path
