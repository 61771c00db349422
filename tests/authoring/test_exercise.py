"""A new exercise, from ``grader new`` through release to the verdicts on its samples."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from grader import settings as course_settings
from grader.authoring import exercise, trial
from grader.cli import main
from grader.errors import ConfigurationError
from grader.model import Outcome
from grader.notebook.assignment import load_assignment
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT

PASSED, FAILED, NOT_ATTEMPTED = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_ATTEMPTED
MADE = (
    "source/relu/relu.ipynb",
    "tests/submissions/relu/only_zeros/",
    "tests/submissions/relu/reference/",
    "tests/submissions/relu/unchanged/",
    "tests/submissions/relu/untouched/",
    "course_config.py, line 13: relu is on the list",
)


@pytest.fixture
def course(tmp_path: Path) -> Settings:
    """A copy of the course as it is, with the first of its exercises."""
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, tmp_path)
    return course_settings.load(tmp_path)


def grader(course: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--course", str(course.root), *arguments])


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.kernel
def test_a_new_exercise_is_released_and_its_samples_get_exactly_their_verdicts(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.datasets.verify", lambda _: None)  # its samples need no data
    made = grader(course, "new", "relu")
    assert made.exit_code == 0, made.output
    assert made.output.splitlines()[: len(MADE)] == list(MADE)
    assert grader(course, "release", "relu").output == "relu: released\n"
    released = (course.root / "release" / "relu" / "relu.ipynb").read_text()
    assert "np.maximum(values, 0)\\n" not in released
    assert "zeroes_negative" in released
    assert "assert not answer.any()" not in released
    console = Console(record=True, width=100)
    trials = trial.try_samples(course_settings.load(course.root), "relu", console)
    assert {tried.sample: tuple(map(tried.outcome, tried.expected)) for tried in trials} == {
        "only_zeros": (FAILED, PASSED),
        "reference": (PASSED, PASSED),
        "unchanged": (PASSED, FAILED),
        "untouched": (NOT_ATTEMPTED, NOT_ATTEMPTED),
    }
    assert [tried.differences for tried in trials] == [()] * 4
    assert console.export_text().count("as expected") == 4


@pytest.mark.keras
def test_it_looks_like_the_courses_own_exercises(course: Settings) -> None:
    exercise.create(course, "edge_filters")
    path = course.root / "source" / "edge_filters" / "edge_filters.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    own = ROOT / "source" / "convolution_from_scratch" / "convolution_from_scratch.ipynb"
    assert notebook.metadata == nbformat.read(own, as_version=4).metadata
    assert notebook.cells[0].source.startswith("# Edge filters\n")
    assignment = load_assignment(course_settings.load(course.root), "edge_filters")
    assert [claim.needs for claim in assignment.claims] == [("relu",), ("relu",)]
    assert sum(claim.points for claim in assignment.claims) == 20
    assert assignment.solution_ids == ("relu", "written_answer")
    assert all(not cell.get("outputs") for cell in notebook.cells)


def test_a_name_that_is_on_the_list_already_is_not_listed_twice(course: Settings) -> None:
    config = course.root / "course_config.py"
    config.write_text(config.read_text().replace("assignments = [", 'assignments = ["relu", '))
    before = config.read_bytes()
    exercise.create(course_settings.load(course.root), "relu")
    assert config.read_bytes() == before


def test_a_list_that_is_set_anew_further_down_is_noticed_and_nothing_stays(
    course: Settings,
) -> None:
    with (course.root / "course_config.py").open("a") as config:
        config.write("c.Course.update({'assignments': ['mnist_998']})\n")
    known = course_settings.load(course.root)
    before = files(course.root)
    with pytest.raises(ConfigurationError, match=r"gives the assignments mnist_998, expected mnis"):
        exercise.create(known, "relu")
    assert files(course.root) == before


def test_a_course_without_the_file_is_told_what_to_do(course: Settings) -> None:
    (course.root / "course_config.py").unlink()
    with pytest.raises(ConfigurationError, match=r'add "relu" to c\.Course\.assignments by hand'):
        exercise.create(course, "relu")
    assert not (course.root / "source").exists()


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    course = tiny.make_course(tmp_path, cell_seconds=20)
    config = tmp_path / "course_config.py"
    config.write_text(f"{config.read_text()[: config.read_text().index('# -- collecting')]}")
    (tmp_path / "tests").write_text("a file where a folder should be")
    before = files(tmp_path)
    with pytest.raises(ConfigurationError, match=r"cannot be written .*nothing was changed"):
        exercise.create(course, "relu")
    assert files(tmp_path) == before
    assert not (tmp_path / "source" / "relu").exists()


def test_the_templates_are_in_the_wheel() -> None:
    from hatchling.builders.wheel import WheelBuilder

    packed = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    folder = ROOT / "grader" / "authoring" / "templates"
    templates = {f"grader/authoring/templates/{name}" for name in files(folder)}
    assert len(templates) == 7
    assert templates <= packed
