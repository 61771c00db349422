"""The service on a tiny course, with judges that are made up."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from nbgrader.exchange.default import ExchangeCollect

from grader.engines.base import Cancelled
from grader.engines.fake import FakeEngine
from grader.engines.local import LocalEngine
from grader.engines.scheduling import Capacity
from grader.errors import ConfigurationError
from grader.model import Outcome, Source, Told
from grader.notebook import autograde, course_lock
from grader.notebook.assignment import source_path
from grader.notebook.judging.examination import Examination
from grader.notebook.submission import paths
from grader.settings import Settings
from grader.watch import outbox
from tests.pages import Reader
from tests.watch.room import HIDDEN, JUDGE, SECRET, Exchange, Room, judge

pytestmark = [
    pytest.mark.usefixtures("no_kernels"),
    pytest.mark.process,  # nbgrader's release of the assignment
    pytest.mark.xdist_group("watch"),  # one worker: it is released once
]


def failing_hidden(_student: str, claim: str) -> Outcome:
    return Outcome.FAILED if claim == HIDDEN else Outcome.PASSED


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


def test_work_that_came_another_way_has_its_page_in_the_course(course: Settings) -> None:
    room = Room(course)
    room.hand_in("ada")
    room.settle()
    assert "the page is in watch/feedback/, and not in an exchange" in room.log


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


def test_those_for_whom_there_is_no_place_read_how_many_are_before_them(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, made_up = threading.Event(), judge()

    def judged(examination: Examination, *_: Any) -> Any:
        go_on.wait(60)
        return made_up(examination)

    monkeypatch.setattr(JUDGE, judged)
    room = Room(course)
    with LocalEngine(Capacity(1, 1)) as engine:
        room.restart(engine, Capacity(1, 1))
        for student in ("ada", "ben", "cleo"):
            room.hand_in(student)
        for _ in range(5):
            room.step()
        assert "All places are taken by others: it is next." in room.text("ben")
        assert "All places are taken by others, and 1 notebook is before it." in room.text("cleo")
        go_on.set()
        wait_for(lambda: (room.step(), room.score("cleo") == 6)[1])


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
        wait_for(lambda: (room.step(), grading.is_set())[1])
        room.hand_in("ben")
        wait_for(lambda: (room.step(), "ben: sums answered" in room.log)[1])
        wait_for(lambda: (room.step(), room.score("ada") == 6)[1])
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
        wait_for(lambda: (room.step(), testing.is_set())[1])
        handing.submit("ada", total="def total(numbers):\n    return 'second'")
        room.step(6)
        assert room.log.count("handed in") == 2
        go_on.set()
        wait_for(lambda: (room.step(), room.score("ada") == 6)[1])
    first, second = handing.fetch("ada").values()
    assert "&#39;first&#39;" in first
    assert "&#39;second&#39;" in second


def wait_for(true: Callable[[], bool]) -> None:
    """Wait until it is so; minutes on a busy machine, or it never is."""
    end = threading.Event()
    for _ in range(6000):
        if true():
            return
        end.wait(0.02)
    raise AssertionError("it never came true")
