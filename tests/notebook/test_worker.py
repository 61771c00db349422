"""A judge's process that ends too early: what it said counts, the rest is nobody's zero."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from nbformat.v4 import new_notebook

from grader.errors import SandboxError
from grader.model import Limits, Outcome, Run, Timing, Verdict
from grader.notebook import assignments, worker
from grader.notebook.judge import Examination
from grader.notebook.rebuild import Rebuilt, rebuild
from grader.notebook.stopwatch import Stopwatch
from grader.settings import Settings
from tests import tiny

RUN = Run("key", ({"loss": 1.0},), (1,), (), 1, False)
FIRST = Verdict("adds", Outcome.PASSED, 2.0)


def killed(*_: Any) -> Iterator[Verdict]:
    yield FIRST
    os.kill(os.getpid(), signal.SIGKILL)


def out_of_memory(*_: Any) -> Iterator[Verdict]:
    yield FIRST
    bytearray(worker.MEMORY_BYTES)


def hanging(*_: Any) -> Iterator[Verdict]:
    yield FIRST
    time.sleep(600)


def broken(*_: Any) -> Iterator[Verdict]:
    yield FIRST
    raise RuntimeError("a mistake of ours")


def without_a_sandbox(*_: Any) -> Iterator[Verdict]:
    yield FIRST
    raise SandboxError("no sandbox: install bubblewrap")


def whole(examination: Examination, _stopwatch: Any, progress: Any) -> Iterator[Verdict]:
    progress("add")
    for claim in examination.assignment.claims:
        yield Verdict(claim.name, Outcome.FAILED, claim.points, "half \ud800")
    examination.rebuilt.notebook.cells[0].source = "changed"


def working_on(*arguments: Any) -> Iterator[Verdict]:
    arguments[-1]("add")
    time.sleep(600)
    yield FIRST


def telling_its_memory(*_: Any) -> Iterator[Verdict]:
    memory = resource.getrlimit(resource.RLIMIT_AS)[0]
    yield dataclasses.replace(FIRST, message=str(memory))


def within_less(*_: Any) -> Iterator[Verdict]:
    less = worker.MEMORY_BYTES // 2
    resource.setrlimit(resource.RLIMIT_AS, (less, less))
    read, write = multiprocessing.Pipe(duplex=False)
    with write:
        worker.judge = lambda *_: iter(())  # type: ignore[attr-defined]
        nothing: Any = None
        rebuilt = Rebuilt(new_notebook(), (), (), ())
        worker._work(write, Examination(nothing, rebuilt, nothing, nothing))
    told = [read.recv()]
    while isinstance(told[-1], Timing):
        told.append(read.recv())
    yield dataclasses.replace(FIRST, message="done" if told[-1].cells == [] else "")


@contextlib.contextmanager
def no_referee(*address: str) -> Iterator[Any]:
    yield address


def waiting_for_long(examination: Examination, *_: Any) -> Any:
    assert examination.referee == ("ipc:///nowhere", examination.settings.referee_key)
    with examination.waiting():
        time.sleep(11)
    for claim in examination.assignment.claims:
        yield Verdict(claim.name, Outcome.PASSED, claim.points)
    return (RUN,)


def played(judge: Callable[..., Any], *arguments: Any) -> None:
    """What the process does, with another judge in it."""
    worker.judge = judge  # type: ignore[attr-defined]
    worker.connect = no_referee  # type: ignore[attr-defined]
    worker._work(*arguments)


@pytest.fixture
def play(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Any, tuple[Verdict, ...], Any]]:
    """Judge a good submission with another judge; give it a few seconds."""
    limits = Limits(submission_seconds=-25)  # the process itself has twice that and a minute
    course = dataclasses.replace(tiny_course, limits_of={"sums": limits})
    assignment = assignments.load(course, "sums")
    rebuilt = rebuild(assignment, tiny.submission(course, tiny.GOOD))

    def run(
        judge: Callable[..., Any],
        progress: Callable[[str], None] = lambda _: None,
        referee: str = "",
    ) -> Any:
        monkeypatch.setattr(worker, "_work", functools.partial(played, judge))
        examination = Examination(assignment, rebuilt, course.root, course)
        return worker.judge_apart(examination, Stopwatch(), progress, referee)

    return run


@pytest.mark.parametrize(
    ("judge", "end"), [(killed, -9), (out_of_memory, 1), (broken, 1), (hanging, -9)]
)
def test_what_was_said_counts_and_the_rest_is_the_graders_fault(
    play: Any, judge: Any, end: int
) -> None:
    _, (first, *others), _ = play(judge)
    assert first == FIRST
    assert [(one.claim, one.outcome) for one in others] == [
        ("adds_negatives", Outcome.GRADER_FAULT),
        ("totals", Outcome.GRADER_FAULT),
    ]
    assert others[0].score is None
    assert others[0].message == (
        f"The grader failed (its process ended with {end}); this is not your fault."
    )


def test_a_machine_without_a_sandbox_judges_nobody(play: Any) -> None:
    with pytest.raises(SandboxError, match="install bubblewrap"):
        play(without_a_sandbox)


def test_verdicts_and_the_notebook_come_back_whole(play: Any) -> None:
    heard: list[str] = []
    notebook, verdicts, _ = play(whole, heard.append)
    assert heard == ["add"]
    assert {verdict.message for verdict in verdicts} == {"half \ud800"}
    assert notebook.cells[0].source == "changed"


def test_who_stops_waiting_leaves_no_process_behind(play: Any) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        play(working_on, interrupt)
    assert time.monotonic() - begin < 5
    assert multiprocessing.active_children() == []


def test_memory_is_bounded_and_an_account_with_less_can_grade(play: Any) -> None:
    _, (verdict, *_), _ = play(telling_its_memory)
    assert verdict.message == str(worker.MEMORY_BYTES)
    _, (verdict, *_), _ = play(within_less)
    assert verdict.message == "done"


def test_waiting_for_the_referee_takes_none_of_a_judges_time(play: Any) -> None:
    _, verdicts, runs = play(waiting_for_long, referee="ipc:///nowhere")
    assert {verdict.outcome for verdict in verdicts} == {Outcome.PASSED}
    assert runs == (RUN,)
