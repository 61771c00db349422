from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader.lab.folder import Lab
from grader.lab.roles import Role, roles
from grader.settings import Settings


@pytest.fixture
def written(tiny_course: Settings, tmp_path: Path) -> tuple[Role, Role]:
    """Instructor and student, their settings written."""
    both = roles(Lab(tmp_path / "lab", tiny_course))
    for role in both:
        role.write(tiny_course)
    return both


def jupyter(role: Role, *arguments: str) -> str:
    """What a program of Jupyter's says in the role's environment."""
    return subprocess.run(
        [sys.executable, "-m", "jupyter", *arguments],
        env=dict(role.environment),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_each_has_its_own_part_of_nbgrader(written: tuple[Role, Role]) -> None:
    shown = {}
    for role in written:
        page = json.loads((role.state / "labconfig" / "page_config.json").read_text())
        shown[role.name] = {name for name, off in page["disabledExtensions"].items() if off}
    assert "@jupyter/nbgrader:formgrader" in shown["student"] - shown["instructor"]
    assert "@jupyter/nbgrader:assignment-list" in shown["instructor"] - shown["student"]


def test_the_student_has_a_name_and_as_long_as_grading_gives(written: tuple[Role, Role]) -> None:
    _, student = written
    text = (student.state / "nbgrader_config.py").read_text()
    assert "c.CourseDirectory.student_id = 'ada'" in text
    assert "c.Execute.timeout = 20\n" in text  # the tiny course's cell_seconds


@pytest.mark.kernel
def test_no_setting_of_the_account_is_used(written: tuple[Role, Role]) -> None:
    for role in written:
        paths = json.loads(jupyter(role, "--paths", "--json"))
        assert paths["config"][0] == str(role.state)
        assert not [path for path in paths["config"] if path.startswith(str(Path.home()))]
        assert paths["runtime"] == [str(role.state / "runtime")]


@pytest.mark.kernel
def test_the_kernel_reads_the_courses_data(
    written: tuple[Role, Role], tiny_course: Settings
) -> None:
    for role in written:
        specs = json.loads(jupyter(role, "kernelspec", "list", "--json"))["kernelspecs"]
        assert str(tiny_course.data) in specs["course"]["spec"]["argv"]


def test_a_layout_that_jupyterlab_has_saved_is_kept(
    written: tuple[Role, Role], tiny_course: Settings
) -> None:
    for role in written:
        (layout,) = (role.state / "lab" / "workspaces").iterdir()
        layout.write_text("as it was left")
        role.write(tiny_course)
        assert layout.read_text() == "as it was left"
