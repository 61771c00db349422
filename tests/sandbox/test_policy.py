"""What a sandbox holds, as data."""

import sys
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.sandbox.policy import COURSE_PACKAGES, DATA, HOME, Policy, Python


def test_the_grader_itself_is_blocked():
    assert set(COURSE_PACKAGES) <= set(Policy().blocked)


def test_the_environment_is_made_not_inherited(monkeypatch):
    monkeypatch.setenv("SECRET", "hunter2")
    variables = Policy(data=Path("/srv/data"), environment={"PROBE": "1"}).variables
    assert variables["HOME"] == HOME
    assert variables["COURSE_DATA"] == DATA
    assert variables["PROBE"] == "1"
    assert "SECRET" not in variables
    assert not variables["IPYTHONDIR"].startswith(HOME), "a student's settings would be read"


def test_without_data_none_is_named():
    assert "COURSE_DATA" not in Policy().variables


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../b", "", "a\0b"])
def test_files_stay_in_the_scratch_folder(name):
    with pytest.raises(SandboxError, match="a name below its folder"):
        Policy(files={name: Path("x")})


@pytest.mark.parametrize("path", ["relative", "/usr/../etc"])
def test_shown_files_have_whole_paths(path):
    with pytest.raises(SandboxError, match="absolute"):
        Policy(readable={path: Path("x")})


def test_python_is_the_running_one():
    python = Python.running()
    assert python.executable == sys.executable
    assert any(Path(folder).is_relative_to(sys.prefix) for folder in python.packages)
    assert all(not folder.startswith("/usr/") for folder in python.folders)
