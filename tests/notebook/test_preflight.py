"""A folder that cannot be written, or a full disk, is named before anything is graded."""

from __future__ import annotations

import dataclasses
import errno
import os
from pathlib import Path

import pytest

from grader.errors import ConfigurationError
from grader.notebook import preflight
from grader.notebook.assignment import Assignment, load_assignment
from grader.settings import Settings


def test_a_course_that_can_be_written_passes(tiny_course: Settings) -> None:
    preflight.require_writable(tiny_course, load_assignment(tiny_course, "sums"))
    assert not list((tiny_course.root / "autograded").iterdir())


@pytest.mark.parametrize("name", ["autograded", "runs"])
def test_a_file_in_place_of_a_folder_is_named(
    tiny_course: Settings, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Assignment, "uses_networks", True)
    (tiny_course.root / name).write_text("")
    with pytest.raises(ConfigurationError, match=rf"{name} cannot be written .*nothing was graded"):
        preflight.require_writable(tiny_course, load_assignment(tiny_course, "sums"))


def test_the_store_of_a_worker_elsewhere_is_not_looked_at(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Assignment, "uses_networks", True)
    course = dataclasses.replace(tiny_course, runs=Path("/proc/none"), referee="tcp://gpu:1")
    preflight.require_writable(course, load_assignment(course, "sums"))


def test_a_full_disk_is_named(tiny_course: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(ConfigurationError, match=r"No space left on device.*nothing was graded"):
        preflight.require_writable(tiny_course, load_assignment(tiny_course, "sums"))
