"""What arrives at the service: links, large folders, files that are still being written."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from nbgrader.exchange.default import ExchangeCollect

from grader.errors import GraderError
from grader.model import Source
from grader.notebook import exchange
from grader.notebook.submission import paths
from grader.settings import Settings
from tests.watch.room import Exchange, Room

pytestmark = [
    pytest.mark.usefixtures("no_kernels"),
    pytest.mark.process,  # nbgrader's release of the assignment
    pytest.mark.xdist_group("watch"),  # one worker: it is released once
]


def test_what_cannot_be_read_is_answered_and_the_next_version_is_tested(
    course: Settings,
) -> None:
    room = Room(course)
    room.hand_in("ada")
    paths.submission(room.course, "ada", "sums").notebook.write_text("no json")
    room.settle()
    assert "cannot be read" in room.page("ada")
    assert "is not a notebook" in room.log
    assert not room.service.troubled, "a student's fault"
    room.hand_in("ada")
    room.settle()
    assert "2 of 2 visible claims passed" in room.text("ada")


def test_another_notebook_that_cannot_be_read_is_answered_too(course: Settings) -> None:
    room = Room(course)
    room.hand_in("ada")
    path = paths.submission(room.course, "ada", "sums").notebook
    for text in ("no json", "no json either"):
        path.write_text(text)
        room.settle()
        room.restart()
        room.settle()
    assert room.log.count("unreadable") == 2


def test_a_file_beside_the_notebook_makes_another_version(course: Settings) -> None:
    room = Room(course)
    room.hand_in("ada")
    room.settle()
    (paths.submission(room.course, "ada", "sums").submitted / "more.txt").write_text("more")
    room.settle()
    assert room.log.count("ada: sums answered") == 2
    assert room.log.count("recorded") == 2


def test_a_link_in_a_submission_is_refused_and_nothing_else_stops(course: Settings) -> None:
    room = Room(course)
    room.hand_in("ada")
    room.hand_in("ben")
    (paths.submission(room.course, "ada", "sums").submitted / "link").symlink_to("/etc/passwd")
    room.settle()
    assert "cannot be read" in room.page("ada")
    assert "a symbolic link" in room.log
    assert room.score("ben") == 6


def test_a_submission_that_is_not_all_there_yet_is_left_alone(handing: Exchange) -> None:
    room = Room(handing.course, source=Source.EXCHANGE)
    handing.submit("ada")
    (folder,) = (handing.root / "deep_learning" / "inbound").iterdir()
    folder.chmod(0o755)  # nbgrader opens it last
    room.settle()
    assert "handed in" not in room.log
    folder.chmod(0o777)
    room.settle()
    assert room.score("ada") == 6


def test_a_folder_in_a_classmates_name_does_not_keep_the_classmate_from_handing_in(
    handing: Exchange,
) -> None:
    room = Room(handing.course, source=Source.EXCHANGE)
    handing.submit("ada")
    inbound = handing.root / "deep_learning" / "inbound"
    forged = inbound / "ada+sums+2099-01-01 00:00:00 UTC+mallory"
    forged.mkdir()
    forged.chmod(0o777)
    (forged / "sums.ipynb").symlink_to("/etc/passwd")
    room.settle()
    assert "2 of 2 visible claims passed" in room.text("ada")
    handing.submit("ada", total="def total(numbers):\n    return 'second'")
    room.step(6)
    room.settle()
    assert "'second'" in room.text("ada")


def test_a_folder_that_is_being_written_does_not_keep_an_earlier_one_back(
    handing: Exchange,
) -> None:
    room = Room(handing.course, source=Source.EXCHANGE)
    handing.submit("ada")
    half = handing.root / "deep_learning" / "inbound" / "ada+sums+2099-01-01 00:00:00 UTC+half"
    half.mkdir(mode=0o755)
    room.settle()
    assert room.score("ada") == 6
    assert paths.submission(room.course, "ada", "sums").notebook.exists()


def test_a_class_that_hands_in_at_once_is_tested_while_it_is_collected(
    handing: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(handing.course, source=Source.EXCHANGE)
    for student in ("ada", "ben", "cleo"):
        handing.submit(student)
    collect = exchange.collect

    def slowly(*arguments: Any) -> None:
        collect(*arguments)
        room.now += 2  # seconds

    def gone(*_: object) -> NoReturn:
        raise GraderError("the exchange is gone")

    monkeypatch.setattr(exchange, "collect", slowly)
    room.step()
    assert "ada handed in sums" in room.log
    assert "ben handed in sums" not in room.log
    assert not room.service.idle
    with monkeypatch.context() as patch:
        patch.setattr(exchange, "inbound", gone)
        room.settle()
    assert "ben handed in sums" not in room.log
    assert room.service.idle, "what is not to be had now keeps no `--once` running"
    room.step(2)
    room.settle()
    assert [room.score(student) for student in ("ada", "ben", "cleo")] == [6, 6, 6]


def test_a_folder_too_large_for_nbgrader_keeps_the_former_version_and_nothing_else_stops(
    handing: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    room = Room(handing.course, source=Source.EXCHANGE)
    handing.submit("ada")
    room.settle()
    handing.submit("ada", total="def total(numbers):\n    return 'second'")
    handing.submit("ben")
    newest = max((handing.root / "deep_learning" / "inbound").glob("ada+*"))
    for number in range(3):
        with (newest / f"large{number}.bin").open("wb") as file:
            file.truncate(40 << 20)
    room.step(6)
    room.settle()
    assert "Not collected: ada+sums" in caplog.text
    assert "it is over a limit: more than 100000 kB" in caplog.text
    assert "second" not in room.text("ada")
    assert paths.submission(room.course, "ada", "sums").notebook.exists()
    assert room.score("ben") == 6


def test_what_nbgrader_cannot_collect_is_tried_again_later(
    handing: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def fails(*_: object, **__: object) -> None:
        tries.append(1)
        raise RuntimeError("out of order")

    room = Room(handing.course, source=Source.EXCHANGE)
    handing.submit("ada")
    with monkeypatch.context() as patch:
        patch.setattr(ExchangeCollect, "copy_files", fails)
        room.step()
        for _ in range(5):
            room.step(10)
    assert len(tries) == 1
    assert room.log.count("out of order") == 1
    room.step(20)
    room.settle()
    assert room.score("ada") == 6


def test_a_notebook_that_is_being_written_is_left_alone(course: Settings) -> None:
    room = Room(course)
    room.hand_in("ada")
    path = paths.submission(room.course, "ada", "sums").notebook
    for number in range(3):
        room.step()
        path.write_text(path.read_text() + "\n" * number)
    assert "handed in" not in room.log
    room.settle()
    assert room.score("ada") == 6
