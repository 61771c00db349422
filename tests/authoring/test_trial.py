"""Trying samples: what is chosen, what is left alone, and that a difference is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader import settings as course_settings
from grader.authoring import trial
from grader.cli import main
from grader.errors import CourseError
from grader.notebook.submission import paths
from grader.settings import Settings
from tests import tiny

pytestmark = pytest.mark.kernel

GOOD = "".join(f'{claim} = "passed"\n' for claim in tiny.TESTS)


@pytest.fixture
def course(tiny_course: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The tiny course, which needs no data sets, with two samples."""
    monkeypatch.setattr("grader.datasets.verify", lambda _: None)
    sample(tiny_course, "good", GOOD)
    sample(tiny_course, "untouched", GOOD.replace("passed", "not attempted"), start="release")
    return tiny_course


def sample(course: Settings, name: str, verdicts: str, start: str = "reference") -> Path:
    folder = course.root / "tests" / "submissions" / "sums" / name
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(f'about = ""\nstart = "{start}"\n[verdicts]\n{verdicts}')
    return folder


def grader(course: Settings, *arguments: str) -> Result:
    command = ["--course", str(course.root), "try", "sums", "--sandbox", "none", *arguments]
    return CliRunner().invoke(main, command)


def test_a_sample_that_gets_another_verdict_ends_with_1_and_is_explained(course: Settings) -> None:
    sample(course, "hopeful", GOOD, start="release")
    result = grader(course, "--case", "good", "--case", "hopeful")
    assert result.exit_code == 1, result.output
    words = " ".join(result.output.split())
    assert "good passed passed passed as expected" in words
    assert "3 not as expected" in words
    assert "hopeful, adds: expected passed, received not attempted: The cell `add` is as" in words
    assert "untouched" not in words


def test_samples_as_expected_end_with_0_and_leave_the_course_alone(course: Settings) -> None:
    before = sorted(course.root.rglob("*"))
    result = grader(course)
    assert result.exit_code == 0, result.output
    assert "untouched" in result.output
    assert sorted(course.root.rglob("*")) == before


def test_a_sample_that_cannot_be_graded_ends_with_1(course: Settings) -> None:
    (sample(course, "broken", GOOD) / "submission.ipynb").write_text("no json")
    result = grader(course, "--case", "broken")
    assert result.exit_code == 1
    assert "broken is not graded: " in result.output
    assert "is not a notebook" in " ".join(result.output.split())


def test_a_course_without_samples_or_without_that_one_is_told(tiny_course: Settings) -> None:
    with pytest.raises(CourseError, match=r"sums has no samples: expected tests/submissions/sums/"):
        trial.choose(tiny_course, "sums")
    sample(tiny_course, "good", GOOD)
    with pytest.raises(CourseError, match=r"no sample better: expected some of good"):
        trial.choose(tiny_course, "sums", ["better"])


def test_trying_never_reaches_a_gradebook_or_folders_that_the_course_names(
    course: Settings, tmp_path: Path
) -> None:
    with (course.root / "course_config.py").open("a") as config:
        config.write(f"c.CourseDirectory.db_url = 'sqlite:///{tmp_path}/real.db'\n")
        config.write(f"c.CourseDirectory.submitted_directory = '{tmp_path}/real'\n")
    (tmp_path / "elsewhere").mkdir()
    moved = trial.elsewhere(course_settings.load(course.root), tmp_path / "elsewhere")
    directory = paths.course_directory(moved)
    assert directory.db_url == f"sqlite:///{tmp_path}/elsewhere/gradebook.db"
    assert paths.submission(moved, "ada", "sums").submitted == (
        tmp_path / "elsewhere" / "submitted" / "ada" / "sums"
    )
    again = course_settings.from_config(moved.root, moved.config)  # as nbgrader's steps read it
    assert (again.data, again.runs) == (moved.data, moved.runs) == (course.data, course.runs)
