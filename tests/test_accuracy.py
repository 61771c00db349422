from __future__ import annotations

import math

import pytest

from grader.accuracy import is_accuracy, logged_accuracy, named_accuracy


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
def test_the_accuracy_to_show_has_any_of_keras_names(
    logs: dict[str, float], expected: float | None
) -> None:
    assert logged_accuracy(logs) == expected


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        ({"loss": 0.1, "accuracy": 0.9, "acc": 0.8}, 0.9),
        ({"acc": 0.7, "val_acc": 0.9}, 0.7),
        ({"acc": 0.0}, 0.0),
        ({"sparse_categorical_accuracy": 0.6, "val_accuracy": 0.9}, 0.6),
        ({"categorical_accuracy": 0.5, "accuracy": 0.6}, 0.6),
        ({"binary_accuracy": 0.6, "val_accuracy": 0.9}, None),
        ({}, None),
    ],
)
def test_claims_rest_on_keras_names_of_it_alone(
    logs: dict[str, float], expected: float | None
) -> None:
    assert named_accuracy(logs) == expected


@pytest.mark.parametrize(
    ("metric", "expected"),
    [("accuracy", True), ("ACC", True), ("Accuracy", True), ("val_acc", False), ("mse", False)],
)
def test_a_metric_is_named_accuracy_in_any_case(metric: str, expected: bool) -> None:
    assert is_accuracy(metric) is expected
