from __future__ import annotations

from rich.console import Console

from grader.model import Claim, Outcome, Verdict
from grader.student.check import Checked, check_table

CLAIMS = [
    Claim(name, 2, f"{name} holds.", f"Look at {name}.", ())
    for name in ("shape", "values", "crash", "blank", "trained")
]
VERDICTS = [
    Verdict("shape", Outcome.PASSED, 2),
    Verdict("values", Outcome.FAILED, 2, "It is 3, expected 4 [not red]. Add one."),
    Verdict("crash", Outcome.CRASHED, 2, "It ended."),
    Verdict("blank", Outcome.NOT_ATTEMPTED, 2, "Write it."),
]


def printed(claims: list[Claim], verdicts: list[Verdict]) -> str:
    console = Console(width=120, record=True, quiet=False, file=None)
    with console.capture() as capture:
        console.print(check_table(Checked("mnist", tuple(claims), tuple(verdicts))))
    return capture.get()


def test_each_claim_has_verdict_message_and_hint() -> None:
    text = printed(CLAIMS, VERDICTS)
    assert "It is 3, expected 4 [not red]. Add one." in text
    assert "Hint: Look at values." in text
    assert "Hint: Look at crash." in text
    assert "Look at shape." not in text
    assert "Look at blank." not in text
    assert "needs training: run your notebook" in text
    assert "1 of 4 checked claims passed; 1 needs training." in text


def test_a_hint_is_not_said_twice() -> None:
    text = printed(CLAIMS[1:2], [Verdict("values", Outcome.FAILED, 2, "Look at values.")])
    assert text.count("Look at values.") == 1
    assert "training" not in text
