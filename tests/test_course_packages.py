"""Packages of the course: what is asked for, what is there, and what an installation may touch."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from grader import course_packages
from grader.cli import main
from grader.doctor import Status, packages
from grader.errors import ConfigurationError, CourseError
from grader.notebook import autograde
from grader.notebook.release import release
from grader.settings import Settings, load
from tests import tiny

NUMPY = importlib.metadata.version("numpy")


@pytest.fixture
def asking(tiny_course: Settings) -> Any:
    """Gives the tiny course a requirements file with these lines."""

    def ask(*lines: str) -> Settings:
        file = tiny_course.root / "packages.txt"
        file.write_text("\n".join(lines))
        return dataclasses.replace(tiny_course, packages=file)

    return ask


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In place of pip: keeps its arguments, the text of the constraints last."""
    said: list[str] = []

    def install(*arguments: str) -> None:
        said.extend([*arguments, Path(arguments[-1]).read_text()])

    monkeypatch.setattr(course_packages, "_pip", install)
    return said


def test_a_course_without_a_file_needs_nothing(tiny_course: Settings) -> None:
    assert course_packages.installed(tiny_course) == {}
    course_packages.require(tiny_course)
    with pytest.raises(ConfigurationError, match="the course names no packages"):
        course_packages.install(tiny_course)


def test_the_configuration_names_the_file(tiny_course: Settings) -> None:
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write('\nc.Course.packages = "packages.txt"\n')
    assert load(tiny_course.root).packages == tiny_course.root / "packages.txt"


def test_a_requirements_file_is_read_as_pip_reads_it(asking: Any) -> None:
    course = asking(
        "# for the second exercise",
        "numpy >= 1  # any",
        "",
        "--prefer-binary",
        "click>=8 \\",
        "    --hash=sha256:00 \\",
        "    --hash=sha256:11",
        "rich; python_version < '3'",
    )
    assert [str(each) for each in course_packages.required(course)] == ["numpy>=1", "click>=8"]
    assert course_packages.installed(course)["numpy"] == NUMPY
    assert course_packages.problems(course) == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no-such-package-here==1.0", "no-such-package-here==1.0 is not installed"),
        ("numpy<1", f"numpy is {NUMPY}, expected <1"),
    ],
)
def test_what_is_missing_is_named_before_anything_is_graded(
    asking: Any, line: str, said: str
) -> None:
    course = asking(line)
    tiny.hand_in(course, "ada", tiny.submission(course, tiny.GOOD))
    assert course_packages.problems(course) == (said,)
    for work in (lambda: list(autograde.grade(course, "sums")), lambda: release(course, "sums")):
        with pytest.raises(ConfigurationError, match="install them with `grader packages`"):
            work()
    finding = packages.of_course(course)
    assert (finding.status, finding.detail, finding.remedy) == (
        Status.MISSING,
        said,
        "grader packages",
    )


def test_what_is_there_is_found(asking: Any, tiny_course: Settings) -> None:
    assert packages.of_course(asking("numpy")).detail == f"numpy {NUMPY}"
    assert packages.of_course(tiny_course).status is Status.OK


@pytest.mark.parametrize("line", ["nu mpy", "https://example.org/a.whl", "./folder"])
def test_a_line_that_is_no_requirement_is_named(asking: Any, line: str) -> None:
    with pytest.raises(ConfigurationError, match=r"packages\.txt, line 2: .* is no requirement"):
        course_packages.required(asking("numpy", line))


def test_a_file_that_is_not_there_is_named(tiny_course: Settings) -> None:
    course = dataclasses.replace(tiny_course, packages=tiny_course.root / "none.txt")
    with pytest.raises(ConfigurationError, match=r"none\.txt cannot be read"):
        course_packages.required(course)


def test_an_installation_keeps_what_the_grader_rests_on(asking: Any, pip: list[str]) -> None:
    course = asking("numpy")
    assert course_packages.install(course) == {"numpy": NUMPY}
    assert pip[:3] == ["--requirement", str(course.packages), "--constraint"]
    kept = pip[-1].splitlines()
    assert f"numpy=={NUMPY}" in kept
    assert f"pyzmq=={importlib.metadata.version('pyzmq')}" in kept
    assert not any(line.startswith("grader==") for line in kept)


def test_another_version_of_what_the_grader_rests_on_is_refused(
    asking: Any, pip: list[str]
) -> None:
    with pytest.raises(ConfigurationError, match=f"asks for numpy<1, .* rests on numpy {NUMPY}"):
        course_packages.install(asking("numpy<1"))
    assert pip == []


def test_what_pip_says_is_told_in_one_line(asking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "WARNING: a\nERROR: Cannot install a and b\nERROR: ResolutionImpossible\n"
    done = subprocess.CompletedProcess([], 1, stderr=said)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    with pytest.raises(CourseError, match="Cannot install a and b ResolutionImpossible; change"):
        course_packages.install(asking("numpy"))


def test_the_command_shows_what_was_installed(asking: Any, pip: list[str]) -> None:
    course = asking("numpy")
    with (course.root / "course_config.py").open("a") as config:
        config.write('\nc.Course.packages = "packages.txt"\n')
    result = CliRunner().invoke(main, ["--course", str(course.root), "packages"])
    assert (result.exit_code, result.output) == (0, f"numpy {NUMPY}\n")
    assert pip
