"""What a claim came to, in a word for the gradebook and a sentence for the student."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.examiner.examiner import Finding
from grader.model import Claim, Outcome
from grader.notebook.rebuild import Rebuilt
from grader.notebook.runs import CellRun, End

Judged = tuple[Outcome, str]

_OUTCOMES = {
    End.RAISED: Outcome.CRASHED,
    End.DIED: Outcome.CRASHED,
    End.LIMIT: Outcome.OVER_LIMIT,
    End.FAULT: Outcome.GRADER_FAULT,
}


@dataclass(frozen=True)
class Circumstances:
    """What became of the cells ahead of a claim.

    Attributes:
        rebuilt: which solution cells are missing or untouched.
        runs: how each of the student's cells went, by ``grade_id``.
    """

    rebuilt: Rebuilt
    runs: Mapping[str, CellRun]


def answered(claim: Claim, finding: Finding, around: Circumstances) -> Judged:
    """What a test came to that got its answers."""
    if not finding.error:
        return Outcome.PASSED, ""
    if blank := _blank(claim, around):
        return blank
    if fault := _fault(claim, around):
        return fault
    if finding.error == "OutputLimit":
        return Outcome.OVER_LIMIT, f"Testing your code was stopped: {finding.message}."
    if finding.error in ("ClaimFailed", "AssertionError"):
        return Outcome.FAILED, finding.message or claim.hint
    # Perhaps the test stumbled over what a cell before it did not get to define.
    raised = CellRun(End.RAISED, error=finding.error, message=finding.message)
    return _broken(claim, around) or (
        Outcome.CRASHED,
        f"Testing your code {raised.description}.",
    )


def unanswered(claim: Claim, run: CellRun, around: Circumstances) -> Judged:
    """What a test came to whose question got no answer."""
    if run.end is End.FAULT:
        return faulty(run.message)
    return _blank(claim, around) or (
        _OUTCOMES[run.end],
        f"Testing your code {run.description}.",
    )


def faulty(message: str) -> Judged:
    """What a claim came to where the grader itself failed, nobody's zero."""
    return Outcome.GRADER_FAULT, f"The grader failed ({message}); this is not your fault."


def _fault(claim: Claim, around: Circumstances) -> Judged | None:
    """A claim that rests on a cell in which the grader failed: on a training, for example."""
    runs = [around.runs[name] for name in claim.needs if name in around.runs]
    return next((faulty(run.message) for run in runs if run.end is End.FAULT), None)


def _blank(claim: Claim, around: Circumstances) -> Judged | None:
    """A claim whose ground was never laid."""
    for name in claim.needs:
        if name in around.rebuilt.untouched:
            what = "missing" if name in around.rebuilt.missing else "as it was handed out"
            return Outcome.NOT_ATTEMPTED, f"The cell `{name}` is {what}: write your solution there."
    return None


def _broken(claim: Claim, around: Circumstances) -> Judged | None:
    """A claim that rests on a cell which did not run to its end."""
    for name in claim.needs:
        run = around.runs.get(name)
        if run is not None and run.end is not End.DONE:
            return _OUTCOMES[run.end], f"The cell `{name}` {run.description}."
    return None
