"""Messages as workers and clients have sent them so far: what is written and read stays."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from grader.errors import DeclarationRefused, RefereeError
from grader.referee.service import wire
from grader.referee.service.messages import Answer, Hello, Queued, Request, Task
from grader.referee.spec.contract import Epoch, Measures
from tests.referee import stored
from tests.referee.service.epochs import EPOCH

REQUESTS = [
    (
        Request(3, Task.STEP, stored.RECIPE, "adä: mnist"),
        {"do": "step", "number": 3, "recipe": stored.RECIPE_JSON, "who": "adä: mnist"},
    ),
    (
        Request(4, Task.MEASURE, stored.RECIPE, "ben"),
        {"do": "measure", "number": 4, "recipe": stored.RECIPE_JSON, "who": "ben"},
    ),
    (Request(5, Task.HELLO), {"do": "hello", "number": 5, "recipe": None, "who": ""}),
]


REPLIES: list[tuple[Answer | Queued, dict[str, Any]]] = [
    (
        Measures(0.25, 0.5, True, 7),
        {
            "measures": {
                "train_accuracy": 0.25,
                "test_accuracy": 0.5,
                "whole": True,
                "parameters": 7,
            }
        },
    ),
    (Hello({"backend": "tf"}), {"hello": {"backend": "tf"}}),
    (Queued(4), {"queued": 4}),
    (DeclarationRefused("no: ä"), {"refused": {"template": "no: ä"}}),
    (RefereeError("x"), {"failed": "x"}),
    (
        EPOCH,
        {
            "epoch": {
                "key": "key",
                "logs": {"loss": 0.5, "accuracy": 1.0},
                "seconds": 1.5,
                "device": "paper",
                "fresh": True,
                "weights": [
                    ["<f4", [2, 3]],
                    ["<i8", []],
                    ["<f2", [0, 4]],
                    ["|u1", [2, 2]],
                    ["|b1", [2]],
                ],
            }
        },
    ),
]


@pytest.mark.parametrize(("request_", "header"), REQUESTS, ids=["step", "measure", "hello"])
def test_a_request_is_written_and_read_as_ever(request_: Request, header: dict[str, Any]) -> None:
    assert json.loads(wire.write_request(request_)) == header
    assert wire.read_request([json.dumps(header).encode()]) == request_


@pytest.mark.parametrize(("answer", "header"), REPLIES, ids=lambda found: type(found).__name__)
def test_a_reply_is_written_and_read_as_ever(
    answer: Answer | Queued, header: dict[str, Any]
) -> None:
    first, *buffers = wire.write_reply(9, answer)
    assert json.loads(bytes(first)) == {"number": 9, **header}
    number, read = wire.read_reply([json.dumps({"number": 9, **header}).encode(), *buffers])
    assert number == 9
    assert type(read) is type(answer)
    if isinstance(answer, Exception | Epoch):
        assert str(read)[:10] == str(answer)[:10]
    else:
        assert read == answer


def test_logs_that_are_no_numbers_are_words_in_a_header() -> None:
    logs = {"loss": math.nan, "val_loss": math.inf, "least": -math.inf}
    (first,) = wire.write_reply(1, Epoch("", logs, 0.0, "", True, ()))
    told = json.loads(bytes(first))["epoch"]["logs"]
    assert told == {"loss": "nan", "val_loss": "inf", "least": "-inf"}
