"""What a check of a notebook has found so far, and its rows and sums for a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.language import N_, gettext, ngettext
from grader.model import Claim, Outcome, Score, Verdict
from grader.model.scores import points
from grader.student.visible_claims import Plan

# Outcomes after which a hint helps: the work was examined, and something is wrong with it.
_HINTED = (Outcome.FAILED, Outcome.CRASHED, Outcome.OVER_LIMIT)

RUNNING, NOT_TESTED, NEEDS_TRAINING = N_("running"), N_("not tested"), N_("needs training")
"""What stands in place of an outcome."""

OUTCOMES = (
    *(N_("passed"), N_("failed"), N_("crashed")),
    *(N_("over a limit"), N_("not attempted"), N_("grader fault")),
)
"""The words of all outcomes, for translation; ``Row.words`` shows them."""


@dataclass(frozen=True)
class Checked:
    """The verdicts on the claims that a notebook shows, as far as they are known.

    Attributes:
        name: the notebook's file name, without its suffix.
        claims: all visible claims, in notebook order.
        verdicts: of the claims that were tested.
        training: names of the claims that need a training, and are not tested.
        hidden: points of each claim whose test students do not see.
        written: points of each answer that a person grades.
        running: the claim that is being tested; or empty.
    """

    name: str
    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...] = ()
    training: frozenset[str] = frozenset()
    hidden: tuple[float, ...] = ()
    written: tuple[float, ...] = ()
    running: str = ""

    @property
    def passed(self) -> bool:
        """Whether every claim that was tested holds."""
        return all(verdict.outcome is Outcome.PASSED for verdict in self.verdicts)


@dataclass(frozen=True)
class Row:
    """One claim in a table.

    Attributes:
        claim: which.
        label: its outcome, or what stands in place of one.
        score: its points; or empty where they are not known.
        message: what was found, and what to do; or empty.
        hint: of the claim, where it helps; or empty.
    """

    claim: Claim
    label: str
    score: str
    message: str = ""
    hint: str = ""

    @property
    def words(self) -> str:
        """The label in the course's language."""
        return gettext(self.label)


def planned(name: str, plan: Plan) -> Checked:
    """The notebook before any of its claims is tested."""
    return Checked(
        name, plan.claims, training=plan.training, hidden=plan.hidden, written=plan.written
    )


def rows(checked: Checked) -> list[Row]:
    """One row a claim, in notebook order."""
    verdicts = {verdict.claim: verdict for verdict in checked.verdicts}
    return [_row(claim, verdicts.get(claim.name), checked) for claim in checked.claims]


def totals(checked: Checked) -> list[str]:
    """What the tested claims come to, and what else there is to earn: a line each."""
    tested = {verdict.claim for verdict in checked.verdicts}
    left = [claim for claim in checked.claims if claim.name not in tested]
    training = [claim.points for claim in left if claim.name in checked.training]
    open_claims = [claim.points for claim in left if claim.name not in checked.training]
    to_test = _to_test if checked.running else _not_tested
    counted = (
        (training, _needing_training),
        (open_claims, to_test),
        (checked.hidden, _hidden),
        (checked.written, _written),
    )
    return [_sum(checked.verdicts)] + [
        _with_points(sentence(len(each)), points(sum(each)) if sum(each) else "")
        for each, sentence in counted
        if each
    ]


def _needing_training(count: int) -> str:
    return ngettext(
        "{count} claim needs a training: run the training, then its test cell.",
        "{count} claims need a training: run the training, then their test cells.",
        count,
    )


def _to_test(count: int) -> str:
    return ngettext(
        "{count} claim is still to be tested.", "{count} claims are still to be tested.", count
    )


def _not_tested(count: int) -> str:
    return ngettext("{count} claim was not tested.", "{count} claims were not tested.", count)


def _hidden(count: int) -> str:
    return ngettext(
        "{count} hidden claim is tested when your work is graded.",
        "{count} hidden claims are tested when your work is graded.",
        count,
    )


def _written(count: int) -> str:
    return ngettext(
        "{count} written answer is graded by a person.",
        "{count} written answers are graded by a person.",
        count,
    )


def _sum(verdicts: Sequence[Verdict]) -> str:
    held = [verdict for verdict in verdicts if verdict.outcome is Outcome.PASSED]
    score = Score(sum(v.points for v in held), sum(v.points for v in verdicts))
    sentence = ngettext(
        "{held} of {count} tested claim passed.",
        "{held} of {count} tested claims passed.",
        len(verdicts),
        held=len(held),
    )
    return _with_points(sentence, str(score) if score.possible else "")


def _with_points(sentence: str, number: str) -> str:
    """A sentence and the points that it is about; the sentence alone where they are not known."""
    if not number:
        return sentence
    return sentence + " " + gettext("Points: {points}.", points=number)


def _row(claim: Claim, verdict: Verdict | None, checked: Checked) -> Row:
    if verdict is None:
        label = NEEDS_TRAINING if claim.name in checked.training else NOT_TESTED
        label = RUNNING if claim.name == checked.running else label
        return Row(claim, label, points(claim.points) if claim.points else "")
    passed = verdict.outcome is Outcome.PASSED
    score = str(Score(claim.points if passed else 0.0, claim.points)) if claim.points else ""
    message = "" if passed else verdict.message
    hinted = verdict.outcome in _HINTED and claim.hint not in message
    return Row(claim, verdict.outcome, score, message, claim.hint if hinted else "")
