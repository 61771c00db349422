from __future__ import annotations

import math

import pytest

from grader.model import Graded, Outcome, Verdict, logged_accuracy


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_a_positive_verdict_scores(outcome: Outcome) -> None:
    score = Verdict("claim", outcome, points=3).score
    expected = {Outcome.PASSED: 3, Outcome.GRADER_FAULT: None}
    assert score == expected.get(outcome, 0)


def test_a_fault_of_the_grader_counts_nothing_yet() -> None:
    verdicts = (Verdict("a", Outcome.PASSED, 2), Verdict("b", Outcome.GRADER_FAULT, 3))
    graded = Graded("ada", "sums", verdicts, (), 1.0, "none", (), "", "")
    assert (graded.score, graded.max_score) == (2, 5)


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        ({"loss": 0.1, "accuracy": 0.9, "val_accuracy": 0.8}, 0.9),
        ({"acc": 0.7}, 0.7),
        ({"sparse_categorical_accuracy": 0.6, "val_sparse_categorical_accuracy": 0.5}, 0.6),
        ({"loss": 0.1, "val_accuracy": 0.8}, None),
        ({"accuracy": math.nan, "binary_accuracy": 0.5}, None),
        ({}, None),
    ],
)
def test_the_training_accuracy_is_found_under_keras_names(
    logs: dict[str, float], expected: float | None
) -> None:
    assert logged_accuracy(logs) == expected
