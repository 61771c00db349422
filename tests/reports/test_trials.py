from __future__ import annotations

from rich.console import Console

from grader.model import Claim, Outcome, Verdict
from grader.reports.trials import Trial, trials_table

CLAIMS = [Claim(name, 1.0, "", "", ()) for name in ("first", "second")]
PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def trial(name: str, *received: Outcome, expected: dict[str, Outcome] | None = None) -> Trial:
    verdicts = {
        claim.name: Verdict(claim.name, outcome, 1.0, "look again")
        for claim, outcome in zip(CLAIMS, received, strict=False)
    }
    return Trial(name, expected or {"first": PASSED, "second": PASSED}, verdicts)


def shown(*trials: Trial) -> str:
    console = Console(record=True, width=100)
    console.print(trials_table("sums", CLAIMS, trials))
    return console.export_text()


def test_verdicts_as_expected_are_marks() -> None:
    one = trial("good", PASSED, FAILED, expected={"first": PASSED, "second": FAILED})
    assert one.differences == ()
    assert "good   │ + │ F │ as expected" in shown(one)
    assert "1 first (1), 2 second (1)" in shown(one)


def test_another_verdict_shows_both_and_says_why() -> None:
    one = trial("bad", FAILED, PASSED)
    assert one.differences == ("first",)
    assert "F, not +" in shown(one)
    assert "1 not as expected" in shown(one)
    assert "bad, first: expected passed, received failed: look again" in shown(one)


def test_a_claim_that_the_case_does_not_name_is_a_difference() -> None:
    one = trial("short", PASSED, PASSED, expected={"first": PASSED})
    assert one.differences == ("second",)
    assert "short, second: expected nothing, for case.toml does not name it" in shown(one)


def test_a_claim_that_is_no_more_is_a_difference() -> None:
    one = trial("old", PASSED, PASSED, expected={"first": PASSED, "second": PASSED, "x": PASSED})
    assert one.differences == ("x",)
    assert "old, x: expected passed, received no verdict, for there is no such claim" in shown(one)


def test_what_could_not_be_graded_says_why() -> None:
    one = Trial("broken", {"first": PASSED}, None, "it is [no] notebook")
    assert one.differences == ("first",)
    assert "broken is not graded: it is [no] notebook" in shown(one)
