from __future__ import annotations

import pytest

from grader.model import Outcome, Verdict


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_a_positive_verdict_scores(outcome: Outcome) -> None:
    score = Verdict("claim", outcome, points=3).score
    expected = {Outcome.PASSED: 3, Outcome.GRADER_FAULT: None}
    assert score == expected.get(outcome, 0)
