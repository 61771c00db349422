"""A class graded at once: overlapping, resumed, and with each fault where it belongs."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader import api
from nbgrader.api import Gradebook

from grader.engines.base import Cancelled, Event, Finished, Progressed, Started, Work, WorkLost
from grader.engines.fake import FakeEngine
from grader.errors import ConfigurationError
from grader.model import Outcome, Verdict
from grader.notebook import autograde, gradebook_queries, recording
from grader.notebook.class_run import Result
from grader.notebook.judging.examination import Examination
from grader.notebook.submission import paths, verdict_file
from grader.settings import Settings
from tests import tiny

JUDGE = "grader.notebook.judging.judge_submission.judge_apart"


@pytest.fixture
def course(
    tiny_course: Settings, tiny_gradebook: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A class of three whose judge passes everybody at once, without a process."""
    shutil.copy(tiny_gradebook, tiny_course.root)
    for student in ("ada", "ben", "cleo"):
        tiny.hand_in(tiny_course, student, tiny.submission(tiny_course, tiny.GOOD))
    monkeypatch.setattr(JUDGE, judge())
    monkeypatch.setattr("grader.notebook.judging.warm_kernels.address", lambda *_: "")
    return tiny_course


def judge(outcome: Callable[[str], Outcome] = lambda _: Outcome.PASSED) -> Callable[..., object]:
    """A judge that gives every claim of a student the same outcome."""

    def judged(examination: Examination, *_: object) -> object:
        claims = examination.assignment.claims
        given = outcome(examination.student)
        verdicts = tuple(Verdict(claim.name, given, claim.points) for claim in claims)
        return examination.rebuilt.notebook, verdicts, ()

    return judged


def students(results: list[Result]) -> list[str]:
    return [result.student for result in results]


@pytest.mark.lengthy
def test_what_is_graded_is_durable_at_once(course: Settings) -> None:
    grading = autograde.grade(course, "sums", engine=FakeEngine())
    first = next(grading)
    grading.close()  # as Ctrl-C ends it
    assert verdict_file.read(paths.submission(course, "ada", "sums").verdict_file) == first.graded
    with Gradebook(paths.course_directory(course).db_url) as gradebook:
        assert gradebook.find_submission("sums", "ada").score == 6
        assert [each.student_id for each in gradebook.assignment_submissions("sums")] == ["ada"]
    engine = FakeEngine()
    results = list(autograde.grade(course, "sums", engine=engine))
    assert engine.started == ["ben", "cleo"], "the same command goes on"
    assert [result.fresh for result in results] == [False, True, True]


