from __future__ import annotations

from rich.console import Console, RenderableType

from grader.model import Decision, Outcome, Override, TimeDecision, Verdict
from grader.reports.terminal import decisions

OVERRIDE = Override("adds", 1.5, "It [b]was\x1b[2J right.", "ben", "2026-01-02T03:04:05+00:00")
DECISION = Decision("ada", "sums", OVERRIDE, Verdict("adds", Outcome.FAILED, 2, "No."))


def text(renderable: RenderableType) -> str:
    console = Console(width=80, record=True)
    console.print(renderable)
    return console.export_text()


def test_a_decision_is_listed_with_its_verdict_and_no_terminal_command() -> None:
    shown = text(decisions.listing([DECISION]))
    assert "ada, sums, adds: 1.5 / 2 points; the verdict: failed, 0 / 2" in shown
    assert "ben, 2026-01-02: It [b]was\\x1b[2J right." in shown


def test_a_decision_on_a_time_shows_the_students_text_in_a_line() -> None:
    received = f"02/01/2026{' ' * 10_000}12:00 \x1b[2J"
    time = TimeDecision(received, "2026-01-02 12:00:00", "Her mail.", "ben", "2026-01-03T03:04:05")
    shown = text(decisions.listing([], [("ada", "sums", time)])).split()
    assert "timestamp.txt: 02/01/2026 12:00 \\x1b[2J ben, 2026-01-03: Her mail." in " ".join(shown)
    assert len(text(decisions.time_decided("ada", "sums", time)).splitlines()) < 6


def test_none_is_said() -> None:
    assert "Nothing was decided." in text(decisions.listing([]))


def test_the_verdict_that_counts_again_is_said() -> None:
    assert "the verdict counts again: failed, 0 / 2 points" in text(decisions.removed(DECISION))
