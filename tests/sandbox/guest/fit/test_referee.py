"""The stand-in's messages to the referee, and what replies become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest.course_images.refused import FitRefused
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.fit.referee import Begun, GraderFailed, Referee


def replying(reply: dict[str, Any], buffers: Sequence[bytes] = ()) -> tuple[Referee, list[Any]]:
    """A referee that always gives this reply, and the messages that it was sent."""
    sent: list[Any] = []

    def exchange(message: Mapping[str, Any], _: Sequence[bytes]) -> Any:
        sent.append(message)
        return reply, buffers

    return Referee(exchange), sent


def test_a_training_has_the_number_and_epochs_that_the_referee_says() -> None:
    referee, sent = replying({"training": 3, "epochs": 2})
    assert referee.begin({"epochs": 5}) == Begun(3, 2, made_up=False)
    assert sent == [{"fit": "begin", "epochs": 5}]


def test_an_epoch_gives_logs_weights_and_steps() -> None:
    encoder = Encoder(lambda *_: {})
    weights = encoder.encode([np.ones(2)])
    referee, _ = replying({"logs": {"loss": 0.5}, "weights": weights, "steps": 4}, encoder.buffers)
    logs, arrays, steps = referee.epoch(0, None)
    assert (logs, steps) == ({"loss": 0.5}, 4)
    assert arrays is not None
    assert [array.tolist() for array in arrays] == [[1.0, 1.0]]


def test_an_epoch_of_a_dry_run_has_no_weights() -> None:
    referee, _ = replying({"logs": {}, "weights": None})
    assert referee.epoch(-1, 0.5) == ({}, None, 0)


@pytest.mark.parametrize(
    ("reply", "error"), [({"refused": "no"}, FitRefused), ({"fault": "no"}, GraderFailed)]
)
def test_refusals_and_faults_are_raised(reply: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error, match="no"):
        replying(reply)[0].end(0, False)


def test_a_call_that_is_not_accepted_is_told_and_said_in_the_courses_language() -> None:
    english = FitRefused("{name} is 1.", "Leave it out.", name="x")
    referee, sent = replying({"refused": "x ist 1. Lass es weg."})
    assert str(referee.refused(english)) == "x ist 1. Lass es weg."
    templates, values = ["{name} is 1.", "Leave it out."], {"name": "x"}
    why = {"fit": "refused", "why": "x is 1. Leave it out."}
    assert sent == [why | {"templates": templates, "values": values}]
    assert replying({})[0].refused(english) is english


def test_a_line_is_printed_in_the_courses_language(capsys: pytest.CaptureFixture[str]) -> None:
    referee, sent = replying({"said": "Nach Epoche 3 ist Schluss."})
    referee.say("It ends after epoch {epoch}.", epoch=3)
    assert capsys.readouterr().out == "Nach Epoche 3 ist Schluss.\n"
    why = {"fit": "say", "why": "It ends after epoch 3."}
    assert sent == [why | {"templates": ["It ends after epoch {epoch}."], "values": {"epoch": "3"}}]


def test_a_line_that_the_referee_does_not_answer_is_printed_in_english(
    capsys: pytest.CaptureFixture[str],
) -> None:
    replying({"refused": "no more"})[0].say("It ends.")
    assert capsys.readouterr().out == "It ends.\n"


def test_weights_refer_to_nothing_else() -> None:
    referee, _ = replying({"logs": {}, "weights": {"handle": 3}, "steps": 1})
    with pytest.raises(Malformed):
        referee.epoch(0, None)
