"""The outcome of a claim for the gradebook, and its message for the student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.examiner.cells.finding import Finding, FindingKind
from grader.language import N_, gettext
from grader.model import Claim, FurtherRun, Outcome
from grader.notebook.judging import error_advice, undefined_names
from grader.notebook.judging.cell_runs import CellRun, CellStatus, sentence
from grader.notebook.judging.strikes import Refusal
from grader.notebook.submission.rebuild import Rebuilt

Judged = tuple[Outcome, str]

_TEST_FAULT = N_(
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

# What to do about it; {cells} are the cells that may have caused it.
_ADVICE = {
    CellStatus.LIMIT: N_(
        "Call your code of the cell {cells} on a small example: it must come to its end, in a "
        "second or two, and print and keep little."
    ),
    CellStatus.DIED: N_(
        "Call your code of the cell {cells} on a small example, in a notebook of its own: nothing "
        "in it may end Python, as exit() does, or crash it."
    ),
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
        return Outcome.GRADER_FAULT, gettext(_TEST_FAULT)
    if finding.kind is FindingKind.OUTPUT_LIMIT:
        return Outcome.OVER_LIMIT, sentence(
            gettext("Testing your code was stopped: {reason}", reason=gettext(finding.message))
        )
    # Perhaps the test stumbled over what a cell before it did not get to do.
    broken = _broken(claim, around)
    if finding.kind is FindingKind.REFUTED:
        return Outcome.FAILED, broken[1] if broken else _refuted(claim, finding)
    if finding.kind is FindingKind.STUMBLED:
        return broken or (Outcome.FAILED, _stumbled(claim, finding, around))
    raised = error_advice.explained(
        CellRun(CellStatus.RAISED, error=finding.error, message=finding.message), ""
    )
    told = undefined_names.in_test(claim.name, finding, around.definers, around.rebuilt)
    advice = told or _after(finding, raised)
    said = sentence(_testing(raised), advice)
    return broken or (Outcome.CRASHED, said)


def decided_by(further: Sequence[FurtherRun]) -> str:
    """What a student is told of a claim that passed; empty if their own training decided.

    Args:
        further: the trainings with other seeds that the test asked for, last one last.
    """
    if not further:
        return ""
    run = further[-1]
    own = gettext("Your own training came near, and did not reach this.")
    if run.above < 1.0:
        came = gettext(
            "The course trained your network again, with seed {seed}: its training accuracy came "
            "to {best:.4f}.",
            seed=run.seed,
            best=run.best,
        )
    elif run.test_accuracy is not None:
        came = gettext(
            "The course trained your network again, with seed {seed}: it classifies {right:.1%} "
            "of the test images correctly.",
            seed=run.seed,
            right=run.test_accuracy,
        )
    else:
        came = gettext("The course trained your network again, with seed {seed}.", seed=run.seed)
    counts = gettext("The best of these trainings counts.")
    return f"{own} {came} {counts}"


def _stumbled(claim: Claim, finding: Finding, around: Circumstances) -> str:
    """What the test could not do with an answer; its code only where students have it."""
    shown = finding.code and finding.code in " ".join(around.public.split())
    said = f"{finding.error}: {finding.message}".rstrip(": ")
    if shown:
        said = gettext("`{code}` raised {error}", code=finding.code, error=said)
    reason = gettext("The test could not go on with your answer: {reason}", reason=said)
    return sentence(reason, f"{error_advice.of_answer(finding.message)} {claim.hint}".strip())


def _after(finding: Finding, raised: CellRun) -> str:
    """Which line raised it, and what to do; what a check notes besides is a next step itself."""
    line_alone = finding.note.startswith(_LINE) and finding.note.endswith("`.")
    if finding.note and not line_alone:
        return finding.note
    step = raised.advice or error_advice.after(finding.error, finding.message, finding.note)
    return f"{finding.note} {step}".strip()


def _refuted(claim: Claim, finding: Finding) -> str:
    """What a check found; or which assertion of the student's own does not hold."""
    if finding.error == "Failed" and finding.message:  # pytest's
        return sentence(finding.message, claim.hint)
    if finding.error != "AssertionError" or not finding.note:
        if finding.error == "ClaimFailed" and not finding.message:  # found by a hidden test
            return gettext("This does not hold for your work yet. Hint: {hint}", hint=claim.hint)
        if finding.came_to and not finding.message:
            return sentence(". ".join(finding.came_to), claim.hint)
        return finding.message or claim.hint
    if not finding.note.startswith(_LINE):
        return sentence(finding.message or ". ".join(finding.came_to) or claim.hint, finding.note)
    said = f": {finding.message}" if finding.message else ""
    return sentence(
        gettext("An assert in your own code stopped the test{message}", message=said),
        finding.note
        + " "
        + gettext("Remove it, or let it hold for all that the function may be given."),
    )


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
    advice = _advice(run, ", ".join(named)) if named else ""
    return _blank(claim, around) or (
        _OUTCOMES[run.status],
        sentence(_testing(run), advice),
    )


