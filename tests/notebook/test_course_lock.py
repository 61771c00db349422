"""One process of the grader writes a course at a time, and one watches it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from grader.errors import ConfigurationError
from grader.notebook import course_lock
from grader.settings import Settings


def test_a_second_writer_waits_for_the_first(tiny_course: Settings) -> None:
    order: list[str] = []

    def write() -> None:
        with course_lock.writing(tiny_course):
            order.append("second")

    with course_lock.writing(tiny_course):
        other = threading.Thread(target=write)
        other.start()
        other.join(0.2)
        order.append("first")
    other.join(60)
    assert order == ["first", "second"]


def test_a_writer_that_waited_long_enough_says_who_holds_the_gradebook(
    tiny_course: Settings,
) -> None:
    with (
        course_lock.writing(tiny_course),
        pytest.raises(ConfigurationError, match=rf"by process {os.getpid()} .*more than 0.1 s"),
        course_lock.writing(tiny_course, seconds=0.1),
    ):
        pass
    with course_lock.writing(tiny_course, seconds=0.1):
        pass  # it is free again


def test_a_course_is_watched_once(tiny_course: Settings) -> None:
    with (
        course_lock.watching(tiny_course),
        course_lock.writing(tiny_course),
        pytest.raises(ConfigurationError, match=r"watched already, by process \d+"),
        course_lock.watching(tiny_course),
    ):
        pass


def test_what_a_lock_says_of_its_holder_is_printable(tiny_course: Settings) -> None:
    with course_lock.watching(tiny_course):
        (tiny_course.root / course_lock.WATCHING).write_bytes(b"\x1b[2J\xff")
        with (
            pytest.raises(ConfigurationError, match=r"by \?\[2J"),
            course_lock.watching(tiny_course),
        ):
            pass


def test_a_lock_that_cannot_be_made_is_one_line(tiny_course: Settings, tmp_path: Path) -> None:
    (tiny_course.root / course_lock.WRITING).mkdir()
    with (
        pytest.raises(ConfigurationError, match=r"gradebook.lock cannot be written"),
        course_lock.writing(tiny_course),
    ):
        pass


def test_a_lock_that_cannot_be_signed_is_named(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with (
        pytest.raises(ConfigurationError, match=r"\.gradebook\.lock cannot be written \(No space"),
        course_lock.writing(tiny_course),
    ):
        pass
