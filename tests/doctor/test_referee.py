from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader.doctor import Status, referee
from grader.errors import GraderError, RefereeError
from grader.referee.service.messages import Hello
from grader.settings import Settings

FACTS = {"backend": "jax", "backend_version": "0.10", "keras": "3.15", "device": "NVIDIA H100"}


def test_a_local_referee_is_told_with_its_backend_and_device(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def elsewhere(function: Any, environment: dict[str, str]) -> dict[str, str]:
        asked.append((function, environment))
        return FACTS

    monkeypatch.setattr(referee, "elsewhere", elsewhere)
    course = dataclasses.replace(tiny_course, backend="jax")
    found = referee.trains(course)
    assert found.status is Status.OK
    assert found.detail == "here: jax 0.10, Keras 3.15, on NVIDIA H100, one at a time"
    assert asked == [(referee.describe_backend, {"KERAS_BACKEND": "jax", "NPROC": "1"})]
    monkeypatch.setattr(referee, "elsewhere", lambda *_, **__: FACTS | {"threads": "1"})
    assert referee.trains(dataclasses.replace(course, referee_trainers=1)).detail.endswith(
        "1 side by side"
    )


def test_more_trainers_than_fit_are_told_with_a_remedy(tiny_course: Settings) -> None:
    found = referee.trains(dataclasses.replace(tiny_course, referee_trainers=9999))
    assert found.status is Status.MISSING
    assert "9999 trainers side by side" in found.detail
    assert "c.Course.referee_trainers" in found.remedy


def test_a_backend_that_does_not_start_comes_with_a_remedy(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> dict[str, str]:
        raise GraderError("crashed: SIGSEGV")

    monkeypatch.setattr(referee, "elsewhere", broken)
    found = referee.trains(tiny_course)
    assert found.status is Status.MISSING
    assert found.detail == "tensorflow does not start: crashed: SIGSEGV"
    assert found.remedy


def test_a_backend_that_is_not_installed_comes_with_its_command(tiny_course: Settings) -> None:
    found = referee.trains(dataclasses.replace(tiny_course, backend="mxnet"))
    assert found.status is Status.MISSING
    assert "the package mxnet is not installed" in found.detail
    assert found.remedy == f"{sys.executable} -m pip install mxnet"


def test_a_referee_elsewhere_is_greeted(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Remote:
        def hello(self) -> Hello:
            return Hello(FACTS)

    @contextmanager
    def connect(address: str, key: str, give_up_seconds: float) -> Iterator[Remote]:
        assert (address, key) == ("tcp://gpu:7345", "key")
        assert give_up_seconds < 60
        yield Remote()

    monkeypatch.setattr(referee.client, "connect", connect)
    course = dataclasses.replace(tiny_course, referee="tcp://gpu:7345", referee_key="key")
    found = referee.trains(course)
    assert found.detail == "tcp://gpu:7345: jax 0.10, Keras 3.15, on NVIDIA H100"

    def silent(_: Remote) -> Hello:
        raise RefereeError("no sign of life")

    monkeypatch.setattr(Remote, "hello", silent)
    found = referee.trains(course)
    assert (found.status, found.detail) == (Status.MISSING, "no sign of life")
    assert "grader referee" in found.remedy


def test_a_referee_elsewhere_needs_a_key(tiny_course: Settings) -> None:
    found = referee.trains(dataclasses.replace(tiny_course, referee="tcp://gpu:7345"))
    assert found.status is Status.MISSING
    assert "c.Course.referee_key" in found.detail


def test_the_folder_of_runs_is_not_made_for_looking(tiny_course: Settings) -> None:
    found = referee.runs(tiny_course)
    assert found.status is Status.OK
    assert "none yet" in found.detail
    assert not tiny_course.runs.exists()


def test_the_folder_of_runs_is_told_with_its_size(tiny_course: Settings) -> None:
    (tiny_course.runs / "deep").mkdir(parents=True)
    (tiny_course.runs / "deep" / "state").write_bytes(b"x" * (20 << 20))
    found = referee.runs(tiny_course)
    assert found.status is Status.OK
    assert found.detail == f"0.02 GB in {tiny_course.runs}"


def test_a_folder_of_runs_that_cannot_be_written_is_missing(
    tiny_course: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    found = referee.runs(dataclasses.replace(tiny_course, runs=tmp_path / "file" / "runs"))
    assert found.status is Status.MISSING
    assert "c.Course.runs" in found.remedy
