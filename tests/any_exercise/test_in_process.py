"""The claims that need no kernel of their own: the examiner and the kernel agent in this process.

It is what grading does, without a sandbox and within seconds; see ``test_same_verdicts``.
"""

from __future__ import annotations

import pytest

from grader.examiner.cells.finding import FindingKind
from grader.model import Outcome
from tests.any_exercise.table import NEEDED, NOTEBOOKS, Way, Work, exercises
from tests.in_process import InProcess

# Files, outputs, seeds and figures surround a test; networks need Keras, and `await` a loop. In one
# process, a module is patched for both sides.
_SURROUNDED = {
    "files",
    "outputs",
    "seeds",
    "plots",
    "networks",
    "waiting",
    "numerics",
    "patches",
    "topics",
}
KINDS = sorted({kind for kinds in NOTEBOOKS.values() for kind in kinds} - _SURROUNDED - {*NEEDED})
OUTCOMES = {
    FindingKind.PASSED: Outcome.PASSED,
    FindingKind.REFUTED: Outcome.FAILED,
    FindingKind.STUMBLED: Outcome.FAILED,
    FindingKind.RAISED: Outcome.CRASHED,
    FindingKind.NAME_UNDEFINED: Outcome.CRASHED,
    FindingKind.TEST_FAULT: Outcome.GRADER_FAULT,
}


@pytest.mark.parametrize("work", Work)
@pytest.mark.parametrize("kind", KINDS)
def test_every_claim_gets_its_verdict(kind: str, work: Work) -> None:
    unlike = []
    for exercise in exercises(kind):
        for claim in exercise.claims:
            kernel = InProcess(f"{exercise.given}\n{getattr(exercise, work)}")
            finding = kernel.tested(claim.test)
            if OUTCOMES.get(finding.kind) is not claim.expected(work, Way.GRADING):
                unlike.append(f"{claim.name}: {finding}")
    assert unlike == []
