"""``%check``: finds the notebook, shows a table that grows, ends where it is interrupted."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
from traitlets.config import Config

from grader.model import CellHints
from grader.notebook import hints
from grader.notebook.submission import parse
from grader.student import magic


def test_the_notebook_is_found(sums: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert magic.notebook("") == Path("sums.ipynb")
    assert magic.notebook(" 'sums.ipynb' ") == Path("sums.ipynb")
    with pytest.raises(UsageError, match=r"cannot find other\.ipynb: .*%check sums"):
        magic.notebook("other.ipynb")
    Path("another.ipynb").touch()
    with pytest.raises(UsageError, match="cannot find this notebook"):
        magic.notebook("")
    monkeypatch.setenv("JPY_SESSION_NAME", str(sums))
    assert magic.notebook("") == sums


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """What a front end is sent: whether it is new or an update, and its forms."""
    shell, sent = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}})), []

    def publish(data: dict[str, str], metadata: object, **how: object) -> None:
        sent.append(("update" if how.get("update") else "new", data))

    shell.display_pub.publish = publish
    monkeypatch.setattr(magic, "get_ipython", lambda: shell)
    monkeypatch.setattr(InteractiveShell, "_instance", shell)
    monkeypatch.setattr(InteractiveShell, "initialized", lambda: True)
    shell.user_ns.update(add=lambda a, b: a + b, total=lambda _: 7)
    return sent


def test_the_table_grows(sums: Path, shown: list[tuple[str, dict[str, str]]]) -> None:
    magic.check("")
    assert [kind for kind, _ in shown] == ["new", "update", "update"]
    first, last = shown[0][1], shown[-1][1]
    assert "running" in first["text/html"]
    assert "not tested" in first["text/plain"]
    assert "passed           2 / 2  adds" in last["text/plain"]
    assert "1 of 2 tested claims passed. Points: 2 / 5." in last["text/html"]


def test_what_there_is_stays_where_a_student_interrupts(
    sums: Path, shown: list[tuple[str, dict[str, str]]]
) -> None:
    def total(_: object) -> None:
        raise KeyboardInterrupt

    magic.get_ipython().user_ns["total"] = total
    with pytest.raises(magic.CheckInterrupted) as interrupted:
        magic.check("")
    assert interrupted.value._render_traceback_() == [
        "Interrupted: the claims that are left were not tested."
    ]
    last = shown[-1][1]["text/plain"]
    assert "passed           2 / 2  adds" in last
    assert "not tested           3  totals" in last
    assert "1 claim was not tested. Points: 3." in last


@pytest.mark.kernel
def test_the_courses_kernel_knows_the_lines(sums: Path) -> None:
    notebook = parse.read(sums)
    hints.put_into(notebook, hints.Hints((CellHints("add", ("Look.",), ("add",)),)))
    for line in ("%hint add", "%check", "%check missing.ipynb"):
        notebook.cells.append(new_code_cell(line))
    nbformat.write(notebook, sums)
    NotebookClient(
        notebook, kernel_name="course", allow_errors=True, resources={"metadata": {"path": "."}}
    ).execute()
    assert "1. Look." in str(notebook.cells[-3].outputs)
    shown = str(notebook.cells[-2].outputs)
    assert "2 / 2  adds" in shown
    assert "2 of 2 tested claims passed. Points: 5 / 5." in shown
    assert "UsageError: %check cannot find missing.ipynb" in str(notebook.cells[-1].outputs)
