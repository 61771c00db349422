"""What the service publishes, and what stays untold of hidden tests."""

from __future__ import annotations

import re

import nbformat
import pytest

from grader.engines.fake import FakeEngine
from grader.model import Outcome, Source, Told
from grader.notebook import autograde
from grader.notebook.assignment import source_path
from grader.settings import Settings
from tests.pages import Reader
from tests.watch.room import HIDDEN, JUDGE, SECRET, Exchange, Room, judge

pytestmark = [
    pytest.mark.usefixtures("no_kernels"),
    pytest.mark.process,  # nbgrader's release of the assignment
    pytest.mark.xdist_group("watch"),  # one worker: it is released once
]


def failing_hidden(_student: str, claim: str) -> Outcome:
    return Outcome.FAILED if claim == HIDDEN else Outcome.PASSED


@pytest.mark.parametrize("told", [Told.NOTHING, Told.COUNT, Told.NAMES])
def test_no_file_of_the_exchange_tells_more_than_may_be_told(
    handing: Exchange, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    monkeypatch.setattr(JUDGE, judge(failing_hidden))
    room = Room(handing.course, source=Source.EXCHANGE, hidden_claims=told)
    handing.submit("ada")
    room.settle()
    assert room.score("ada") == 5, "it is graded in full"
    (page,) = handing.fetch("ada").values()
    for file in [*handing.feedback.iterdir(), *room.pages.rglob("*")]:
        if file.is_file():
            content = file.read_bytes()
            assert SECRET.encode() not in content, file
            assert told is Told.NAMES or HIDDEN.encode() not in content, file
    text = Reader.of(page).text
    assert ("0 of 1 claims with hidden tests passed" in text) is (told is not Told.NOTHING)
    if told is Told.NOTHING:
        assert "they run when your work is graded" in text
    points = re.findall(r"[\d.]+ / [\d.]+ points?", text)
    assert points == ["2 / 2 points", "3 / 3 points"], "of visible claims, and no sums"


def test_names_are_told_where_they_may_be(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = source_path(course, "sums")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace(f"Claim: {HIDDEN} is", "Claim: adding below 0 is")
    nbformat.write(notebook, path)
    monkeypatch.setattr(JUDGE, judge(failing_hidden))
    room = Room(course, hidden_claims=Told.NAMES)
    room.hand_in("ada")
    room.step()
    room.step()  # at the first look it may still be written
    first = room.text("ada")
    room.settle()
    text = room.text("ada")
    assert "adding below 0 is right. ✗ failed" in text
    assert SECRET not in text
    assert "adding below 0" not in first
    assert "tells which of them passed" in first


def test_all_is_told_by_one_run(course: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []

    def outcome(student: str, claim: str) -> Outcome:
        runs.append(claim)
        return failing_hidden(student, claim)

    monkeypatch.setattr(JUDGE, judge(outcome))
    room = Room(course, hidden_claims=Told.ALL)
    room.hand_in("ada")
    room.settle()
    assert SECRET in room.text("ada")
    assert runs == ["adds", HIDDEN, "totals"]
    assert room.score("ada") == 5


def test_a_count_that_a_kill_left_out_is_told_after_the_next_start(course: Settings) -> None:
    room = Room(course, hidden_claims=Told.COUNT)
    room.hand_in("ada")
    room.step()
    room.step()
    assert room.pages.exists()
    room.restart()
    room.settle()
    assert "1 of 1 claims with hidden tests passed" in room.text("ada")


def test_an_exchange_that_vanishes_is_a_line_and_comes_back(handing: Exchange) -> None:
    room = Room(handing.course, source=Source.EXCHANGE)
    away = handing.root.with_name("away")
    handing.root.rename(away)
    for _ in range(3):
        room.step()
    assert room.log.count("the exchange cannot be read") == 1, "told once"
    away.rename(handing.root)
    handing.submit("ada")
    room.settle()
    assert "the exchange for sums works again" in room.log
    assert len(handing.fetch("ada")) == 1


def test_a_page_that_cannot_be_published_is_published_later(handing: Exchange) -> None:
    room = Room(handing.course, source=Source.EXCHANGE)
    handing.submit("ada")
    handing.feedback.write_text("a file in the folder's place")
    room.settle()
    assert room.service.health().unpublished == 1
    assert room.service.troubled
    handing.feedback.unlink()
    room.step()
    assert len(handing.fetch("ada")) == 1
    assert not room.service.troubled


def test_names_that_a_student_chose_do_no_harm_in_the_exchange(handing: Exchange) -> None:
    inbound = handing.root / "deep_learning" / "inbound"
    for name in ("*+sums+2030-01-01 00:00:00 UTC", "a+sums", "b+sums+no time", "[+sums+2030"):
        (inbound / name).mkdir(mode=0o777)
    (inbound / "cleo+sums+2030-01-01 00:00:00 UTC").symlink_to("/etc")
    room = Room(handing.course, source=Source.EXCHANGE)
    handing.submit("ada")
    room.settle()
    assert room.score("ada") == 6
    assert {each.name for each in (room.course.root / "submitted").iterdir()} == {"ada"}


def test_no_hidden_test_runs_where_the_course_says_so(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[str] = []

    def outcome(_student: str, claim: str) -> Outcome:
        run.append(claim)
        return Outcome.PASSED

    monkeypatch.setattr(JUDGE, judge(outcome))
    room = Room(course, grades=False)
    room.hand_in("ada")
    room.settle()
    room.restart()
    room.settle()
    assert run == ["adds", "totals"]
    assert room.score("ada") is None
    assert [result.fresh for result in autograde.grade(course, "sums", engine=FakeEngine())] == [
        True
    ]
    assert HIDDEN in run


def test_work_that_came_another_way_has_its_page_in_the_course(course: Settings) -> None:
    room = Room(course)
    room.hand_in("ada")
    room.settle()
    assert "the page is in watch/feedback/, and not in an exchange" in room.log
