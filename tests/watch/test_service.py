"""The service on a tiny course, with judges that are made up."""

from __future__ import annotations

import errno
import re
import threading
from pathlib import Path
from typing import Any

import pytest

from grader import whole_files
from grader.engines.base import Cancelled
from grader.engines.fake import FakeEngine
from grader.engines.local import LocalEngine
from grader.engines.scheduling import Capacity
from grader.errors import ConfigurationError
from grader.model import Source
from grader.notebook import autograde, course_lock, titles
from grader.notebook.assignment import load_assignment, source_path
from grader.notebook.judging.examination import Examination
from grader.notebook.reporting import preliminary
from grader.notebook.submission import file_rules
from grader.settings import Settings
from grader.watch import answers, outbox
from grader.watch.service import RENEW_SECONDS
from tests.patience import eventually
from tests.watch.room import JUDGE, Exchange, Room, judge

pytestmark = [
    pytest.mark.usefixtures("no_kernels"),
    pytest.mark.process,  # nbgrader's release of the assignment
    pytest.mark.xdist_group("watch"),  # one worker: it is released once
]


def test_a_student_gets_a_page_and_the_work_is_graded_afterwards(course: Settings) -> None:
    room = Room(course)
    room.hand_in("ada")
    room.settle()
    text = room.text("ada")
    assert "2 of 2 visible claims passed" in text
    assert "This is not your grade." in text
    assert room.score("ada") == 6
    said = [line.split(" ", 2)[2] for line in room.log.splitlines()]
    assert said[0] == "ada handed in sums"
    assert re.match(r"ada: sums answered after \d+\.\d s: 2 of 2 claims passed", said[1])
    assert said[2] == "ada: sums is recorded in the gradebook"
    room.settle()
    assert len(room.log.splitlines()) == 3, "nothing is done twice"


def test_a_student_who_asks_too_often_reads_when_it_is_tested(course: Settings) -> None:
    room = Room(course, pause_seconds=60.0)
    room.hand_in("ada")
    room.settle()
    answered = room.now
    for number in range(3):
        room.hand_in("ada", total=f"def total(numbers):\n    return sum(numbers) + {number} * 0")
        room.step()
        room.step()
    assert "Your notebook waits" not in room.page("ada"), "a wait of seconds needs no page"
    room.step(4)
    assert re.search(r"It is tested at \d{4}-\d\d-\d\d .* or soon after", room.page("ada"))
    room.settle()
    assert room.service.waiting == 1
    room.step(answered + 61 - room.now)
    room.settle()
    assert "+ 2 * 0" in room.page("ada"), "the newest version counts"
    assert "+ 1 * 0" not in room.page("ada")
    assert room.log.count("answered after") == 2, "and older ones are skipped"


def test_a_version_that_was_told_to_wait_is_told_that_it_was_replaced(handing: Exchange) -> None:
    room = Room(handing.course, source=Source.EXCHANGE, pause_seconds=1000.0)
    handing.submit("ada")
    room.settle()
    handing.submit("ada", total="def total(numbers):\n    return 1")
    room.step(6)
    room.step(5)
    handing.submit("ada", total="def total(numbers):\n    return 2")
    room.step(6)
    room.step(5)
    titles = [re.search("<h2 id=.*?>(.*?)</h2>", page)[1] for page in handing.fetch("ada").values()]  # type: ignore[index]
    assert titles == ["How far you are", "Not tested", "Your notebook waits for its turn"]


