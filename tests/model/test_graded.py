from __future__ import annotations

from grader.model import Graded, Outcome, Verdict


def test_a_fault_of_the_grader_counts_nothing_yet() -> None:
    verdicts = (Verdict("a", Outcome.PASSED, 2), Verdict("b", Outcome.GRADER_FAULT, 3))
    graded = Graded("ada", "sums", verdicts, (), 1.0, "none", (), "", "")
    assert (graded.score, graded.max_score) == (2, 5)
