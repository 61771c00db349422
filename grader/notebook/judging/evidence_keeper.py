"""Collects the evidence of verdicts from the messages of a judging process."""

from __future__ import annotations

from grader.engines.base import Reporter
from grader.model import ClaimEvidence
from grader.notebook.judging.judge_messages import ClaimExamined


class EvidenceKeeper:
    """A reporter that keeps evidence, and passes everything else on.

    Args:
        reporter: is told the rest.

    Attributes:
        claims: what the verdicts rest on, in the order in which the claims were examined.
    """

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self.claims: list[ClaimEvidence] = []

    @property
    def cancelled(self) -> bool:
        """Whether the work shall end."""
        return self._reporter.cancelled

    def progress(self, detail: object) -> None:
        """Keep evidence; pass on what is something else."""
        if isinstance(detail, ClaimExamined):
            # A claim is examined a second time where a judge's process was lost before it told.
            self.claims = [each for each in self.claims if each.claim != detail.evidence.claim]
            self.claims.append(detail.evidence)
        else:
            self._reporter.progress(detail)

    def wait(self, reason: str) -> None:
        """Pass on that the work waits."""
        self._reporter.wait(reason)

    def go_on(self) -> None:
        """Pass on that the wait is over."""
        self._reporter.go_on()
