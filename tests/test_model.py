from __future__ import annotations

import pytest

from grader.model import Graded, Outcome, Verdict


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_a_positive_verdict_scores(outcome: Outcome) -> None:
    score = Verdict("claim", outcome, points=3).score
    expected = {Outcome.PASSED: 3, Outcome.GRADER_FAULT: None}
    assert score == expected.get(outcome, 0)


def test_a_fault_of_the_grader_counts_nothing_yet() -> None:
    verdicts = (Verdict("a", Outcome.PASSED, 2), Verdict("b", Outcome.GRADER_FAULT, 3))
    graded = Graded("ada", "sums", verdicts, (), 1.0, "none", (), "", "")
    assert (graded.score, graded.max_score) == (2, 5)
