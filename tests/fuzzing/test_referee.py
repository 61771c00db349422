from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import DeclarationRefused, RefereeError
from grader.referee.service import wire
from grader.referee.service.messages import Answer, Hello, Queued, Request, Task
from grader.referee.spec.contract import Measures
from grader.referee.spec.recipe import Observation, dump
from tests.fuzzing import changes, texts
from tests.fuzzing.changes import Change, changed
from tests.fuzzing.running import ends_well, tried
from tests.fuzzing.texts import Repeated
from tests.referee.fakes import recipe

_OBSERVED = {"metrics": "{}", "validation": dump(recipe("x"))["fits"][0]["images"]}
_REQUEST = {
    "do": "step",
    "number": 1,
    "recipe": dump(recipe("x", 2)),
    "who": "ada",
    "observation": _OBSERVED,
    "later": False,
}
_EPOCH = {
    "key": "k",
    "logs": {"loss": 0.5, "accuracy": "nan"},
    "seconds": 1.5,
    "device": "paper",
    "fresh": True,
    "weights": [["<f4", [2]]],
}
_MEASURES = {"train_accuracy": 0.5, "test_accuracy": 0.5, "trained_on_test": False, "count": 1}
_REPLIES = (
    {"number": 1, "epoch": _EPOCH},
    {"number": 1, "measures": _MEASURES},
    {"number": 1, "hello": {"device": "paper"}},
    {"number": 1, "queued": 3},
    {"number": 1, "refused": "no"},
    {"number": 1, "failed": "no"},
)
_values = texts.anything | st.sampled_from(
    [
        "measure",
        "hello",
        "<f4",
        "|O",
        "<U1",
        "V8",
        "nan",
        "inf",
        2**31,
        2**53,
        2**62,
        [2**62, 2**62],
    ]
)
_parts = st.lists(
    st.binary(max_size=9) | st.sampled_from([b"\0" * 8, b"{}", b"null", b"[" * 5000, b"\xff"]),
    max_size=3,
)


@pytest.mark.lengthy
@tried(150)
@given(changes=changes.of(_values), more=_parts)
def test_a_request_is_read_or_refused(changes: list[Change], more: list[bytes]) -> None:
    part = texts.as_json(changed(_REQUEST, changes))
    for parts in ([part], [part, *more], more):
        with ends_well(wire.Malformed, DeclarationRefused):
            assert wire.number_of(parts) >= 0
            request = wire.read_request(parts)
            assert wire.read_request([wire.write_request(request)]) == request


@tried(150)
@given(reply=st.sampled_from(_REPLIES), changes=changes.of(_values), more=_parts)
def test_a_reply_is_read_or_malformed(
    reply: dict[str, Any], changes: list[Change], more: list[bytes]
) -> None:
    parts = [texts.as_json(changed(reply, changes)), *more]
    with ends_well(wire.Malformed):
        number, answer = wire.read_reply(parts)
        again = [bytes(part) for part in wire.write_reply(number, answer)]
        assert wire.read_reply(again)[0] == number


_answers = st.one_of(
    st.builds(Measures, st.floats(0, 1), st.floats(0, 1), st.booleans(), st.integers(0, 99)),
    st.builds(Hello, st.dictionaries(texts.words, st.text(max_size=9))),
    st.builds(Queued, st.integers(0, 2**53 - 1)),
)


@tried(60)
@given(answer=_answers, number=st.integers(0, 2**53 - 1), why=texts.texts)
def test_what_is_written_is_read(answer: Answer | Queued, number: int, why: str | Repeated) -> None:
    why = str(why)
    assert wire.read_reply(wire.write_reply(number, answer)) == (number, answer)
    for refusal in (DeclarationRefused(why), RefereeError(why)):
        said, read = wire.read_reply(wire.write_reply(number, refusal))
        assert (said, type(read)) == (number, type(refusal))
    request = Request(
        number, Task.STEP, recipe("x"), why, Observation(why.encode(errors="replace").decode())
    )
    with contextlib.suppress(wire.Malformed):  # who asks has a printable name
        assert wire.read_request([wire.write_request(request)]).number == number
