"""A student's own names for what was observed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.errors import DeclarationRefused
from grader.referee.spec.images import Images
from grader.referee.spec.observed import Observed, observed
from grader.referee.spec.recipe import Observation

ROWS = Images("mnist", "test", 0, 100, 255.0, 0.0, (28, 28), False, "digest")
FOUND = {"accuracy": 0.9, "loss": 0.3, "val_accuracy": 0.8, "val_loss": 0.4}


def shown(*metrics: Any, one_hot: bool = False, weighted: Any = (), rows: Any = None) -> Observed:
    lists = {"metrics": metrics, "weighted_metrics": weighted}
    return observed(json.dumps(lists), one_hot, rows)


def metric(kind: str, **config: Any) -> dict[str, Any]:
    return {"module": "keras.metrics", "class_name": kind, "config": config}


SPARSE, PLAIN = "sparse_categorical_accuracy", "categorical_accuracy"


@pytest.mark.parametrize(
    ("metrics", "one_hot", "names"),
    [
        ([], False, ()),
        (["accuracy"], False, ("accuracy",)),
        (["acc"], True, ("acc",)),
        (["ACC"], False, ("ACC",)),
        (["acc", "accuracy"], False, ("acc", "accuracy")),
        ([SPARSE], False, (SPARSE,)),
        ([PLAIN], True, (PLAIN,)),
        ([metric("SparseCategoricalAccuracy")], False, (SPARSE,)),
        ([metric("SparseCategoricalAccuracy", name="hits")], False, ("hits",)),
        ([metric("CategoricalAccuracy", name="hits", dtype="float32")], True, ("hits",)),
    ],
)
def test_the_accuracy_has_the_names_that_were_given(
    metrics: list[Any], one_hot: bool, names: tuple[str, ...]
) -> None:
    found = shown(*metrics, one_hot=one_hot)
    assert found == Observed(Observation(), names)
    assert found.logs(FOUND) == {"loss": 0.3, **dict.fromkeys(names, 0.9)}


@pytest.mark.parametrize(
    ("metrics", "one_hot", "weighted"),
    [
        (["mse"], False, ()),
        (["accuracy", "mse"], False, ()),
        (["accuracy", "accuracy"], False, ()),
        (["accuracy"], False, ["accuracy"]),
        ([metric("SparseCategoricalAccuracy", dtype="float16")], False, ()),
        ([metric("TopKCategoricalAccuracy", name="top")], True, ()),
    ],
)
def test_all_else_is_asked_of_keras(metrics: list[Any], one_hot: bool, weighted: Any) -> None:
    found = shown(*metrics, one_hot=one_hot, weighted=weighted)
    assert json.loads(found.observation.metrics)["metrics"] == metrics
    assert found.logs({"b": 1.0, "a": 2.0}) == {"b": 1.0, "a": 2.0}


@pytest.mark.parametrize(
    ("metrics", "one_hot"),
    [([SPARSE], True), ([PLAIN], False), (["mse", "CategoricalAccuracy"], False)],
)
def test_the_accuracy_for_other_labels_is_refused(metrics: list[Any], one_hot: bool) -> None:
    with pytest.raises(DeclarationRefused, match=r"does not go with .*metrics=\[\"accuracy\"\]"):
        shown(*metrics, one_hot=one_hot)
    with pytest.raises(DeclarationRefused, match="does not go with"):
        shown(one_hot=one_hot, weighted=metrics)


def test_a_validation_has_the_same_names_and_keras_order() -> None:
    logs = shown("acc", rows=ROWS).logs(FOUND)
    assert list(logs.items()) == [("acc", 0.9), ("loss", 0.3), ("val_acc", 0.8), ("val_loss", 0.4)]
    assert list(shown("zeal", rows=ROWS).logs(FOUND)) == list(FOUND), "as Keras gave them"
