"""``%hint`` finds hints in the metadata of the notebook at hand, or says that there are none."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from IPython.core.error import UsageError

from grader.model import CellHints
from grader.notebook import hints
from grader.notebook.hints import Hints
from grader.student import hint_magic
from grader.student.hint_shown import Shown

Displayed = list[str]


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> Displayed:
    """The text of what a front end is sent."""
    sent: Displayed = []

    def keep(shown: Shown) -> None:
        sent.append(shown._repr_mimebundle_()["text/plain"])

    monkeypatch.setattr(hint_magic, "display", keep)
    return sent


@pytest.fixture
def hinted(sums: Path) -> Path:
    """The handed-out notebook, with hints."""
    notebook = nbformat.read(sums, as_version=4)
    hints.put_into(notebook, Hints((CellHints("add", ("One.", "Two."), ("add",)),)))
    nbformat.write(notebook, sums)
    return sums


def test_hints_come_one_by_one(hinted: Path, displayed: Displayed) -> None:
    for line in ("add", "add more", ""):
        hint_magic.hint(line)
    first, second, listed = displayed
    assert "1. One." in first
    assert "Two." not in first
    assert "2. Two." in second
    assert "%hint add` (2)" in listed


def test_another_copy_may_carry_the_hints(hinted: Path, displayed: Displayed) -> None:
    hinted.rename("copy.ipynb")
    nbformat.write(nbformat.v4.new_notebook(), hinted)
    hint_magic.hint("add sums.ipynb")
    hint_magic.hint("add copy.ipynb")
    assert displayed[0].startswith(
        "This notebook carries no hints.\nHints are part of the notebook"
    )
    assert "1. One." in displayed[1]


def test_hints_are_listed_for_the_course_only_if_it_asks(
    hinted: Path, displayed: Displayed
) -> None:
    hint_magic.hint("add")
    assert not Path("hints_read.txt").exists()
    notebook = nbformat.read(hinted, as_version=4)
    notebook.metadata.grader_hints.recorded = True
    nbformat.write(notebook, hinted)
    for line in ("", "missing", "add", "add more"):
        hint_magic.hint(line)
    assert ["Your course asks" in text for text in displayed] == [False, False, False, True, False]
    assert Path("hints_read.txt").read_text().splitlines()[1:] == ["add 1", "add 2"]


def test_where_nothing_can_be_written_the_hint_is_shown_all_the_same(
    hinted: Path, displayed: Displayed
) -> None:
    notebook = nbformat.read(hinted, as_version=4)
    notebook.metadata.grader_hints.recorded = True
    nbformat.write(notebook, hinted)
    Path("hints_read.txt").mkdir()
    hint_magic.hint("add")
    assert "1. One." in displayed[0]
    assert "Your course asks" not in displayed[0]


def test_a_notebook_that_cannot_be_found_is_asked_for(sums: Path) -> None:
    with pytest.raises(UsageError, match=r"%hint cannot find other\.ipynb: .*%hint sums\.ipynb"):
        hint_magic.hint("add other.ipynb")
    sums.write_text("[]")
    with pytest.raises(UsageError, match="is not a notebook"):
        hint_magic.hint("add")
