"""The outcome of a claim for the gradebook, and its message for the student."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.examiner.cells.finding import Finding, FindingKind
from grader.model import Claim, FurtherRun, Outcome
from grader.notebook.judging import error_advice
from grader.notebook.judging.cell_runs import CellRun, CellStatus, sentence
from grader.notebook.judging.strikes import Refusal
from grader.notebook.submission.rebuild import Rebuilt

Judged = tuple[Outcome, str]

_TEST_FAULT = (
    "The test of this claim has a fault of its own, which is not yours: it costs you nothing, and "
    "a person will look at it."
)
_LINE = "It was raised in "  # what a note begins with that names a line of the student's code

_OUTCOMES = {
    CellStatus.RAISED: Outcome.CRASHED,
    CellStatus.DIED: Outcome.CRASHED,
    CellStatus.LIMIT: Outcome.OVER_LIMIT,
    CellStatus.FAULT: Outcome.GRADER_FAULT,
}

# What to do about it; {} are the cells that may have caused it.
_ADVICE = {
    CellStatus.LIMIT: "Call your code of the cell {} on a small example: it must come to its end, "
    "in a second or two, and print and keep little.",
    CellStatus.DIED: "Call your code of the cell {} on a small example, in a notebook of its own: "
    "nothing in it may end Python, as exit() does, or crash it.",
}


@dataclass(frozen=True)
class Circumstances:
    """How the cells ahead of a claim went.

    Attributes:
        rebuilt: which solution cells are missing or untouched.
        runs: how each of the student's cells went, by ``grade_id``.
        definers: the solution cell that is to define a name.
        public: what students have of the test cell; empty where all of it is hidden.
    """

    rebuilt: Rebuilt
    runs: Mapping[str, CellRun]
    definers: Mapping[str, str] = field(default_factory=dict)
    public: str = ""


def answered(claim: Claim, finding: Finding, around: Circumstances) -> Judged:
    """The outcome of a test cell that got its answers."""
    if finding.passed:
        return Outcome.PASSED, ""
    if blank := _blank(claim, around):
        return blank
    if fault := _fault(claim, around):
        return fault
    if finding.kind is FindingKind.TEST_FAULT:
        return Outcome.GRADER_FAULT, _TEST_FAULT
    if finding.kind is FindingKind.OUTPUT_LIMIT:
        return Outcome.OVER_LIMIT, sentence(f"Testing your code was stopped: {finding.message}")
    # Perhaps the test stumbled over what a cell before it did not get to do.
    broken = _broken(claim, around)
    if finding.kind is FindingKind.REFUTED:
        return Outcome.FAILED, broken[1] if broken else _refuted(claim, finding)
    if finding.kind is FindingKind.STUMBLED:
        return broken or (Outcome.FAILED, _stumbled(claim, finding, around))
    raised = error_advice.explained(
        CellRun(CellStatus.RAISED, error=finding.error, message=finding.message), ""
    )
    advice = _define(finding, around) or _after(finding, raised)
    said = sentence(f"Testing your code {raised.description}", advice)
    return broken or (Outcome.CRASHED, said)


def decided_by(further: Sequence[FurtherRun]) -> str:
    """What a student is told of a claim that passed; empty if their own training decided.

    Args:
        further: the trainings with other seeds that the test asked for, last one last.
    """
    if not further:
        return ""
    run = further[-1]
    own = "Your own training came near, and did not reach this."
    again = f"The course trained your network again, with seed {run.seed}"
    if run.above < 1.0:
        came = f"{again}: its training accuracy came to {run.best:.4f}."
    elif run.test_accuracy is not None:
        came = f"{again}: it classifies {run.test_accuracy:.1%} of the test images correctly."
    else:
        came = f"{again}."
    return f"{own} {came} The best of these trainings counts."


def _stumbled(claim: Claim, finding: Finding, around: Circumstances) -> str:
    """What the test could not do with an answer; its code only where students have it."""
    shown = finding.code and finding.code in " ".join(around.public.split())
    said = f"{finding.error}: {finding.message}".rstrip(": ")
    said = f"`{finding.code}` raised {said}" if shown else said
    return sentence(f"The test could not go on with your answer: {said}", claim.hint)


def _after(finding: Finding, raised: CellRun) -> str:
    """Which line raised it, and what to do; what a check notes besides is a next step itself."""
    if finding.note and not finding.note.startswith(_LINE):
        return finding.note
    step = raised.advice or error_advice.after(finding.error, finding.message, finding.note)
    return f"{finding.note} {step}".strip()


def _refuted(claim: Claim, finding: Finding) -> str:
    """What a check found; or which assertion of the student's own does not hold."""
    if finding.error == "Failed" and finding.message:  # pytest's
        return sentence(finding.message, claim.hint)
    if finding.error != "AssertionError" or not finding.note:
        if finding.error == "ClaimFailed" and not finding.message:  # found by a hidden test
            return f"This does not hold for your work yet. Hint: {claim.hint}"
        return finding.message or claim.hint
    said = f": {finding.message}" if finding.message else ""
    return sentence(
        f"An assert in your own code stopped the test{said}",
        f"{finding.note} Remove it, or let it hold for all that the function may be given.",
    )


