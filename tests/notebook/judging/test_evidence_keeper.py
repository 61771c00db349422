"""What verdicts rest on is kept once for each claim, and everything else is passed on."""

from __future__ import annotations

from grader.engines.base import Silent
from grader.model import ClaimEvidence
from grader.notebook.judging.evidence_keeper import EvidenceKeeper
from grader.notebook.judging.judge_messages import CellStarted, ClaimExamined


class Listening(Silent):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def progress(self, detail: object) -> None:
        """Remember a detail."""
        self.heard.append(detail)


def test_the_last_examination_of_a_claim_counts() -> None:
    listening = Listening()
    keeper = EvidenceKeeper(listening)
    for claim, seed in (("adds", "1"), ("totals", "2"), ("adds", "3")):
        keeper.progress(ClaimExamined(ClaimEvidence(claim, "", "", seed)))
    keeper.progress(CellStarted("add"))
    assert [(each.claim, each.seed) for each in keeper.claims] == [("totals", "2"), ("adds", "3")]
    assert listening.heard == [CellStarted("add")]
