"""What a student may be told before grades are released; without any effect.

What is not to be told is not even at hand here: the page is made from a run in which no hidden test
took place. This module says what is added to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from grader.model import Claim, Outcome, Told, Verdict, WatchRules
from grader.reports.feedback.content import Preliminary

_EXIST = "Hidden tests are not part of this page: they run when your work is graded."
_LATER = "Hidden tests run next, and this page then tells {}: fetch it again in a few minutes."
_WHAT = {Told.COUNT: "how many of them passed", Told.NAMES: "which of them passed"}


def preliminary(
    rules: WatchRules,
    handed_in: datetime,
    tested: datetime,
    *,
    hidden: Sequence[Claim],
    verdicts: Sequence[Verdict] | None = None,
    part_hidden: Sequence[str] = (),
) -> Preliminary:
    """What a page says beside the verdicts on visible claims.

    Args:
        rules: what may be told, and how often.
        handed_in: when the version was handed in.
        tested: when it was tested.
        hidden: the claims that a hidden test belongs to.
        verdicts: on all claims, once they are there; what may not be told of them is not.
        part_hidden: names of the claims that the run tested only in part.
    """
    tells_all = rules.hidden_claims is Told.ALL or not hidden
    return Preliminary(
        handed_in=moment(handed_in),
        tested=moment(tested),
        again=again(rules, tested),
        hidden="" if tells_all else _hidden(rules.hidden_claims, hidden, verdicts),
        hidden_claims=_named(rules.hidden_claims, hidden, verdicts),
        part_hidden=frozenset() if tells_all else frozenset(part_hidden),
    )


def again(rules: WatchRules, tested: datetime) -> str:
    """When the next version is tested, in a sentence."""
    soonest = tested + timedelta(seconds=rules.pause_seconds)
    return f"Your next version is tested from {moment(soonest)} on. {limits(rules)}"


def limits(rules: WatchRules) -> str:
    """How often a student may ask, in a sentence."""
    times = f"{rules.answers_per_hour} {'times' if rules.answers_per_hour > 1 else 'time'}"
    pause = f", with {rules.pause_seconds:g} seconds between" if rules.pause_seconds else ""
    return f"You are answered at most {times} an hour{pause}."


def moment(time: datetime) -> str:
    """A time in words, in this machine's time zone."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z").strip()


def _hidden(told: Told, hidden: Sequence[Claim], verdicts: Sequence[Verdict] | None) -> str:
    if told is Told.NOTHING:
        return _EXIST
    if verdicts is None:
        return _LATER.format(_WHAT[told])
    outcomes = _outcomes(hidden, verdicts)
    passed = sum(outcome is Outcome.PASSED for outcome in outcomes)
    return f"{passed} of {len(outcomes)} claims with hidden tests passed."


def _named(
    told: Told, hidden: Sequence[Claim], verdicts: Sequence[Verdict] | None
) -> tuple[tuple[str, Outcome], ...]:
    if told is not Told.NAMES or verdicts is None:
        return ()
    statements = [claim.statement for claim in hidden]
    return tuple(zip(statements, _outcomes(hidden, verdicts), strict=True))


def _outcomes(hidden: Sequence[Claim], verdicts: Sequence[Verdict]) -> list[Outcome]:
    outcome_of = {verdict.claim: verdict.outcome for verdict in verdicts}
    return [outcome_of[claim.name] for claim in hidden]
