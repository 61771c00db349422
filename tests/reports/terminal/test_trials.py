from __future__ import annotations

from rich.console import Console

from grader.model import Claim, Outcome, Verdict
from grader.reports.terminal.trials import Trial, trials_table

CLAIMS = [Claim(name, 1.0, "", "", ()) for name in ("first", "second")]
PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def trial(name: str, *received: Outcome, expected: dict[str, Outcome] | None = None) -> Trial:
    verdicts = {
        claim.name: Verdict(claim.name, outcome, 1.0, "look again")
        for claim, outcome in zip(CLAIMS, received, strict=False)
    }
    return Trial(name, expected or {"first": PASSED, "second": PASSED}, verdicts)


def shown(*trials: Trial) -> str:
    console = Console(record=True, width=100, force_terminal=True)
    console.print(trials_table("sums", CLAIMS, trials))
    return console.export_text()


def test_verdicts_as_expected_are_marks() -> None:
    tried = trial("good", PASSED, FAILED, expected={"first": PASSED, "second": FAILED})
    assert tried.differences == ()
    assert "good   │ + │ F │ as expected" in shown(tried)
    assert "1 first (1)  2 second (1)" in shown(tried)


def test_another_verdict_shows_both_and_says_why() -> None:
    tried = trial("bad", FAILED, PASSED)
    assert tried.differences == ("first",)
    assert "│ F! │ + │ 1 not as expected" in shown(tried)
    assert "1 not as expected" in shown(tried)
    assert "bad, first: expected passed, received failed: look again" in shown(tried)


def test_a_claim_that_the_case_does_not_name_is_a_difference() -> None:
    tried = trial("short", PASSED, PASSED, expected={"first": PASSED})
    assert tried.differences == ("second",)
    assert "short, second: expected nothing, for case.toml does not name it" in shown(tried)


def test_a_claim_that_is_no_more_is_a_difference() -> None:
    tried = trial("old", PASSED, PASSED, expected={"first": PASSED, "second": PASSED, "x": PASSED})
    assert tried.differences == ("x",)
    assert "old, x: expected passed, received no verdict, for there is no such claim" in shown(
        tried
    )


def test_what_could_not_be_graded_says_why() -> None:
    tried = Trial("broken", {"first": PASSED}, None, "it is [no] notebook")
    assert tried.differences == ("first",)
    assert "broken is not graded: it is [no] notebook" in shown(tried)
