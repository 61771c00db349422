"""What travels between judges and the referee comes back whole; anything else is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from grader import language
from grader.errors import DeclarationRefused, RefereeError
from grader.referee.service import wire
from grader.referee.service.messages import Answer, Hello, Queued, Request, Task
from grader.referee.service.wire import Malformed
from grader.referee.spec.contract import Epoch, Measures
from grader.referee.spec.recipe import Observation, dump
from tests.referee.fakes import recipe
from tests.referee.service.epochs import EPOCH, WEIGHTS


def good(**changed: Any) -> Mapping[str, Any]:
    """The header of a good request, with something changed."""
    return {"do": "step", "number": 1, "recipe": dump(recipe("x")), "who": "ada", **changed}


def read(header: Any) -> Request:
    return wire.read_request([json.dumps(header).encode()])


@pytest.mark.parametrize("task", [Task.STEP, Task.MEASURE])
def test_a_request_comes_back_whole(task: Task) -> None:
    request = Request(3, task, recipe("x", 2), "ada: mnist_998")
    assert wire.read_request([wire.write_request(request)]) == request


def test_what_is_observed_and_whether_it_may_come_later_travel_too() -> None:
    seen = Observation('{"metrics":["mse"]}', recipe("x").fits[0].images)
    request = Request(3, Task.STEP, recipe("x"), "ada", seen, later=True)
    assert wire.read_request([wire.write_request(request)]) == request


def test_a_greeting_needs_no_recipe() -> None:
    request = Request(3, Task.HELLO)
    assert wire.read_request([wire.write_request(request)]) == request


@pytest.mark.parametrize(
    "answer",
    [
        Measures(0.25, 0.5, True, 7),
        Hello({"backend": "tensorflow", "device": "cpu"}),
        Queued(4),
    ],
)
def test_an_answer_comes_back_whole(answer: Answer | Queued) -> None:
    assert wire.read_reply(wire.write_reply(9, answer)) == (9, answer)


def test_an_epoch_comes_back_with_weights_of_the_same_shapes_and_bits() -> None:
    number, answer = wire.read_reply([bytes(part) for part in wire.write_reply(9, EPOCH)])
    assert isinstance(answer, Epoch)
    assert (number, answer.key, answer.logs) == (9, "key", {"loss": 0.5, "accuracy": 1.0})
    for sent, came in zip(WEIGHTS, answer.weights, strict=True):
        assert (came.dtype, came.shape) == (sent.dtype, sent.shape)
        assert np.array_equal(came, sent)
        assert came.flags.writeable


def test_logs_may_hold_what_json_has_no_numbers_for() -> None:
    logs = {"loss": math.nan, "val_loss": math.inf, "least": -math.inf}
    _, answer = wire.read_reply(wire.write_reply(1, Epoch("", logs, 0.0, "", True, ())))
    assert isinstance(answer, Epoch)
    assert math.isnan(answer.logs["loss"])
    assert (answer.logs["val_loss"], answer.logs["least"]) == (math.inf, -math.inf)


@pytest.mark.parametrize("error", [DeclarationRefused("too large"), RefereeError("broken")])
def test_errors_come_back_as_what_they_are(error: DeclarationRefused | RefereeError) -> None:
    _, answer = wire.read_reply(wire.write_reply(1, error))
    assert type(answer) is type(error)
    assert str(answer) == str(error)


def test_a_refusal_is_said_in_the_language_of_who_asked() -> None:
    refused = DeclarationRefused(
        "a callback set the learning rate to {rate:g}, but the optimizer follows a schedule: "
        "compile it with a number, or leave the callback out",
        rate=0.5,
    )
    language.use("de")
    try:
        _, answer = wire.read_reply(wire.write_reply(1, refused))
    finally:
        language.use("en")
    assert str(answer).startswith("ein Callback hat die Lernrate auf 0.5 gesetzt")


@pytest.mark.parametrize("value", [10**30, "\ud800", (None, 9), 2.5])
def test_values_of_a_refusal_travel_whatever_they_are(value: Any) -> None:
    refused = DeclarationRefused("at most {most}", most=value)
    _, answer = wire.read_reply(wire.write_reply(1, refused))
    assert str(answer) == str(refused)


def test_text_that_utf8_has_no_letters_for_is_spelt() -> None:
    _, answer = wire.read_reply(wire.write_reply(1, DeclarationRefused("layer \ud800")))
    assert str(answer) == "layer \\ud800"
    read = wire.read_request([wire.write_request(Request(1, Task.HELLO, who="\udcff"))])
    assert read.who == "\\udcff"


def test_a_request_too_long_to_be_read_is_refused_before_it_is_sent() -> None:
    with pytest.raises(DeclarationRefused, match="bytes long"):
        wire.write_request(Request(1, Task.STEP, recipe("x" * wire.MAX_REQUEST), "ada"))


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"garbage",
        b"\xff\xfe",
        b"[]",
        b"7",
        b'{"number": NaN',
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"number": ' + b"9" * 10_000 + b"}",
        b" " * (wire.MAX_REQUEST + 1),
        json.dumps(good(do="eval")).encode(),
        json.dumps(good(do=["step"])).encode(),
        json.dumps(good(number=-1)).encode(),
        json.dumps(good(number=True)).encode(),
        json.dumps(good(number="1")).encode(),
        json.dumps(good(number=2**60)).encode(),
        json.dumps(good(who=None)).encode(),
        json.dumps(good(who="a" * 201)).encode(),
        json.dumps(good(who="line\nline")).encode(),
        json.dumps(good(who="\ud800")).encode(),
        json.dumps(good(then="step")).encode(),
    ],
    ids=lambda part: f"{part[:30]!r}",
)
def test_what_is_no_request_is_malformed(part: bytes) -> None:
    with pytest.raises(Malformed):
        wire.read_request([part])


def test_a_request_is_of_one_part() -> None:
    part = json.dumps(good()).encode()
    assert wire.read_request([part]).who == "ada"
    for parts in ([], [part, b""], [part] * 1000):
        with pytest.raises(Malformed, match="expected 1"):
            wire.read_request(parts)


@pytest.mark.parametrize("found", [None, [], {}, "x", {"network": 1, "fits": [], "seed": 0}])
def test_a_request_about_what_is_no_recipe_is_refused(found: Any) -> None:
    assert read(good()).recipe == recipe("x")
    with pytest.raises(DeclarationRefused):
        read(good(recipe=found))


def test_the_number_is_known_of_requests_that_are_otherwise_malformed() -> None:
    assert wire.number_of([json.dumps(good(do="eval", number=5)).encode()]) == 5
    assert wire.number_of([b"garbage"]) == wire.number_of([]) == 0


def epoch_with(**changed: Any) -> list[bytes]:
    """A reply with an epoch, changed in its header."""
    header, *buffers = (bytes(part) for part in wire.write_reply(1, EPOCH))
    content = json.loads(header)
    content["epoch"] |= changed
    return [json.dumps(content).encode(), *buffers]


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"garbage"],
        [b'{"number": 1}'],
        [b'{"number": 1, "epoch": 3}'],
        [b'{"number": 1, "measures": {"train_accuracy": "much"}}'],
        [b'{"number": -1, "queued": 0}'],
        [b'{"number": 1, "queued": -1}'],
        [b'{"number": 1, "refused": 3}'],
        [b'{"number": 1, "refused": {"template": "{most}", "values": {"least": 1}}}'],
        [b'{"number": 1, "refused": {"template": "{most.up}", "values": {"most": 1}}}'],
        [b'{"number": 1, "hello": 3}'],
        [b'{"number": 1, "hello": {"keras": 3}}'],
        [b'{"number": 1, "queued": 0, "failed": "x"}'],
        [b'{"number": 1, "queued": 0, "other": 0}'],
        [b'{"number": true, "queued": 0}'],
        epoch_with()[:-1],
        [*epoch_with(), b""],
        epoch_with(weights=[["<f4", [2, 2]]] * 5),
        epoch_with(weights=[["<f4", [2**40, 2**40]]] * 5),
        epoch_with(weights=[["<f4", [-1]]] * 5),
        epoch_with(weights=[["O", [3]]] * 5),
        epoch_with(weights=[["nonsense", [3]]] * 5),
        epoch_with(logs={"loss": "much"}),
    ],
    ids=lambda parts: f"{parts[:1]!r:.60}",
)
def test_what_is_no_reply_is_malformed(parts: list[bytes]) -> None:
    assert wire.read_reply(epoch_with())[0] == 1
    with pytest.raises(Malformed):
        wire.read_reply(parts)


def test_weights_that_are_no_numbers_are_the_referees_fault() -> None:
    with pytest.raises(RefereeError, match="cannot be sent"):
        wire.write_reply(1, Epoch("", {}, 0.0, "", True, (np.array([None]),)))
