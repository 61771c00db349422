from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from grader.doctor import Status, packages
from grader.errors import GraderError
from grader.settings import Settings
from tests.doctor import answers

pytestmark = pytest.mark.process

TENSORFLOW = {"tensorflow": "2.21.0", "keras": "3.15.0", "cores": 2, "gpus": []}


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another process import the answers."""
    folders = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, folders)))


def test_another_process_answers() -> None:
    assert packages.elsewhere(answers.answer)["pid"] != os.getpid()


def test_what_goes_wrong_elsewhere_is_one_line() -> None:
    with pytest.raises(GraderError, match=r"^ImportError: libcudnn\.so is not to be found$"):
        packages.elsewhere(answers.fail)
    with pytest.raises(GraderError, match=r"^crashed: SIGSEGV$"):
        packages.elsewhere(answers.crash)
    with pytest.raises(GraderError, match=r"^no answer within 0\.5 s$"):
        packages.elsewhere(answers.dawdle, seconds=0.5)


@pytest.mark.parametrize(("gpus", "said"), [([], "no GPU"), (["NVIDIA H100"], "NVIDIA H100")])
def test_tensorflow_is_told_with_its_devices(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, gpus: list[str], said: str
) -> None:
    monkeypatch.setattr(packages, "elsewhere", lambda _: TENSORFLOW | {"gpus": gpus})
    found = packages.tensorflow(tiny_course)
    assert found.status is Status.OK
    assert found.detail == f"TensorFlow 2.21.0, Keras 3.15.0; 2 CPU cores, {said}"


def test_a_tensorflow_that_does_not_start_is_a_row(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "describe_tensorflow", answers.crash)
    found = packages.tensorflow(tiny_course)
    assert found.status is Status.MISSING
    assert "SIGSEGV" in found.detail
    assert found.remedy == packages.INSTALL


def test_alembic_is_found(tiny_course: Settings) -> None:
    found = packages.alembic(tiny_course)
    assert (found.status, found.detail) == (Status.OK, shutil.which("alembic"))


def test_alembic_is_missed(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert packages.alembic(tiny_course).status is Status.MISSING


def test_extensions_as_installed_are_enabled() -> None:
    assert packages.remedies_for_extensions() == {}


def test_what_is_off_comes_with_the_command_that_turns_it_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "labconfig").mkdir()
    (tmp_path / "labconfig" / "page_config.json").write_text(
        '{"disabledExtensions": {"@jupyter/nbgrader:course-list": true}}'
    )
    (tmp_path / "jupyter_server_config.json").write_text(
        '{"ServerApp": {"jpserver_extensions": {"nbgrader.server_extensions.formgrader": false}}}'
    )
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    assert packages.remedies_for_extensions() == {
        "@jupyter/nbgrader:course-list": "jupyter labextension enable "
        "@jupyter/nbgrader:course-list",
        "nbgrader.server_extensions.formgrader": "jupyter server extension enable --sys-prefix "
        "nbgrader.server_extensions.formgrader",
    }


def test_an_extension_that_is_not_installed_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_: [])
    assert packages.remedies_for_extensions() == {packages.LAB_EXTENSION: packages.INSTALL}


@pytest.mark.parametrize(
    ("off", "status"), [({}, Status.OK), ({"formgrader": "turn it on"}, Status.MISSING)]
)
def test_pages_of_nbgrader_are_there_or_are_named(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, off: dict[str, str], status: Status
) -> None:
    monkeypatch.setattr(packages, "elsewhere", lambda _: off)
    found = packages.jupyterlab(tiny_course)
    assert found.status is status
    assert "formgrader" in found.detail
    assert found.remedy == "\n".join(off.values())
