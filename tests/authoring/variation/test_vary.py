"""``grader vary``: another year's numbers in an exercise, and the way back."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from grader import settings as course_settings
from grader.authoring.variation import choices, vary
from grader.cli import main
from grader.errors import CourseError
from grader.notebook.assignment import load_assignment, source_path
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT

CHOICES = """
[numbers]
about = "what is added up"
texts = [["total([1, 2, 3]) == 6"], ["total([2, 3, 4]) == 9"], ["total([4, 5]) == 9"]]
also = "Tell the class."

[picture]
about = "the picture beside it"
image = "steps.png"
mirrored = [false, true]
texts = [["import math"], ["import cmath"]]
"""
STEPS = np.arange(6, dtype=np.uint8).reshape(2, 3)


@pytest.fixture
def course(tiny_course: Settings) -> Settings:
    folder = tiny_course.root / "variations"
    folder.mkdir()
    (folder / "sums.toml").write_text(CHOICES)
    Image.fromarray(STEPS).save(picture(tiny_course))
    # nbformat's own layout, so that the way back can be compared byte for byte.
    source = source_path(tiny_course, "sums")
    source.write_text(nbformat.writes(nbformat.read(source, as_version=4)) + "\n")
    return tiny_course


def picture(course: Settings) -> Path:
    return source_path(course, "sums").parent / "steps.png"


def grader(course: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--course", str(course.root), "vary", "sums", *arguments])


def seed_for(course: Settings, **versions: int) -> int:
    offered = choices.read(course, "sums")
    return next(seed for seed in range(1000) if vary.draw("sums", offered, seed) == versions)


def test_choices_are_listed_and_nothing_changes(course: Settings) -> None:
    before = source_path(course, "sums").read_bytes()
    listed = grader(course)
    assert listed.exit_code == 0, listed.output
    assert "numbers\twhat is added up\ttotal([1, 2, 3]) == 6\ttotal([1, 2, 3]) == 6\t" in (
        listed.output
    )
    assert "grader vary sums --seed 2027" in listed.output
    assert source_path(course, "sums").read_bytes() == before


def test_a_seed_changes_text_and_picture_and_the_course_goes_on(course: Settings) -> None:
    seed = seed_for(course, numbers=1, picture=1)
    changed = grader(course, "--seed", str(seed))
    assert changed.exit_code == 0, changed.output
    assert "import cmath (mirrored)" in changed.output
    assert "numbers: Tell the class." in changed.output
    assert "Read source/sums/sums.ipynb, then: grader release sums" in changed.output
    notebook = nbformat.read(source_path(course, "sums"), as_version=4)
    assert "assert total([2, 3, 4]) == 9" in [cell.source for cell in notebook.cells][6]
    assert (np.array(Image.open(picture(course))) == STEPS[:, ::-1]).all()
    assert [claim.name for claim in load_assignment(course, "sums").claims] == list(tiny.TESTS)


def test_the_way_back_and_from_one_year_to_the_next(course: Settings) -> None:
    before = nbformat.read(source_path(course, "sums"), as_version=4)
    vary.vary(course, "sums", seed_for(course, numbers=2, picture=1))
    once = vary.vary(course, "sums", seed_for(course, numbers=1, picture=0))
    assert [(each.before, each.after) for each in once] == [(2, 1), (1, 0)]
    assert grader(course, "--original").exit_code == 0
    assert nbformat.read(source_path(course, "sums"), as_version=4).cells == before.cells
    assert (np.array(Image.open(picture(course))) == STEPS).all()


def test_a_seed_draws_the_same_and_never_only_originals(course: Settings) -> None:
    offered = choices.read(course, "sums")
    drawn = [vary.draw("sums", offered, seed) for seed in range(30)]
    assert drawn == [vary.draw("sums", offered, seed) for seed in range(30)]
    assert all(any(versions.values()) for versions in drawn)
    assert {versions["numbers"] for versions in drawn} == {0, 1, 2}


def test_an_exercise_that_was_handed_in_is_left_alone(course: Settings) -> None:
    tiny.hand_in(course, "ada", tiny.submission(course, {}))
    before = source_path(course, "sums").read_bytes()
    refused = grader(course, "--seed", "1")
    assert refused.exit_code == 2
    assert "1 students have handed sums in" in refused.output
    assert source_path(course, "sums").read_bytes() == before
    assert grader(course, "--seed", "1", "--force").exit_code == 0


def test_what_cannot_be_done_changes_nothing(course: Settings) -> None:
    assert grader(course, "--seed", "1", "--original").exit_code == 2
    picture(course).write_text("no picture")
    before = source_path(course, "sums").read_bytes()
    with pytest.raises(CourseError, match=r"steps\.png cannot be mirrored"):
        vary.vary(course, "sums", seed_for(course, numbers=1, picture=1))
    assert source_path(course, "sums").read_bytes() == before
    notebook = nbformat.reads(before, as_version=4)
    notebook.metadata["grader"] = {"versions": {"numbers": 7}}
    nbformat.write(notebook, source_path(course, "sums"))
    with pytest.raises(CourseError, match="say version 7 of numbers, expected 0 to 2"):
        vary.current(course, "sums")


@pytest.mark.lengthy
@pytest.mark.parametrize("file", sorted((ROOT / "variations").glob("*.toml")), ids=lambda p: p.stem)
def test_each_version_of_the_courses_exercises_stands_and_can_be_taken_back(file: Path) -> None:
    """In memory: each version of each choice alone, and all choices together."""
    course = course_settings.load(ROOT)
    offered = choices.read(course, file.stem)
    notebook = nbformat.read(source_path(course, file.stem), as_version=4)
    before = [cell.source for cell in notebook.cells]
    several = [
        {name: number} for name, each in offered.items() for number in range(len(each.texts))
    ]
    several += [vary.draw(file.stem, offered, seed) for seed in range(20)]
    for versions in several:
        vary.replace(notebook, offered, dict.fromkeys(offered, 0), versions)
        vary.replace(notebook, offered, versions, dict.fromkeys(offered, 0))
        assert [cell.source for cell in notebook.cells] == before, versions


def test_a_full_disk_leaves_the_source_and_its_pictures_as_they_were(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = picture(course).parent
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    full = OSError(errno.ENOSPC, "No space left on device", str(folder))
    flushed = iter((None, full))  # the picture fits, the notebook does not

    def fsync(_: int) -> None:
        if (error := next(flushed)) is not None:
            raise error

    monkeypatch.setattr(os, "fsync", fsync)
    seed = seed_for(course, numbers=1, picture=1)
    done = grader(course, "--seed", str(seed))
    assert done.exit_code
    assert "No space left on device; make room" in done.output
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    monkeypatch.undo()
    assert grader(course, "--seed", str(seed)).exit_code == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} != before


def test_what_a_killed_process_left_beside_the_source_is_no_file_of_the_course(
    course: Settings,
) -> None:
    (picture(course).parent / ".steps.png.unfinished").write_bytes(b"half")
    assert set(load_assignment(course, "sums").files) == {"steps.png"}
