from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.cli.group import _ELSEWHERE
from grader.settings import Settings
from tests import tiny
from tests.notebook.test_hints import ADD, BEGIN, rewrite


def grader(course: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--course", str(course.root), *arguments])


@pytest.fixture
def course(tiny_course: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The tiny course, which needs no data sets: what they are is not what is tested here."""
    monkeypatch.setattr("grader.datasets.verify", lambda _: None)
    return tiny_course


def one_line(result: Result) -> str:
    """The single line of an error; anything else on stderr fails the test."""
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    return line


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_says_what_it_does_and_gives_an_example(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert f"Example: grader {command}" in result.output
    assert isinstance(main.commands[command], click.Command)


@pytest.mark.kernel
def test_grading_a_class_prints_scores_and_ends_with_0(course: Settings) -> None:
    tiny.hand_in(course, "ada", tiny.submission(course, tiny.GOOD))
    tiny.hand_in(course, "ben", tiny.submission(course, {"add": tiny.GOOD["add"]}))
    result = grader(course, "grade", "sums", "--why")
    assert result.exit_code == 0, result.output
    assert "sums: ada has 6 / 11, graded in" in result.output
    assert "3 / 11" in result.output
    assert "The cell `total` is as it was handed out" in result.output


@pytest.mark.kernel
@pytest.mark.kernel
@pytest.mark.parametrize("option", ["--force", "--again"])
def test_forced_grading_repeats_what_is_up_to_date(course: Settings, option: str) -> None:
    tiny.hand_in(course, "ada", tiny.submission(course, tiny.GOOD))
    grader(course, "grade", "sums")
    assert "nothing changed since" in grader(course, "grade", "sums").output
    assert "nothing changed since" not in grader(course, "grade", "sums", option).output


def test_help_names_the_option_to_grade_again_by_one_name() -> None:
    text = CliRunner().invoke(main, ["grade", "--help"]).output
    assert "--force" in text
    assert "--again" not in text


@pytest.mark.process
def test_the_command_line_starts_without_what_single_commands_need() -> None:
    slow = ("nbformat", "nbgrader", "numpy", "rich", "traitlets")
    code = f"import sys, grader.cli; print([m for m in {slow} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.kernel
def test_a_submission_that_cannot_be_graded_ends_with_1(course: Settings) -> None:
    tiny.hand_in(course, "ada", tiny.submission(course, tiny.GOOD))
    tiny.hand_in(course, "ben", "no json")
    result = grader(course, "grade", "sums")
    assert result.exit_code == 1
    assert "ben is not graded: submitted/ben/sums/sums.ipynb is not a notebook" in " ".join(
        result.output.split()
    )
    assert "6 / 11" in result.output


def test_an_unknown_assignment_is_one_line(course: Settings) -> None:
    assert "no assignment 'products'" in one_line(grader(course, "grade", "products"))


@pytest.mark.kernel
def test_a_command_of_nbgrader_is_told_with_what_to_type() -> None:
    result = CliRunner().invoke(main, ["collect", "sums"])
    assert result.exit_code == 2
    assert "No such command 'collect'. Use: nbgrader collect ASSIGNMENT" in result.stderr
    assert not _ELSEWHERE.keys() & main.commands.keys()


def test_nothing_handed_in_is_one_line(course: Settings) -> None:
    assert "nothing is handed in for sums" in one_line(grader(course, "grade", "sums"))


def test_missing_data_is_one_line_with_the_remedy(tiny_course: Settings) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    assert "grader data" in one_line(grader(tiny_course, "grade", "sums"))


def test_a_folder_that_is_no_course_is_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--course", str(tmp_path), "grade", "sums"])
    assert "is not a course" in one_line(result)


@pytest.mark.kernel
def test_a_gradebook_that_is_no_database_is_one_line_and_is_left_alone(course: Settings) -> None:
    tiny.hand_in(course, "ada", tiny.submission(course, tiny.GOOD))
    (course.root / "gradebook.db").write_text("no database")
    assert "gradebook" in one_line(grader(course, "grade", "sums"))
    assert (course.root / "gradebook.db").read_text() == "no database"


@pytest.mark.process
def test_release_compiles_all_assignments(course: Settings) -> None:
    result = grader(course, "release", "--unchecked")
    assert result.output == "sums: released\n"
    assert (course.root / "release" / "sums" / "sums.ipynb").is_file()
    with sqlite3.connect(course.root / "gradebook.db") as database:
        assert database.execute("SELECT name FROM assignment").fetchall() == [("sums",)]


@pytest.mark.process
def test_release_names_the_cells_without_hints_if_others_have_some(course: Settings) -> None:
    rewrite(course, BEGIN, ADD)
    result = grader(course, "release", "--unchecked")
    assert result.output == "sums: released\nsums: no hints for total\n"


def test_without_bubblewrap_grading_refuses_with_the_remedy(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.hand_in(course, "ada", tiny.submission(course, tiny.GOOD))
    monkeypatch.setattr("grader.sandbox.launcher.shutil.which", lambda _: None)
    assert "bubblewrap" in one_line(grader(course, "grade", "sums"))
    assert not (course.root / "autograded").exists()


@pytest.mark.kernel
def test_without_a_sandbox_the_results_say_so(course: Settings) -> None:
    tiny.hand_in(course, "ada", tiny.submission(course, tiny.GOOD))
    result = grader(course, "grade", "sums", "--sandbox", "none", "--timings")
    assert result.exit_code == 0, result.output
    assert "No sandbox: student code can do whatever you can." in result.output
    assert "6 / 11" in result.output
    assert "without a sandbox" in " ".join(result.output.split())
    assert "all but the student's code" in result.output
    verdicts = course.root / "autograded" / "ada" / "sums" / "sums.verdicts.json"
    assert json.loads(verdicts.read_text())["sandbox"] == "none"


def test_a_port_that_is_taken_is_one_line(course: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = grader(course, "lab", "--as", "instructor", "--port", port)
    assert f"port {port} cannot be used" in one_line(result)


@pytest.mark.parametrize("trainers", ["-1", "9999"])
def test_more_trainings_side_by_side_than_the_machine_has_cores_is_one_line(
    course: Settings, trainers: str
) -> None:
    result = grader(course, "referee", "--trainers", trainers)
    assert result.exit_code == 2
    assert trainers in result.stderr.splitlines()[-1]