def test_a_fault_is_tried_again_and_then_told(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def broken(*_: object) -> None:
        tries.append(1)
        raise RuntimeError("out of order")

    room = Room(course, answers_per_hour=1)
    room.hand_in("ada")
    with monkeypatch.context() as patch:
        patch.setattr(JUDGE, broken)
        room.settle()
    assert len(tries) == 2
    assert "That is not your fault" in room.page("ada")
    assert "RuntimeError: out of order" in room.log
    assert room.service.troubled
    room.restart()
    room.settle()
    assert "2 of 2 visible claims passed" in room.text("ada"), "a restart tests it, within limits"


def test_one_submission_that_brings_up_a_fault_of_ours_does_not_end_the_service(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(course)
    room.hand_in("ada")
    room.hand_in("ben")
    answer = outbox.Outbox.answer

    def fails(self: outbox.Outbox, job: Any, judged: Any) -> Any:
        if job.version.submission.student == "ada":
            raise ZeroDivisionError
        return answer(self, job, judged)

    monkeypatch.setattr(outbox.Outbox, "answer", fails)
    room.settle()
    assert "the grader failed (ZeroDivisionError)" in room.log
    assert room.score("ben") == 6
    assert room.service.health().faults == 1


def no_descriptor(path: Path, *_: Any) -> bytes:
    error = OSError(errno.EMFILE, "Too many open files")
    raise file_rules.unreadable(path, error) from error


def test_what_the_machine_cannot_read_now_is_recorded_later(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(course)
    room.hand_in("ada")
    with monkeypatch.context() as patch:
        begun = []
        lies_there = outbox.Outbox._lies_there

        def looks(self: outbox.Outbox, job: Any) -> bool:
            begun.append(job)
            patch.setattr(file_rules, "read", no_descriptor)
            return lies_there(self, job)

        patch.setattr(outbox.Outbox, "_lies_there", looks)
        room.settle()
        room.step()
        assert len(begun) > 1, "it was tried again, in vain"
    assert room.score("ada") is None
    room.settle()
    assert room.score("ada") == 6
    assert not room.service.troubled


def test_what_the_machine_cannot_read_now_is_tested_later(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(course)
    room.hand_in("ada")

    with monkeypatch.context() as patch:
        patch.setattr(file_rules, "read", no_descriptor)
        room.settle()
    assert "this machine lacks open files (ulimit -n)" in room.log
    assert room.service.health().waiting == room.service.waiting == 1
    assert not room.pages.exists(), "nobody is told that their notebook cannot be read"
    assert room.service.troubled
    room.settle()
    assert "2 of 2 visible claims passed" in room.text("ada")
    assert room.score("ada") == 6


def test_what_cannot_be_graded_now_is_counted_and_graded_later(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(course)
    room.hand_in("ada")
    while "answered" not in room.log:
        room.step()
    with monkeypatch.context() as patch:
        patch.setattr(file_rules, "read", no_descriptor)
        room.settle()
    assert (room.service.health().waiting, room.service.health().ungraded) == (0, 1)
    assert room.score("ada") is None
    room.settle()
    assert room.service.health().ungraded == 0
    assert room.score("ada") == 6


def test_a_page_is_published_once_while_answers_cannot_be_saved(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(course)
    room.hand_in("ada")
    published: list[object] = []
    publish, write = preliminary.publish, whole_files.write

    def noted(*given: Any) -> bool:
        published.append(given)
        return publish(*given)

    def full(file: Path, *given: Any) -> None:
        if file.name == answers.FILE.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(file, *given)

    monkeypatch.setattr(preliminary, "publish", noted)
    with monkeypatch.context() as patch:
        patch.setattr(whole_files, "write", full)
        room.settle()
        for _ in range(3):
            room.step()
        assert len(published) == 1
        assert room.log.count("recorded in the gradebook") == 1
        assert room.log.count("answers.json cannot be written (No space left") == 1
        assert room.service.troubled
    room.step()
    assert not room.service.troubled
    room.restart()
    room.settle()
    assert len(published) == 1, "the service knows what it answered"


def test_after_a_kill_what_was_left_is_done_and_no_more(course: Settings) -> None:
    room = Room(course)
    room.hand_in("ada")
    room.hand_in("ben")
    room.step()
    room.step()  # the page of one, at least
    assert room.log.count("recorded") == 0
    room.restart()
    room.settle()
    assert (room.score("ada"), room.score("ben")) == (6, 6)
    assert room.log.count("ada: sums answered") == 1
    assert room.log.count("ben: sums answered") == 1
    room.restart()
    room.settle()
    assert room.log.count("recorded in the gradebook") == 2


def test_a_clock_that_is_set_back_stops_nothing(course: Settings) -> None:
    room = Room(course)
    room.step()
    room.now -= 5000
    room.hand_in("ada")
    room.settle()
    assert room.score("ada") == 6


def test_a_gradebook_that_another_process_writes_is_waited_for_and_pages_are_not(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_LOCK_SECONDS", 0.01)
    room = Room(course)
    room.hand_in("ada")
    with course_lock.writing(room.course):
        room.settle()
        assert "2 of 2 visible claims passed" in room.text("ada")
        assert "the gradebook is being written by process" in room.log
        assert room.score("ada") is None
    room.step()
    assert room.score("ada") == 6


def test_grading_beside_the_service_gives_one_and_the_same_gradebook(
    course: Settings,
) -> None:
    room = Room(course)
    for student in ("ada", "ben", "cleo"):
        room.hand_in(student)
    grading = autograde.grade(room.course, "sums", engine=FakeEngine())
    next(grading)
    room.settle()
    results = list(grading)
    assert [result.problem for result in results] == ["", ""]
    assert [room.score(student) for student in ("ada", "ben", "cleo")] == [6, 6, 6]
    again = list(autograde.grade(room.course, "sums", engine=FakeEngine()))
    assert not any(result.fresh for result in again), "what the service recorded is up to date"


def test_what_was_graded_already_gets_a_page_and_is_not_graded_again(course: Settings) -> None:
    room = Room(course)
    room.hand_in("ada")
    list(autograde.grade(room.course, "sums", engine=FakeEngine()))
    room.settle()
    assert "2 of 2 visible claims passed" in room.text("ada")
    assert "recorded" not in room.log
    assert [key.split()[0] for key in room.engine.started] == ["page"]


def test_those_for_whom_there_is_no_place_read_how_many_are_before_them_and_until_when(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, made_up = threading.Semaphore(0), judge()

    def judged(examination: Examination, *_: Any) -> Any:
        go_on.acquire(timeout=60)
        return made_up(examination)

    monkeypatch.setattr(JUDGE, judged)
    room = Room(course)
    with LocalEngine(Capacity(1, 1)) as engine:
        room.restart(engine, Capacity(1, 1))
        for student in ("ada", "ben", "cleo", "dan", "eve", "finn", "gwen"):
            room.hand_in(student)
        for _ in range(5):
            room.step()
        assert "All places are taken by others: it is next." in room.text("ben")
        cleo = room.text("cleo")
        assert titles.title(room.course, load_assignment(room.course, "sums")) in cleo
        assert "All places are taken by others, and 1 notebook is before it. Fetch" in cleo
        assert "and 5 notebooks are before it. Fetch" in room.text("gwen")
        go_on.release(5)
        assert eventually(lambda: (room.step(), room.log.count(" answered after ") == 5)[1])
        room.step(RENEW_SECONDS)
        assert "All places are taken by others: it is next." in room.text("gwen")
        assert room.log.count("gwen: sums: All places") == 1
        room.hand_in("hugo")
        for _ in range(5):
            room.step()
        assert re.search(
            r"1 notebook is before it\. It is probably tested at about \d+-\d+-\d+ \d+:\d+:\d+",
            room.text("hugo"),
        )
        go_on.release(20)
        assert eventually(lambda: (room.step(), room.score("hugo") == 6)[1])


def test_a_source_that_was_changed_is_tested_by(course: Settings) -> None:
    room = Room(course)
    room.hand_in("ada")
    room.settle()
    path = source_path(course, "sums")
    whole = path.read_text()
    path.write_text("no notebook")
    room.step()
    assert "the former one is used" in room.log
    path.write_text(whole.replace("# Claim: totals is right.", "# Claim: totals adds up."))
    room.settle()
    assert "totals adds up." in room.page("ada")
    assert room.log.count("ada: sums answered") == 2


def test_a_second_service_of_a_course_is_refused(course: Settings) -> None:
    from grader.watch.run import serve

    room = Room(course)
    with (
        course_lock.watching(room.course),
        pytest.raises(ConfigurationError, match="watched already"),
    ):
        serve(room.course, ["sums"], room.logbook, once=True)


def test_a_page_goes_before_grading_that_holds_its_place(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    grading, made_up = threading.Event(), judge()

    def judged(examination: Examination, _stopwatch: Any, reporter: Any, *rest: Any) -> Any:
        if examination.student == "ada" and len(examination.assignment.claims) == 3:
            grading.set()
            while not reporter.cancelled:
                threading.Event().wait(0.01)
            monkeypatch.setattr(JUDGE, made_up)
            raise Cancelled
        return made_up(examination)

    monkeypatch.setattr(JUDGE, judged)
    room = Room(course)
    with LocalEngine(Capacity(1, 1)) as engine:
        room.restart(engine, Capacity(1, 1))
        room.hand_in("ada")
        assert eventually(lambda: (room.step(), grading.is_set())[1])
        room.hand_in("ben")
        assert eventually(lambda: (room.step(), "ben: sums answered" in room.log)[1])
        assert eventually(lambda: (room.step(), room.score("ada") == 6)[1])
    assert room.log.index("ben: sums answered") < room.log.index("ada: sums is recorded")


def test_a_version_that_is_replaced_while_it_is_tested_keeps_its_own_page(
    handing: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    testing, go_on, made_up = threading.Event(), threading.Event(), judge()

    def judged(examination: Examination, *_: Any) -> Any:
        testing.set()
        go_on.wait(60)
        return made_up(examination)

    monkeypatch.setattr(JUDGE, judged)
    room = Room(handing.course, source=Source.EXCHANGE)
    with LocalEngine(Capacity(1, 1)) as engine:
        room.restart(engine, Capacity(1, 1))
        handing.submit("ada", total="def total(numbers):\n    return 'first'")
        assert eventually(lambda: (room.step(), testing.is_set())[1])
        handing.submit("ada", total="def total(numbers):\n    return 'second'")
        room.step(6)
        assert room.log.count("handed in") == 2
        go_on.set()
        assert eventually(lambda: (room.step(), room.score("ada") == 6)[1])
    first, second = handing.fetch("ada").values()
    assert "&#39;first&#39;" in first
    assert "&#39;second&#39;" in second
