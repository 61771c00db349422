from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from grader import settings as course_settings
from grader.classroom import demo
from grader.errors import ConfigurationError
from grader.notebook import samples
from grader.notebook.assignment import load_assignment
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT

pytestmark = pytest.mark.kernel


@pytest.fixture
def course(tiny_course: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The tiny course with a class of two and their samples."""
    monkeypatch.setattr("grader.datasets.verify", lambda _: None)
    monkeypatch.setattr(demo, "CLASS", {"ada": {"sums": "good"}, "eve": {"sums": "untouched"}})
    for case, start in (("good", "reference"), ("untouched", "release")):
        folder = tiny_course.root / "tests" / "submissions" / "sums" / case
        folder.mkdir(parents=True)
        verdicts = "".join(f'{claim} = "passed"\n' for claim in tiny.TESTS)
        (folder / "case.toml").write_text(f'about = ""\nstart = "{start}"\n[verdicts]\n{verdicts}')
    return tiny_course


def test_a_demo_is_graded_drawn_and_can_be_run_again(course: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    for _ in range(2):
        console = Console(record=True, width=100)
        assert demo.run(course, folder, console)
        text = console.export_text()
        assert "6 / 11" in text
        assert "0 / 11" in text
        assert (folder / "scores.png").read_bytes().startswith(b"\x89PNG")
        assert (folder / "gradebook.db").is_file()


def test_an_exercise_that_nobody_of_the_class_handed_in_is_passed_over(course: Settings) -> None:
    with (course.root / "course_config.py").open("a") as config:
        config.write('c.Course.assignments = ["of_an_instructor", "sums"]\n')
    assert demo.handed_in(course_settings.load(course.root)) == ("sums",)


def test_a_folder_that_is_no_demo_is_left_alone(course: Settings, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("years of work")
    with pytest.raises(ConfigurationError, match=r"thesis holds something that is no demo"):
        demo.build(course, tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter").read_text() == "years of work"


def test_a_folder_that_cannot_be_made_is_named(course: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"cannot be written.*choose another folder"):
        demo.build(course, tmp_path / "file" / "demo")


def test_the_demos_class_hands_in_samples_that_exist() -> None:
    course = course_settings.load(ROOT)
    handed_in = [pair for cases in demo.CLASS.values() for pair in cases.items()]
    assert {assignment for assignment, _ in handed_in} <= set(course.assignments)
    for assignment, case in handed_in:
        sample = samples.load(ROOT / "tests" / "submissions" / assignment / case)
        assert samples.compose(load_assignment(course, assignment), sample).cells