@pytest.mark.lengthy
def test_a_gradebook_that_was_interrupted_is_made_whole(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (course.root / "gradebook.db").unlink()

    def killed() -> str:
        raise subprocess.CalledProcessError(-9, "alembic")

    with monkeypatch.context() as patch:
        patch.setattr(api, "get_alembic_version", killed)
        with pytest.raises(ConfigurationError, match=r"gradebook .* cannot be used"):
            list(autograde.grade(course, "sums", engine=FakeEngine()))
    assert not (course.root / "gradebook.db").exists()
    assert len(list(autograde.grade(course, "sums", engine=FakeEngine()))) == 3
    assert not list(course.root.glob("*.unfinished"))
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as gradebook:
        assert gradebook.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


@pytest.mark.parametrize("step", ["init_assignment", "write_single_notebook", "set_permissions"])
def test_an_interruption_between_nbgraders_steps_counts_as_not_graded(
    course: Settings, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(autograde.grade(course, "sums", ["ada"], engine=FakeEngine()))

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(recording.Autograde, step, killed)
        with pytest.raises(Killed):
            list(autograde.grade(course, "sums", ["ada"], engine=FakeEngine(), force=True))
    assert not paths.submission(course, "ada", "sums").verdict_file.exists()
    (result,) = autograde.grade(course, "sums", ["ada"], engine=FakeEngine())
    assert result.fresh
    assert result.graded is not None
    assert result.graded.score == 6


def test_a_fault_is_tried_once_more_after_all_others(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def outcome(student: str) -> Outcome:
        tries.append(student)
        first = tries.count(student) == 1
        return Outcome.GRADER_FAULT if student == "ada" and first else Outcome.PASSED

    monkeypatch.setattr(JUDGE, judge(outcome))
    results = list(autograde.grade(course, "sums", engine=FakeEngine()))
    assert tries == ["ada", "ben", "cleo", "ada"]
    assert students(results) == ["ben", "cleo", "ada"]
    assert not results[-1].faulty


def test_lost_work_is_tried_once_more_and_then_named(course: Settings) -> None:
    engine = FakeEngine({"ben": WorkLost("its node is gone")})
    results = list(autograde.grade(course, "sums", engine=engine))
    assert engine.started == ["ada", "ben", "cleo", "ben"]
    assert all(result.graded for result in results)


def test_a_mistake_of_ours_costs_one_student_a_line(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outcome(student: str) -> Outcome:
        if student == "ben":
            raise ZeroDivisionError("first line\nsecond line")
        return Outcome.PASSED

    monkeypatch.setattr(JUDGE, judge(outcome))
    results = {r.student: r for r in autograde.grade(course, "sums", engine=FakeEngine())}
    problem = results["ben"].problem
    assert problem == "the grader failed (ZeroDivisionError: first line); grade it again"
    assert results["ada"].graded is not None


def test_cancelled_work_says_how_to_go_on(course: Settings) -> None:
    engine = FakeEngine({"ben": Cancelled()})
    results = {r.student: r for r in autograde.grade(course, "sums", engine=engine)}
    assert results["ben"].problem == "cancelled: run the same command again to grade it"


def test_what_is_handed_in_again_meanwhile_is_not_recorded(course: Settings) -> None:
    path = paths.submission(course, "ada", "sums").notebook

    def hand_in_again(event: Event) -> None:
        if event == Started("ada", "here"):
            path.write_text(path.read_text() + "\n")

    # The fake engine tells of a start when the work has ended.
    results = list(autograde.grade(course, "sums", engine=FakeEngine(), follow=hand_in_again))
    assert results[0].problem == "ada handed in again while this was graded: grade it again"
    assert not paths.submission(course, "ada", "sums").verdict_file.exists()


def test_longest_first_where_an_earlier_run_knows(course: Settings) -> None:
    list(autograde.grade(course, "sums", ["ada"], engine=FakeEngine()))

    expected: dict[str, float | None] = {}

    class Remembering(FakeEngine):
        def submit(self, work: Work) -> None:
            expected[work.key] = work.expected_seconds
            super().submit(work)

    list(autograde.grade(course, "sums", engine=Remembering(), force=True))
    assert expected["ada"] is not None
    assert expected["ben"] is None


def test_no_worker_is_an_error_before_anything_is_graded(course: Settings) -> None:
    (course.root / "gradebook.db").unlink()
    with pytest.raises(ConfigurationError, match="0 workers were asked for"):
        list(autograde.grade(course, "sums", workers=0))
    assert not (course.root / "gradebook.db").exists()


def test_the_engine_of_the_caller_stays_open(course: Settings) -> None:
    engine = FakeEngine()
    for _ in range(2):
        results = list(autograde.grade(course, "sums", engine=engine, force=True))
        assert len(results) == 3


def test_all_but_the_judging_is_done_by_one_thread(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()
    record = recording.Recorder.record

    def told(*arguments: object) -> object:
        threads.add(threading.current_thread().name)
        return record(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(recording.Recorder, "record", told)
    list(autograde.grade(course, "sums", workers=2))
    assert threads == {threading.main_thread().name}


@pytest.mark.kernel
def test_two_submissions_overlap_in_time(tiny_course: Settings, tmp_path: Path) -> None:
    slow = "import time\ntime.sleep(3)\ndef add(a, b):\n    return a + b"
    for student in ("ada", "ben"):
        answers = tiny.GOOD | {"add": slow}
        tiny.hand_in(tiny_course, student, tiny.submission(tiny_course, answers))
    told: list[Event] = []
    results = list(autograde.grade(tiny_course, "sums", workers=2, follow=told.append))
    assert [result.graded is not None for result in results] == [True, True]
    ends = [number for number, event in enumerate(told) if isinstance(event, Finished)]
    ran_before = {event.key for event in told[: ends[0]] if isinstance(event, Progressed)}
    assert ran_before == {"ada", "ben"}, "both ran cells before one of them was done"


def test_what_judges_need_is_asked_for_only_if_something_must_be_judged(course: Settings) -> None:
    asked: list[int] = []

    def grade() -> None:
        list(autograde.grade(course, "sums", engine=FakeEngine(), before_judging=ask))

    def ask() -> None:
        asked.append(len(list(course.root.glob("autograded/*"))))

    grade()
    assert asked == [0], "before anything is written"
    grade()
    assert asked == [0], "all is up to date"


def test_a_gradebook_that_is_not_made_yet_has_no_scores(course: Settings) -> None:
    (course.root / "gradebook.db").unlink()
    assert gradebook_queries.scored(course, "sums") == frozenset()
    assert not (course.root / "gradebook.db").exists()
    (course.root / "gradebook.db").touch()
    assert gradebook_queries.scored(course, "sums") == frozenset()