def _define(finding: Finding, around: Circumstances) -> str:
    """Where the name that a test misses is to be defined; empty if that is not known."""
    missing = re.fullmatch(r"name '(\w+)' is not defined.*", finding.message, re.DOTALL)
    cell = around.definers.get(missing[1]) if missing else None
    if cell is None or finding.kind is not FindingKind.NAME_UNDEFINED:
        return ""
    return f"Define `{missing[1] if missing else ''}` in the cell `{cell}`, by just this name."


def unanswered(
    claim: Claim, run: CellRun, around: Circumstances, suspects: Sequence[str] = ()
) -> Judged:
    """The outcome of a test cell whose question got no answer.

    Args:
        claim: that the test cell tests.
        run: how the kernel or its time ended.
        around: how the cells ahead of the claim went.
        suspects: the solution cells that may have caused it.
    """
    if run.status is CellStatus.FAULT:
        return faulty(run.message)
    named = [f"`{cell}`" for cell in suspects if cell in claim.needs]
    advice = _ADVICE[run.status].format(" or ".join(named)) if named else ""
    return _blank(claim, around) or (
        _OUTCOMES[run.status],
        sentence(f"Testing your code {run.description}", advice),
    )


def not_tried(claim: Claim, refusal: Refusal, around: Circumstances) -> Judged:
    """The outcome of a claim that rests on a cell which stalled or ended the kernel before."""
    run = refusal.strikes[-1].run
    return _blank(claim, around) or (
        _OUTCOMES[run.status],
        f"This claim was not tried: code of the cell `{refusal.cell}` was tried "
        f"{len(refusal.strikes)} times before and gave no answer; the last time it "
        + sentence(run.description, _ADVICE[run.status].format(f"`{refusal.cell}`")),
    )


def share_used_up(claim: Claim, around: Circumstances) -> Judged:
    """The outcome of a claim for which no time is left, though the submission has some."""
    return _blank(claim, around) or (
        Outcome.OVER_LIMIT,
        "This claim was not tried: the tests before it took all the time that "
        f"{f'the cell `{claim.needs[-1]}`' if claim.needs else 'they'} may take. "
        "Make your code faster: an example of a test's size should take a second or two.",
    )


def faulty(message: str) -> Judged:
    """The outcome of a claim where the grader itself failed: it costs no points."""
    return Outcome.GRADER_FAULT, f"The grader failed ({message}); this is not your fault."


def _fault(claim: Claim, around: Circumstances) -> Judged | None:
    """A claim that rests on a cell in which the grader failed: on a training, for example."""
    runs = [around.runs[name] for name in claim.needs if name in around.runs]
    return next((faulty(run.message) for run in runs if run.status is CellStatus.FAULT), None)


def _blank(claim: Claim, around: Circumstances) -> Judged | None:
    """A claim that rests on a cell which was not written."""
    for name in claim.needs:
        if name in around.rebuilt.untouched:
            what = "missing" if name in around.rebuilt.missing else "as it was handed out"
            return Outcome.NOT_ATTEMPTED, f"The cell `{name}` is {what}: write your solution there."
    return None


def _next_step(name: str, run: CellRun) -> str:
    """What to do about a cell that did not run to its end."""
    if run.status is CellStatus.RAISED:
        return run.advice or error_advice.after(run.error, run.message, run.where)
    return _ADVICE.get(run.status, "").format(f"`{name}`")


def _broken(claim: Claim, around: Circumstances) -> Judged | None:
    """A claim that rests on a cell which did not run to its end."""
    for name in claim.needs:
        run = around.runs.get(name)
        if run is not None and run.status is not CellStatus.DONE:
            said = sentence(f"The cell `{name}` {run.description}", _next_step(name, run))
            return _OUTCOMES[run.status], said
    return None
