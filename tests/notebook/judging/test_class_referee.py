from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader import datasets
from grader.notebook.judging import class_referee
from grader.notebook.judging.class_referee import Digests
from grader.referee.service import local
from grader.referee.spec.images import digest
from grader.settings import Settings
from tests.conftest import ROOT
from tests.slices import write_slices


def test_digests_are_those_of_the_folder(tmp_path: Path) -> None:
    write_slices(ROOT / "data", tmp_path)
    digests = Digests(tmp_path)
    assert digests["mnist"] == digest(datasets.load(tmp_path, "mnist"))
    assert list(digests) == ["mnist", "fashion_mnist"]
    assert len(digests) == 2
    assert "svhn" not in digests


def test_a_folder_without_data_has_no_digests(tmp_path: Path) -> None:
    assert list(Digests(tmp_path)) == []


def test_a_referee_elsewhere_is_used_as_it_is(tiny_course: Settings) -> None:
    course = dataclasses.replace(tiny_course, referee="tcp://referee:5555")
    assert class_referee.address(course) == "tcp://referee:5555"


def test_a_referee_of_ones_own_is_started_once_and_ended(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    @contextmanager
    def started(data: Path, runs: Path, backend: str, budget: Any, trainers: int) -> Iterator[str]:
        heard.append(f"started {backend}")
        yield f"ipc://{len(heard)}"
        heard.append("ended")

    monkeypatch.setattr(local, "started", started)
    course = dataclasses.replace(tiny_course, referee="local")
    assert [class_referee.address(course) for _ in range(2)] == ["ipc://1"] * 2
    class_referee.close()
    assert heard == [f"started {course.backend}", "ended"]
    assert class_referee.address(course) == "ipc://3"
    class_referee.close()


def test_a_referee_that_was_not_started_is_not_asked(tiny_course: Settings) -> None:
    assert class_referee.answers(tiny_course, 1.0) is None


@pytest.mark.lengthy
def test_a_referee_that_does_not_answer_is_no_error(tiny_course: Settings, tmp_path: Path) -> None:
    course = dataclasses.replace(tiny_course, referee=f"ipc://{tmp_path}/nobody")
    assert class_referee.answers(course, 0.5) is False
