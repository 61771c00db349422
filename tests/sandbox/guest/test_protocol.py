"""Both sides of the exchange send what the table says, and nothing else."""

from __future__ import annotations

import dataclasses
import enum
import json
import logging
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from grader import datasets
from grader.checks.protocols import CallbackProxy, capability
from grader.errors import ClaimFailed, SandboxError
from grader.examiner.proxies import Proxies
from grader.examiner.surroundings.base import Around
from grader.examiner.training import fit_declaration
from grader.examiner.training.trainings import Trainings
from grader.model import Budget
from grader.notebook.judging import kernel_stdin
from grader.notebook.judging.class_referee import Digests
from grader.notebook.judging.fit_requests import asked
from grader.sandbox import guarded_context, protocol_page
from grader.sandbox.guest import ProtocolMismatch, install, printed, protocol
from grader.sandbox.guest.course_images.refused import FitRefused
from grader.sandbox.guest.data import decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.fit.stand_in import FitStandIn
from grader.sandbox.guest.handles import references
from grader.sandbox.guest.surroundings import seeds
from grader.sandbox.messages.fields import Sender
from grader.sandbox.messages.questions import QUESTIONS
from grader.sandbox.messages.trainings import TRAININGS
from tests import students
from tests.conftest import ROOT
from tests.in_process import InProcess
from tests.referee.fake import FakeReferee
from tests.sandbox.guest.message_table import recognise
from tests.slices import write_slices
from tests.students import alone

pytestmark = pytest.mark.keras


# An agent without a kernel: the examiner's proxies ask it in this process


class Extras(Around):
    """Adds to each question all that a test cell may add."""

    def ask(self, question: dict[str, Any], encoder: Encoder) -> None:
        """Add it."""
        if question["do"] == "look":
            question["folder"] = "/nowhere"
        question["files"] = encoder.encode({"work/a": b"a", "work/b/": True, "work/c": None})
        question["random"] = encoder.encode({"python": seeds.python_state()})
        question["levels"] = encoder.encode({"bank": 10})
        question["environment"] = encoder.encode({"KEY": "a", "NONE": None})
        question["argv"] = encoder.encode(["program", "-x"])
        question["here"] = "tmp/there"


class Loop(InProcess):
    """An agent of which all messages are compared with the table.

    Args:
        names: the student's names.
    """

    def __init__(self, names: Mapping[str, Any]) -> None:
        super().__init__(names=names)
        self.proxies = Proxies(self.ask, alone, self.trainings, around=Extras())

    def seen(self) -> list[str]:
        """The names of all messages."""
        senders = (Sender.AGENT, Sender.EXAMINER)
        sent = [recognise(message, QUESTIONS, *senders) for message in self.said]
        fit = [recognise(request, TRAININGS, Sender.FIT) for request in self.requests]
        return sent + fit


Color = enum.Enum("Color", ["RED"])
Pair = NamedTuple("Pair", [("a", int)])  # noqa: UP014
Point = dataclasses.make_dataclass("Point", ["x"], order=True)
Poor = type("Poor", (ValueError,), {})


def raises_poor() -> None:
    raise Poor("no") from KeyError("key")


OBJECTS = {"Color": Color, "Pair": Pair, "Point": Point, "poor": raises_poor, "view": {1: 2}.keys()}


def look_at_objects(proxies: Proxies) -> None:
    """Use what stays in the kernel, and what is copied with its class."""
    names = proxies.look(["call", *OBJECTS])
    sent = (names["Color"].RED, names["Pair"](3), names["Point"](5), names["Point"], int)
    assert names["call"](*sent)[0] == sent
    assert sent[2].x == 5
    assert list(names["view"]) == [1]
    with pytest.raises(ValueError, match="no"):
        names["poor"]()


