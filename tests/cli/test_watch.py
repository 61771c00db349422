"""`grader watch`, as far as it goes without a kernel."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.notebook import course_lock
from grader.settings import Settings


def grader(course: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--course", str(course.root), "watch", *arguments])


def one_line(result: Result) -> str:
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    return line


def test_the_unit_starts_this_very_command(tiny_course: Settings) -> None:
    result = grader(tiny_course, "sums", "--print-unit")
    assert result.exit_code == 0
    assert f"--course {tiny_course.root} watch sums\n" in result.stdout


def test_an_unknown_assignment_is_named_before_anything_starts(tiny_course: Settings) -> None:
    assert "there is no assignment 'summs'" in one_line(grader(tiny_course, "summs"))
    assert "there is no assignment 'x'" in one_line(grader(tiny_course, "x", "--print-unit"))


@pytest.fixture
def course(tiny_course: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The tiny course, without data sets and sandboxes."""
    monkeypatch.setattr("grader.datasets.verify", lambda _: None)
    monkeypatch.setattr("grader.watch.run.try_sandbox", lambda: None)
    return tiny_course


def test_a_course_that_is_watched_already_is_one_line(course: Settings) -> None:
    with course_lock.watching(course):
        assert "this course is watched already, by process" in one_line(grader(course))


def test_no_workers_are_one_line(course: Settings) -> None:
    assert "0 workers were asked for" in one_line(grader(course, "--workers", "0"))


def test_rules_that_cannot_be_are_one_line(course: Settings) -> None:
    with (course.root / "course_config.py").open("a") as config:
        config.write('\nc.Course.watch = {"hidden_claims": "some"}\n')
    assert "expected one of nothing, count, names, all" in one_line(grader(course))
