"""Installing the course's kernel for Jupyter, and finding its data folder again."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader import cli, kernel, kernelspec, settings
from grader.errors import ConfigurationError

COURSE = Path(__file__).parents[1]


def test_the_kernel_reads_the_variable_that_is_looked_up_here():
    assert kernelspec.COURSE_DATA == kernel.COURSE_DATA


def test_the_installed_kernel_is_started_by_module_name(tmp_path):
    folder = kernelspec.install(tmp_path / "data", tmp_path)
    argv = json.loads((folder / "kernel.json").read_text())["argv"]
    assert argv[argv.index("-m") + 1] == "grader.kernel"


def test_installing_twice_gives_the_same_files(tmp_path):
    folder = kernelspec.install(tmp_path / "data", tmp_path)
    once = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert kernelspec.install(tmp_path / "data", tmp_path) == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == once
    assert folder == tmp_path / "share" / "jupyter" / "kernels" / "course"
    spec = json.loads(once["kernel.json"])
    assert spec["display_name"] == "Deep learning course"
    assert spec["argv"][0] == sys.executable
    assert spec["argv"][-2:] == ["--data", str(tmp_path / "data")]
    assert "env" not in spec


def test_an_environment_that_cannot_be_written_is_said_in_one_line(tmp_path):
    (tmp_path / "share").write_text("a file")
    with pytest.raises(ConfigurationError, match=r"cannot be written \(.*`grader kernel`"):
        kernelspec.install(tmp_path / "data", tmp_path)


def test_the_command_installs_for_the_courses_data_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(kernelspec.install, "__defaults__", (tmp_path,))
    monkeypatch.chdir(COURSE)
    result = CliRunner().invoke(cli.main, ["kernel"])
    folder = tmp_path / "share" / "jupyter" / "kernels" / "course"
    assert result.output == f"Kernel installed in {folder}\n"
    assert json.loads((folder / "kernel.json").read_text())["argv"][-1] == str(
        settings.load(COURSE).data
    )


def test_the_data_folder_is_the_installed_kernels(tmp_path, monkeypatch):
    data = tmp_path / "data"
    kernelspec.install(data, tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    monkeypatch.delenv(kernelspec.COURSE_DATA, raising=False)
    assert kernelspec.data_folder() == data
    monkeypatch.setenv(kernelspec.COURSE_DATA, "/elsewhere")
    assert kernelspec.data_folder() == Path("/elsewhere")
    monkeypatch.setattr(kernelspec, "NAME", "no_such_kernel")
    with pytest.raises(ConfigurationError, match="'no_such_kernel' is not installed"):
        kernelspec.data_folder()


def test_a_student_without_a_courses_folder_names_the_data(tmp_path, monkeypatch):
    monkeypatch.setattr(kernelspec.install, "__defaults__", (tmp_path,))
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli.main, ["kernel"]).exit_code == 2
    assert CliRunner().invoke(cli.main, ["kernel", "--data", "mine"]).exit_code == 0
    spec = json.loads((tmp_path / "share/jupyter/kernels/course/kernel.json").read_text())
    assert spec["argv"][-1] == str(tmp_path / "mine")


def test_a_referee_is_named_in_the_kernelspec(tmp_path, monkeypatch):
    monkeypatch.setattr(kernelspec.install, "__defaults__", (tmp_path,))
    named = ["--referee", "tcp://gpu.example.org:7345", "--referee-key", "abc"]
    result = CliRunner().invoke(cli.main, ["kernel", "--data", "mine", *named])
    assert result.exit_code == 0
    spec = json.loads((tmp_path / "share/jupyter/kernels/course/kernel.json").read_text())
    assert spec["argv"][-6:-2] == named


def test_the_language_of_messages_is_named_in_the_kernelspec(tmp_path, monkeypatch):
    monkeypatch.setattr(kernelspec.install, "__defaults__", (tmp_path,))
    result = CliRunner().invoke(cli.main, ["kernel", "--data", "mine", "--language", "de"])
    assert result.exit_code == 0
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    assert kernelspec.language() == "de"
    refused = CliRunner().invoke(cli.main, ["kernel", "--data", "mine", "--language", "xx"])
    assert "no messages in 'xx': expected one of ar, de, en" in refused.output
    assert refused.exit_code == 2


def test_the_language_is_english_where_none_is_named(tmp_path, monkeypatch):
    kernelspec.install(tmp_path / "data", tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    assert kernelspec.language() == "en"
