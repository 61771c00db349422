"""What a kernel says of a fit is checked field by field."""

from __future__ import annotations

from typing import Any

import pytest

from grader.examiner.training.trainings import Trainings
from tests.declared_images import IMAGES
from tests.examiner.training.fits import BEGIN, fit
from tests.referee.fake import FakeReferee

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    "changed",
    [
        {"network": None},
        {"network": "{}"},
        {"network": "[" * 100_000},
        {"compiled": None},
        {"compiled": 3},
        {"images": None},
        {"images": {}},
        {"images": IMAGES | {"dataset": "svhn"}},
        {"images": IMAGES | {"dataset": ["mnist"]}},
        {"images": IMAGES | {"part": "both"}},
        {"images": IMAGES | {"count": 0}},
        {"images": IMAGES | {"count": 2**40}},
        {"images": IMAGES | {"first": -1}},
        {"images": IMAGES | {"divisor": 0.0}},
        {"images": IMAGES | {"divisor": float("nan")}},
        {"images": IMAGES | {"shape": [28, 29]}},
        {"images": IMAGES | {"shape": 784}},
        {"images": IMAGES | {"one_hot": 1}},
        {"validation": []},
        {"validation_split": 1.0},
        {"validation_split": True},
        {"validation_split": 0.99, "images": IMAGES | {"count": 1}},
        {"batch_size": 0},
        {"batch_size": 2.0},
        {"epochs": -1},
        {"epochs": 10**9},
        {"shuffle": 1},
        {"fresh_optimizer": None},
        {"callbacks": "Stop"},
        {"callbacks": [["Stop"]]},
        {"callbacks": ["Stop"] * 1000},
        {"continues": 0},
        {"continues": "0"},
        {"continues": -1},
    ],
)
def test_what_is_no_fit_is_refused(
    trainings: Trainings, referee: FakeReferee, changed: dict[str, Any]
) -> None:
    reply, _ = trainings.answer(BEGIN | changed)
    assert list(reply) == ["refused"]
    assert referee.steps == []
    assert fit(trainings, 1)[1] is not None, "the next is carried out"


@pytest.mark.parametrize("name", BEGIN)
def test_nothing_may_be_missing(trainings: Trainings, name: str) -> None:
    reply, _ = trainings.answer({key: value for key, value in BEGIN.items() if key != name})
    if name == "why":  # said for people alone
        assert "training" in reply
    else:
        assert list(reply) == ["refused"]


@pytest.mark.parametrize("rate", [-1.0, float("nan"), float("inf"), "0.1", True, [0.1]])
def test_what_is_no_learning_rate_is_refused(trainings: Trainings, rate: Any) -> None:
    number = trainings.answer(BEGIN)[0]["training"]
    epoch = {"fit": "epoch", "training": number}
    assert "refused" in trainings.answer(epoch | {"learning_rate": rate})[0]
    assert "logs" in trainings.answer(epoch | {"learning_rate": 0.1})[0]
