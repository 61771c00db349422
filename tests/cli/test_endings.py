from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import click
import pytest
import sqlalchemy.exc
from click.testing import CliRunner, Result

from grader.classroom import demo
from grader.cli import endings, main
from grader.errors import SubmissionError
from grader.settings import Settings

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def ending(course: Settings, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Result:
    """How a command ends in which an error is raised."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("grader.notebook.class_status.status", fail)
    return CliRunner().invoke(main, ["--course", str(course.root), "status", "sums"])


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EROFS, "choose another folder"),
        (errno.EACCES, "let this account"),
        (errno.ENOENT, "name is right"),
        (errno.EIO, "see to it"),
    ],
)
def test_what_the_system_refuses_is_one_line_with_file_reason_and_remedy(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    error = OSError(number, os.strerror(number), "some/file\x1b[31m")
    result = ending(tiny_course, monkeypatch, error)
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert line.startswith(f"grader: some/file?[31m: {os.strerror(number)}; ")
    assert remedy in line
    assert line.endswith("run the same command again")


def test_what_the_database_refuses_is_one_line(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = RuntimeError("attempt to write a readonly database")
    error = sqlalchemy.exc.OperationalError("INSERT INTO grade ...", {}, why)
    result = ending(tiny_course, monkeypatch, error)
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert "the gradebook cannot be used" in line
    assert "readonly database" in line
    assert "INSERT" not in line


def test_a_mistake_of_ours_is_no_line(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(
        ending(tiny_course, monkeypatch, ZeroDivisionError()).exception, ArithmeticError
    )


def test_a_pipe_that_has_seen_enough_is_no_error_of_ours(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = ending(tiny_course, monkeypatch, BrokenPipeError(errno.EPIPE, "Broken pipe"))
    assert "grader:" not in result.stderr


def test_ctrl_c_says_what_is_kept_and_what_to_type(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = ending(tiny_course, monkeypatch, KeyboardInterrupt())
    assert result.exit_code == 130
    assert result.stderr.split() == f"grader: stopped: {endings.KEPT['status']}".split()


def test_every_command_says_what_ctrl_c_leaves() -> None:
    assert set(endings.KEPT) == set(main.commands)


def _commands(command: click.Command, name: str) -> list[tuple[str, click.Command]]:
    """A command and those within it, by what is typed."""
    within = command.commands.items() if isinstance(command, click.Group) else ()
    return [(name, command), *(each for n, c in within for each in _commands(c, f"{name} {n}"))]


@pytest.mark.parametrize("name", [name for name, _ in _commands(main, "grader")])
def test_every_command_has_an_example_whose_options_it_knows(name: str) -> None:
    command = dict(_commands(main, "grader"))[name]
    (example,) = re.findall(r"Example: (grader .*)", command.help or "")
    assert example.startswith(name)
    known = {option for each in _commands(main, "grader") for option in _options(each[1])}
    assert set(re.findall(r"(?<= )--[a-z-]+", example)) <= known


def _options(command: click.Command) -> set[str]:
    return {text for each in command.params for text in (*each.opts, *each.secondary_opts)}


def test_the_demo_has_as_many_students_as_its_help_says() -> None:
    assert f"a class of {NUMBERS[len(demo.CLASS)]}," in (main.commands["demo"].help or "")


def test_a_kernel_is_not_installed_for_an_address_that_is_none(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed: list[Path] = []

    def install(data: Path, **_: str) -> Path:
        installed.append(data)
        return tmp_path

    monkeypatch.setattr("grader.kernelspec.install", install)
    course = ["--course", str(tiny_course.root), "kernel"]
    result = CliRunner().invoke(main, [*course, "--referee", "somewhere"])
    assert result.exit_code == 2
    assert "'somewhere' is no address of a referee" in result.stderr
    assert not installed
    result = CliRunner().invoke(main, [*course, "--data", str(tmp_path / "none")])
    assert result.exit_code == 0
    assert f"grader data --folder {tmp_path / 'none'}" in result.stderr
    assert installed == [tmp_path / "none"]


def test_no_command_of_a_terminal_is_in_a_line(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = SubmissionError("\x1b]0;owned\x07\udcff is not graded\nyet")
    shown = ending(tiny_course, monkeypatch, error).stderr
    assert shown == "grader: \\x1b]0;owned\\x07\\udcff is not graded\nyet\n"
