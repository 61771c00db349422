"""What a student may be told before grades are released; without any effect.

What must not be told cannot be told here: the page is made from a run without hidden tests. This
module says what is added to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from grader.language import N_, gettext, ngettext
from grader.model import Claim, Outcome, Told, Verdict, WatchRules
from grader.reports.feedback.content import Preliminary

_EXIST = N_("Hidden tests are not part of this page: they run when your work is graded.")
_LATER = {
    Told.COUNT: N_(
        "Hidden tests run next, and this page then tells how many of them passed: fetch it again "
        "in a few minutes."
    ),
    Told.NAMES: N_(
        "Hidden tests run next, and this page then tells which of them passed: fetch it again in a "
        "few minutes."
    ),
}


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
    next_one = gettext("Your next version is tested from {time} on.", time=moment(soonest))
    return f"{next_one} {limits(rules)}"


def limits(rules: WatchRules) -> str:
    """How often a student may ask, in a sentence."""
    often = ngettext(
        "You are answered at most {count} time an hour.",
        "You are answered at most {count} times an hour.",
        rules.answers_per_hour,
    )
    if not rules.pause_seconds:
        return often
    pause = gettext(
        "At least {seconds:g} seconds lie between two answers.", seconds=rules.pause_seconds
    )
    return f"{often} {pause}"


def moment(time: datetime) -> str:
    """A time in words, in this machine's time zone."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z").strip()


def _hidden(told: Told, hidden: Sequence[Claim], verdicts: Sequence[Verdict] | None) -> str:
    if told is Told.NOTHING:
        return gettext(_EXIST)
    if verdicts is None:
        return gettext(_LATER[told])
    outcomes = _outcomes(hidden, verdicts)
    passed = sum(outcome is Outcome.PASSED for outcome in outcomes)
    return gettext(
        "{passed} of {count} claims with hidden tests passed.", passed=passed, count=len(outcomes)
    )


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
