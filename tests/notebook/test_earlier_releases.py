from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader import settings as course_settings
from grader.errors import CourseError
from grader.notebook import earlier_releases, release
from grader.notebook.assignment import load_assignment, source_path
from grader.notebook.submission.cell_digest import digest_of
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT

# Digests of all cells of a release that students worked on before the exercises were rewritten.
FORMER = json.loads((Path(__file__).parent / "former_release.json").read_text())


@pytest.mark.parametrize("name", course_settings.load(ROOT).assignments)
def test_the_course_knows_what_it_handed_out_before(name: str) -> None:
    assignment = load_assignment(course_settings.load(ROOT), name)
    now = {
        digest_of(cell.cell_type, assignment.released.get(cell.id, cell.source))
        for cell in assignment.master.cells
    }
    assert len(set(FORMER[name]) & now) > 5, "digests differ: former work would not be recognised"
    assert set(FORMER[name]) <= now | assignment.earlier.keys()
    assert not now & assignment.earlier.keys()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = earlier_releases.beside(tmp_path / "source" / "sums" / "sums.ipynb")
    assert path == tmp_path / "source" / "sums.earlier.json"
    assert earlier_releases.load(path) == {}
    path.parent.mkdir()
    earlier_releases.write(path, {"b": "title", "a": "title", "c": "add"})
    assert json.loads(path.read_text())["cells"] == {"add": ["c"], "title": ["a", "b"]}
    assert earlier_releases.load(path) == {"a": "title", "b": "title", "c": "add"}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 2, "cells": {}}', '{"format": 1, "cells": []}']
)
def test_a_damaged_file_is_named(tiny_course: Settings, text: str) -> None:
    path = earlier_releases.beside(source_path(tiny_course, "sums"))
    path.write_text(text)
    with pytest.raises(CourseError, match=r"sums\.earlier\.json .* restore it"):
        load_assignment(tiny_course, "sums")


@pytest.mark.kernel
def test_a_release_keeps_the_texts_that_it_replaces(tmp_path: Path) -> None:
    course = tiny.make_course(tmp_path, cell_seconds=20)
    source = source_path(course, "sums")
    kept = earlier_releases.beside(source)
    release.release(course, "sums")
    assert not kept.exists()
    source.write_text(source.read_text().replace("# Sums", "# Totals"))
    release.release(course, "sums")
    assert earlier_releases.load(kept) == {digest_of("markdown", "# Sums"): "title"}
    assert [file.name for file in (tmp_path / "release" / "sums").iterdir()] == ["sums.ipynb"]
    source.write_text(source.read_text().replace("# Totals", "# Sums"))
    release.release(course, "sums")
    assert earlier_releases.load(kept) == {digest_of("markdown", "# Totals"): "title"}


def test_a_released_notebook_that_is_none_is_not_replaced(tiny_course: Settings) -> None:
    path = tiny_course.root / "release" / "sums" / "sums.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("no notebook")
    with pytest.raises(CourseError, match=r"sums\.ipynb is not a notebook"):
        release.release(tiny_course, "sums")
    assert path.read_text() == "no notebook"