def test_questions_and_answers_are_those_of_the_table() -> None:
    import keras

    class Stops(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            print(epoch)
            self.model.stop_training = True

    def failing() -> None:
        print("no", file=sys.stderr)
        warnings.warn("no", stacklevel=1)
        logging.getLogger("bank").warning("no")
        raise ValueError("x" * 20_000)

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    history = keras.callbacks.History()
    history.history, history.epoch, history.params = {"loss": [0.5]}, [0], {"epochs": 1}
    names = {"model": model, "history": history, "Stops": Stops, "failing": failing}
    names |= OBJECTS
    names |= {"call": lambda *given, **named: (given, named), "plain": [1, 2.5, {"a": np.ones(3)}]}
    names |= {"apply": lambda function, *_: function()}
    loop = Loop(names)
    loop.proxies.keep(["plain"])
    proxies = loop.proxies.look([*names, "missing"])
    assert list(proxies) == list(names)
    assert proxies["call"](1, proxies["Stops"], proxies["model"], key=np.float32(2))[1] == {
        "key": 2.0
    }
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    assert proxies["call"](other)[0][0].count_params() == 10
    with pytest.raises(ValueError, match="xxx") as raised:
        proxies["failing"]()
    assert len(str(raised.value)) == protocol.MAX_MESSAGE
    stops, call = (capability(proxies[name], CallbackProxy) for name in ("Stops", "call"))
    assert stops is not None
    assert call is not None
    assert stops.dry_run([{"loss": 1.0}, {"loss": 0.5}]) == (1, ["0\n"])
    with pytest.raises(ClaimFailed):
        call.dry_run([{"loss": 1.0}])
    with pytest.raises(ClaimFailed, match="Figure"):
        loop.proxies.run("grader.checks.figures", "_described", proxies["plain"])
    assert proxies["apply"](lambda: 3, {"a": [1]}) == 3
    with pytest.raises(ZeroDivisionError):
        proxies["apply"](lambda: 1 / 0)
    assert proxies["call"](len, {}.keys(), (n for n in [1]), Stops)[0][3] is Stops
    look_at_objects(loop.proxies)
    assert loop.proxies.clock() > 0
    assert loop.proxies.pyplot("get_fignums")() == []
    unseen = {m.name for m in QUESTIONS} - set(loop.seen())
    assert unseen == {"received"}, "it is what this loop and the kernel's session reply"


# The stand-in for fit without a kernel: the record of trainings answers it in this process


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    from grader.sandbox.guest.course_images import images

    write_slices(ROOT / "data", tmp_path)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    images._arrays.cache_clear()
    yield tmp_path
    images._arrays.cache_clear()


def test_messages_of_trainings_are_those_of_the_table(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras

    referee, seen = FakeReferee(), []
    budget = Budget(epochs=3)
    trainings = Trainings(referee, "ada", budget, Digests(data))

    def exchange(content: Mapping[str, Any], buffers: Sequence[bytes]) -> Any:
        assert list(buffers) == []
        request = asked({"prompt": json.dumps(content)})
        seen.append(recognise(request, TRAININGS, Sender.FIT))
        reply, parts = trainings.answer(request or {})
        seen.append(recognise(json.loads(json.dumps(reply)), TRAININGS, Sender.REFEREE))
        return reply, parts

    fit = FitStandIn(exchange).in_place_of(keras.Model.fit)
    (x, y), _ = datasets.load(data, "mnist")
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(10, "softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    fit(model, x[:64] / 255, y[:64], epochs=2, verbose=0, validation_split=0.25)
    with pytest.raises(FitRefused):
        fit(model, x[::-1], y, callbacks=[keras.callbacks.History()] * 3)
    fit(model, x[:64] / 255, y[:64], epochs=5, validation_data=(x[:9] / 255, y[:9]), verbose=0)
    assert capsys.readouterr().out.startswith("The training ends after epoch 1: ")
    with pytest.raises(FitRefused, match="more than 3"):
        fit(model, x[:64] / 255, y[:64], verbose=0)
    referee.broken = "it ended"
    model = keras.models.clone_model(model)
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(RuntimeError, match="it ended"):
        fit(model, x[:64] / 255, y[:64], verbose=0)
    assert {m.name for m in TRAININGS} - set(seen) == {"begin a dry run"}


# Numbers, version, and the page


def test_both_sides_hold_the_limits_of_the_table() -> None:
    for limit in protocol.LIMITS:
        assert type(getattr(protocol, limit.name)) is int
    assert decoder.MAX_BYTES is protocol.MAX_BYTES
    assert printed.MAX_PRINTED is protocol.MAX_PRINTED
    assert references.MAX_MESSAGE is protocol.MAX_MESSAGE
    assert fit_declaration.MAX_CALLBACKS == protocol.MAX_CALLBACKS
    assert guarded_context.MESSAGE_BYTES >= 2 * protocol.CHUNK
    assert set(kernel_stdin._NO_ANSWER) == {"error", "message"}


def test_the_examiner_cuts_what_is_longer_than_the_table_says() -> None:
    said = {"error": "E" * 1000, "message": "m" * 50_000, "printed": ""}
    with pytest.raises(Exception, match="m") as raised:
        Proxies(lambda *_: (said, []), alone).look(["a"])
    assert len(str(raised.value)) == protocol.MAX_MESSAGE
    assert len(raised.value.name) == protocol.MAX_ERROR_NAME  # type: ignore[attr-defined]
    trainings = Trainings(None, "", Budget(), {})
    trainings.answer({"fit": "refused", "why": "w" * 50_000})
    assert len(trainings._trainings.last_refusal) == protocol.MAX_REFUSAL


def test_another_version_is_refused() -> None:
    with pytest.raises(ProtocolMismatch, match=f"version {protocol.VERSION}"):
        install(protocol.VERSION + 1)


@pytest.mark.kernel
@pytest.mark.xdist_group("agent")
def test_a_kernel_whose_agent_speaks_another_version_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = protocol.INSTALL.replace(f"({protocol.VERSION})", "(0)")
    monkeypatch.setattr(protocol, "INSTALL", line)
    with pytest.raises(SandboxError, match="version 0"), students.started(tmp_path):
        pass


def test_the_page_is_written_from_the_table() -> None:
    text = protocol_page.PAGE.read_text()
    assert text == protocol_page.page(), "run: python -m grader.sandbox.protocol_page"
