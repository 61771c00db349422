"""Values that all packages share, as frozen dataclasses; import them from here.

Process: all.
Touches: nothing.
"""

from grader.model.evidence import ClaimEvidence, Consulted, Evidence, Question, Replayed
from grader.model.graded import Graded, Timing, WorkPart
from grader.model.hints import CellHints
from grader.model.limits import Budget, Limits
from grader.model.runs import FurtherRun, KeptEpoch, KeptRun, Run
from grader.model.scores import Score
from grader.model.submission import Submission
from grader.model.verdicts import Claim, Decision, Outcome, Override, TimeDecision, Verdict
from grader.model.watch import Source, Told, WatchRules

__all__ = [
    "Budget",
    "CellHints",
    "Claim",
    "ClaimEvidence",
    "Consulted",
    "Decision",
    "Evidence",
    "FurtherRun",
    "Graded",
    "KeptEpoch",
    "KeptRun",
    "Limits",
    "Outcome",
    "Override",
    "Question",
    "Replayed",
    "Run",
    "Score",
    "Source",
    "Submission",
    "TimeDecision",
    "Timing",
    "Told",
    "Verdict",
    "WatchRules",
    "WorkPart",
]
