from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

from grader import kernelspec
from grader.doctor import Status, course
from grader.errors import ConfigurationError
from grader.notebook import gradebook
from grader.notebook.assignment import load_assignment
from grader.settings import Settings


def test_data_sets_are_verified(tiny_course: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course.datasets, "problems", lambda _: [])
    found = course.data_sets(tiny_course)
    assert found.status is Status.OK
    assert "MNIST and Fashion-MNIST" in found.detail


def test_missing_data_sets_are_fetched_by_a_command(tiny_course: Settings) -> None:
    found = course.data_sets(tiny_course)
    assert found.status is Status.MISSING
    assert "train-images-idx3-ubyte is missing (and 7 more)" in found.detail
    assert found.remedy == "grader data"


def test_the_course_kernel_is_found(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install(monkeypatch, tmp_path, tiny_course.data)
    assert course.course_kernel(tiny_course).status is Status.OK


def test_a_kernel_with_other_data_is_weak(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install(monkeypatch, tmp_path, tmp_path / "elsewhere")
    found = course.course_kernel(tiny_course)
    assert found.status is Status.WEAK
    assert found.remedy == "grader kernel"


def test_a_kernel_of_another_python_is_no_kernel_of_ours(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = KernelSpec(argv=["/opt/python", "-m", "grader.kernel"])
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", lambda *_: other)
    found = course.course_kernel(tiny_course)
    assert found.status is Status.MISSING
    assert "/opt/python" in found.detail


def test_a_kernel_that_is_not_installed_comes_with_the_command(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: KernelSpecManager, name: str) -> KernelSpec:
        raise NoSuchKernel(name)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", none)
    found = course.course_kernel(tiny_course)
    assert found.status is Status.MISSING
    assert found.remedy == "grader kernel"


def test_a_gradebook_is_not_made_for_looking(tiny_course: Settings) -> None:
    found = course.gradebook(tiny_course)
    assert found.status is Status.OK
    assert "none yet" in found.detail
    assert not (tiny_course.root / "gradebook.db").exists()


def test_a_gradebook_says_what_it_knows_and_stays_as_it_is(
    tiny_course: Settings, tiny_gradebook: Path
) -> None:
    shutil.copy(tiny_gradebook, tiny_course.root)
    before = (tiny_course.root / "gradebook.db").read_bytes()
    found = course.gradebook(tiny_course)
    assert found.status is Status.OK
    assert "knows sums" in found.detail
    assert (tiny_course.root / "gradebook.db").read_bytes() == before


def test_a_gradebook_that_may_only_be_read_is_not_enough(
    tiny_course: Settings, tiny_gradebook: Path
) -> None:
    shutil.copy(tiny_gradebook, tiny_course.root)
    file = tiny_course.root / "gradebook.db"
    tiny_course.config.CourseDirectory.db_url = f"sqlite:///{file}?timeout=0.1"
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")  # holds for root too, which no file mode does
    found = course.gradebook(tiny_course)
    writer.close()
    assert found.status is Status.MISSING
    assert "locked" in found.detail


def test_a_gradebook_on_a_file_system_that_may_only_be_read_is_not_enough(
    tiny_course: Settings, tiny_gradebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(tiny_gradebook, tiny_course.root)
    real = os.open

    def refused(path: os.PathLike[str], flags: int, *more: int, **named: int) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY):
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return real(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", refused)
    found = course.gradebook(tiny_course)
    assert found.status is Status.MISSING
    assert "Read-only file system" in found.detail
    with pytest.raises(ConfigurationError, match="Read-only file system"):
        gradebook.prepare(tiny_course, load_assignment(tiny_course, "sums"))


def test_a_gradebook_in_a_folder_that_may_only_be_read_is_not_enough(
    tiny_course: Settings, tiny_gradebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(tiny_gradebook, tiny_course.root)
    monkeypatch.setattr(gradebook.os, "access", lambda *_: False)
    found = course.gradebook(tiny_course)
    assert found.status is Status.MISSING
    assert f"{tiny_course.root} cannot be written" in found.detail


def test_a_gradebook_that_is_no_database_is_left_alone(tiny_course: Settings) -> None:
    (tiny_course.root / "gradebook.db").write_text("no database")
    found = course.gradebook(tiny_course)
    assert found.status is Status.MISSING
    assert "not a database" in found.detail
    assert found.remedy
    assert (tiny_course.root / "gradebook.db").read_text() == "no database"


def test_a_gradebook_of_other_tables_is_of_no_use(tiny_course: Settings) -> None:
    with sqlite3.connect(tiny_course.root / "gradebook.db") as database:
        database.execute("CREATE TABLE assignment (other INTEGER)")
    database.close()
    assert course.gradebook(tiny_course).status is Status.MISSING


def test_a_gradebook_that_could_not_be_made_is_missing(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradebook.os, "access", lambda *_: False)
    found = course.gradebook(tiny_course)
    assert found.status is Status.MISSING
    assert "cannot be written" in found.detail


def test_no_exchange_is_needed(tiny_course: Settings) -> None:
    assert course.exchange(tiny_course).status is Status.OK


def test_an_exchange_is_a_folder_to_write_to(tiny_course: Settings, tmp_path: Path) -> None:
    tiny_course.config.Exchange.root = str(tmp_path)
    assert course.exchange(tiny_course).status is Status.OK


def test_an_exchange_that_is_not_there_comes_with_the_command(
    tiny_course: Settings, tmp_path: Path
) -> None:
    tiny_course.config.Exchange.root = str(tmp_path / "nowhere")
    found = course.exchange(tiny_course)
    assert found.status is Status.MISSING
    assert f"install -d -m 0777 {tmp_path / 'nowhere'}" in found.remedy


def install(monkeypatch: pytest.MonkeyPatch, prefix: Path, data: Path) -> None:
    """Let Jupyter find the course's kernel in ``prefix``."""
    folder = kernelspec.install(data, prefix)
    spec = KernelSpecManager(kernel_dirs=[str(folder.parent)]).get_kernel_spec(kernelspec.NAME)
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", lambda *_: spec)