def not_tried(claim: Claim, refusal: Refusal, around: Circumstances) -> Judged:
    """The outcome of a claim that rests on a cell which stalled or ended the kernel before."""
    run = refusal.strikes[-1].run
    return _blank(claim, around) or (
        _OUTCOMES[run.status],
        sentence(
            gettext(
                "This claim was not tried: code of the cell `{cell}` was tried {times} times "
                "before and gave no answer; the last time it {description}",
                cell=refusal.cell,
                times=len(refusal.strikes),
                description=run.description,
            ),
            _advice(run, f"`{refusal.cell}`"),
        ),
    )


def share_used_up(claim: Claim, around: Circumstances) -> Judged:
    """The outcome of a claim for which no time is left, though the submission has some."""
    if claim.needs:
        said = gettext(
            "This claim was not tried: the tests before it took all the time that the cell "
            "`{cell}` may take.",
            cell=claim.needs[-1],
        )
    else:
        said = gettext(
            "This claim was not tried: the tests before it took all the time that they may take."
        )
    faster = gettext(
        "Make your code faster: an example of a test's size should take a second or two."
    )
    return _blank(claim, around) or (Outcome.OVER_LIMIT, f"{said} {faster}")


def faulty(message: str) -> Judged:
    """The outcome of a claim where the grader itself failed: it costs no points."""
    said = gettext("The grader failed ({reason}); this is not your fault.", reason=message)
    return Outcome.GRADER_FAULT, said


def _testing(run: CellRun) -> str:
    """What became of the test of a claim."""
    return gettext("Testing your code {description}", description=run.description)


def _advice(run: CellRun, cells: str) -> str:
    """What to do about a run that gave no answer; empty where it is not the student's."""
    return gettext(_ADVICE[run.status], cells=cells) if run.status in _ADVICE else ""


def _fault(claim: Claim, around: Circumstances) -> Judged | None:
    """A claim that rests on a cell in which the grader failed: on a training, for example."""
    runs = [around.runs[name] for name in claim.needs if name in around.runs]
    return next((faulty(run.message) for run in runs if run.status is CellStatus.FAULT), None)


def _blank(claim: Claim, around: Circumstances) -> Judged | None:
    """A claim that rests on a cell which was not written."""
    for name in claim.needs:
        if name in around.rebuilt.untouched:
            missing = N_("The cell `{name}` is missing: write your solution there.")
            blank = N_("The cell `{name}` is as it was handed out: write your solution there.")
            said = missing if name in around.rebuilt.missing else blank
            return Outcome.NOT_ATTEMPTED, gettext(said, name=name)
    return None


def _next_step(name: str, run: CellRun) -> str:
    """What to do about a cell that did not run to its end."""
    if run.status is CellStatus.RAISED:
        return run.advice or error_advice.after(run.error, run.message, run.where)
    return _advice(run, f"`{name}`")


def _broken(claim: Claim, around: Circumstances) -> Judged | None:
    """A claim that rests on a cell which did not run to its end."""
    for name in claim.needs:
        run = around.runs.get(name)
        if run is not None and run.status is not CellStatus.DONE:
            said = gettext(
                "The cell `{name}` {description}", name=name, description=run.description
            )
            return _OUTCOMES[run.status], sentence(said, _next_step(name, run))
    return None
