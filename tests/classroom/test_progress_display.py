"""What a person, a log file and a program see while a class is graded."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from grader.classroom import progress_display
from grader.classroom.class_progress import ClassProgress
from grader.classroom.progress_display import JsonLines, LiveDisplay, PlainLines, display
from grader.engines.base import Event, Failed, Finished, Progressed, Started, Waiting, WentOn
from grader.examiner.training.training_progress import EpochAwaited, EpochTrained
from grader.model import Graded, Outcome, Score, Verdict
from grader.notebook.class_run import Result
from grader.notebook.judging.judge_messages import CellStarted, VerdictReached

AWAITED = EpochAwaited("12ab34cd", 4, 20)
VERDICT = Verdict("trains", Outcome.PASSED, 2.0)
EVENTS: tuple[Event, ...] = (
    Started("ada", "this machine"),
    Progressed("ada", CellStarted("model")),
    Started("[bold]bob", "this machine"),
    Progressed("ada", AWAITED),
    Waiting("ada", "a training"),
    Progressed("ada", EpochTrained(AWAITED, 0.9912, 5.0, True)),
)
GRADED = Graded(
    student="ada",
    assignment="mnist_998",
    verdicts=(VERDICT,),
    notes=("cell build is missing",),
    seconds=12.0,
    sandbox="bwrap",
    timings=(),
    submission_sha256="",
    source_sha256="",
)


def result(graded: Graded | None = GRADED, problem: str = "") -> Result:
    return Result("ada", graded, problem, score=Score(2, 7, to_mark=5) if graded else None)


def shown(console: Console, *, as_json: bool = False, end: bool = True) -> None:
    progress = ClassProgress(3, workers=2, expected={"ada": 30.0, "[bold]bob": 400.0})
    with display("mnist_998", progress, console, as_json) as display_:
        for event in EVENTS:
            display_.follow(event)
        if end:
            display_.show(result())


def test_a_terminal_shows_what_each_submission_does() -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system=None)
    progress = ClassProgress(3, workers=2, expected={"ada": 30.0, "[bold]bob": 400.0})
    live = display("mnist_998", progress, console, as_json=False)
    assert isinstance(live, LiveDisplay)
    for event in EVENTS:
        live.follow(event)
    console.print(live._rendered())
    text = out.getvalue()
    assert "0 of 3 done, 1 running, 1 waiting for a training, about 7 minutes left" in text
    assert "ada        waits for network 12ab34cd, epoch 4 of at most 20, accuracy 0.9912" in text
    assert "[bold]bob" in text


def test_the_bar_is_gone_at_the_end_and_results_stay() -> None:
    out = io.StringIO()
    shown(Console(file=out, width=100, force_terminal=True, color_system=None))
    assert "ada has 2 / 7 (5 to mark), graded in 12 s; cell build is missing" in out.getvalue()
    assert out.getvalue().endswith("\x1b[2K") or out.getvalue().rstrip().endswith("missing")


def test_a_log_has_a_line_for_each_result_and_one_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = io.StringIO()
    monkeypatch.setattr(progress_display, "PLAIN_SECONDS", 0.0)
    shown(Console(file=out, width=40))
    lines = out.getvalue().splitlines()
    assert "mnist_998: 0 of 3 done, 1 running, 1 waiting for a training, about 7 minutes left" in (
        lines
    )
    assert (
        lines[-1] == "mnist_998: ada has 2 / 7 (5 to mark), graded in 12 s; cell build is missing"
    )


def test_a_log_is_not_flooded() -> None:
    out = io.StringIO()
    shown(Console(file=out, width=40))
    assert len(out.getvalue().splitlines()) == 1


@pytest.mark.parametrize("is_terminal", [False, True])
def test_all_that_were_graded_before_are_said_once(is_terminal: bool) -> None:
    out = io.StringIO()
    console = Console(file=out, width=200, force_terminal=is_terminal, color_system=None)
    with display("mnist_998", ClassProgress(200, workers=2), console, False) as display_:
        for number in range(197):
            display_.show(replace(result(), student=f"s{number}", fresh=False))
        display_.show(result())
    assert (
        "mnist_998: graded earlier, nothing changed since: s0, s1, s2, s3, s4 and 192 more (the "
        "table names all)"
    ) in out.getvalue()
    assert "mnist_998: ada has 2 / 7 (5 to mark), graded in 12 s" in out.getvalue()
    assert "s5" not in out.getvalue()


def test_a_penalty_that_changed_is_said_of_its_student() -> None:
    out = io.StringIO()
    with display("sums", ClassProgress(1, workers=1), Console(file=out), False) as display_:
        display_.show(replace(result(), fresh=False, other_penalty=True))
    assert "ada has 2 / 7 (5 to mark), graded earlier" in out.getvalue()


def test_a_program_reads_an_event_a_line() -> None:
    out = io.StringIO()
    shown(Console(file=out, width=40), as_json=True)
    written = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [event["event"] for event in written] == [
        *(
            "started",
            "cell",
            "started",
            "epoch_awaited",
            "waiting",
            "epoch_trained",
            "graded",
            "end",
        )
    ]
    assert all(event["assignment"] == "mnist_998" and event["time"] > 0 for event in written)
    assert written[5] | {"time": 0} == {
        **{"event": "epoch_trained", "time": 0, "assignment": "mnist_998", "student": "ada"},
        **{"network": "12ab34cd", "epoch": 4, "epochs": 20, "accuracy": 0.9912, "fresh": True},
    }
    assert (written[6]["score"], written[6]["without_score"], written[6]["done"]) == (2.0, [], 1)
    assert (written[6]["max_score"], written[6]["to_mark"]) == (7, 5)


def test_a_program_is_told_of_a_fault_of_a_test_once() -> None:
    out = io.StringIO()
    wrong = Verdict("adds", Outcome.GRADER_FAULT, 2, "not yours", fault="line 3: no.")
    with JsonLines("sums", ClassProgress(2, workers=1), Console(file=out)) as lines:
        for student in ("ada", "ben"):
            graded = Graded(student, "sums", (wrong,), (), 1.0, "none", (), "", "")
            lines.show(Result(student, graded))
    written = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [each["event"] for each in written] == ["test_fault", "graded", "graded", "end"]
    assert (written[0]["claim"], written[0]["fault"]) == ("adds", "line 3: no.")


def test_a_run_that_failed_has_no_end() -> None:
    out = io.StringIO()
    progress = ClassProgress(1, workers=1)
    with pytest.raises(KeyError), JsonLines("sums", progress, Console(file=out)):
        raise KeyError
    assert out.getvalue() == ""


def test_every_event_is_told() -> None:
    events = (
        *EVENTS,
        Progressed("ada", VerdictReached(VERDICT)),
        WentOn("ada"),
        Failed("ada", ValueError("no")),
    )
    names = [told[0] for event in events if (told := progress_display.as_data(event))]
    assert names == [
        *("started", "cell", "started", "epoch_awaited", "waiting", "epoch_trained"),
        *("verdict", "went_on", "failed"),
    ]
    assert progress_display.as_data(Finished("ada", None)) is None  # its result is


def test_what_was_not_graded_says_why() -> None:
    assert progress_display.line(result(None, "no notebook")) == "ada is not graded: no notebook"


def test_a_pipe_gets_lines() -> None:
    console = Console(file=io.StringIO())
    assert isinstance(display("sums", ClassProgress(1, 1), console, as_json=False), PlainLines)
