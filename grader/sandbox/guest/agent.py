"""Answers the examiner's questions in a student's kernel: describes values and takes calls.

The examiner runs one line in the kernel, ``answer()``. It asks for a question on the stdin channel,
works on it, and hands over the answer on the same channel.
"""

from __future__ import annotations

import contextlib
import dataclasses
import linecache
import sys
import time
import traceback
import types
from collections.abc import Callable, MutableMapping
from typing import Any

from . import figures, models, tensors
from .fit.stand_in import FitStandIn
from .kept import KeptNames
from .notices import Notices
from .printed import Printed
from .protocol import MAX_LINE, MAX_MESSAGE
from .stdin import Exchange, exchange, user_namespace
from .surroundings import Surroundings
from .values import Decoder, Encoder, Malformed


class Agent:
    """Answers questions, one at a time.

    Args:
        exchange: sends a message to the examiner and returns its reply.
        namespace: returns the student's names.

    Attributes:
        fit: what stands in for ``keras.Model.fit``; it asks over the same exchange.
        around: what the test and the student's code share around a question.
    """

    def __init__(
        self, exchange: Exchange, namespace: Callable[[], MutableMapping[str, Any]]
    ) -> None:
        self.exchange = exchange
        self.fit = FitStandIn(exchange)
        self.around = Surroundings()
        self._handles: dict[int, Any] = {}
        self._kept = KeptNames(namespace)

    def answer(self) -> None:
        """Ask for a question, work on it, and hand over the answer."""
        question, buffers = self.exchange({"ready": True}, [])
        printed = Printed()
        reply: dict[str, Any]
        encoder, notices = Encoder(self._refer), Notices()
        decoder = Decoder(buffers, self._resolve)
        try:
            with (
                self.around.during(question, decoder) as notices,
                contextlib.redirect_stdout(printed),
                self._kept.in_place(str(question["do"])),
            ):
                result = self.work(question, decoder)
                reply = {"value": encoder.encode(result)}
        except BaseException as error:  # students raise anything, SystemExit included
            if isinstance(error, KeyboardInterrupt):
                raise
            encoder = Encoder(self._refer)
            reply = {"error": type(error).__name__, "message": _message(error)}
            reply["line"] = _line(error)
        reply["printed"] = printed.getvalue()
        reply |= self.around.told(notices, encoder)
        self.exchange(reply, encoder.buffers)

    def work(self, question: dict[str, Any], decoder: Decoder) -> Any:
        """The answer to a question, not yet encoded; raises what the student's code raises."""
        match question["do"]:
            case "keep":
                return self._kept.keep(question["place"], question["names"])
            case "look":
                return self._look(question["names"], question["place"])
            case "call":
                arguments = [decoder.decode(argument) for argument in question["arguments"]]
                named = {name: decoder.decode(value) for name, value in question["named"].items()}
                return self._handles[question["of"]](*arguments, **named)
            case "run":
                arguments = [decoder.decode(argument) for argument in question["arguments"]]
                facts = _module_function(question)(*arguments)
                if dataclasses.is_dataclass(facts) and not isinstance(facts, type):
                    return dataclasses.astuple(facts)
                return facts
            case "dry_run":
                return self.fit.dry_run(self._handles[question["of"]], question["epochs"])
            case "pyplot":
                return figures.function(question["name"])
            case "clock":
                return time.process_time()
            case other:
                raise Malformed(f"unknown question {other}")

    def _look(self, names: list[str], place: str) -> dict[str, Any]:
        """Those of ``names`` that are defined, as they were at ``place`` where they were kept.

        Handles of earlier questions are dropped.
        """
        self._handles.clear()
        return self._kept.look(place, names)

    def _refer(self, value: Any, encoder: Encoder) -> dict[str, Any]:
        """How a value is sent that is no plain data."""
        kind = type(value)
        if (array := tensors.array_of(value)) is not None:
            return encoder.encode(array)  # type: ignore[no-any-return]
        keras = sys.modules.get("keras")
        if keras is not None and isinstance(value, keras.callbacks.History):
            return {"history": encoder.encode([value.history, value.epoch, value.params])}
        if keras is not None and isinstance(value, keras.Model):
            return {"model": self._keep(value)} | models.describe(value, keras, encoder)
        handle = {"handle": self._keep(value), "type": kind.__name__, "callable": callable(value)}
        if not isinstance(value, type):
            return handle
        return handle | {"class": value.__name__, "number": self.fit.classes.number(value)}

    def _resolve(self, tag: str, reference: dict[str, Any], decoder: Decoder) -> Any:
        """What the examiner refers to: something kept here, or a model that it describes."""
        if tag == "handle":
            return self._handles[reference["handle"]]
        if tag == "model":
            import keras

            model = keras.models.model_from_json(reference["description"])
            model.set_weights(decoder.decode(reference["weights"]))
            return model
        raise Malformed(f"unknown reference {tag}")

    def _keep(self, value: Any) -> int:
        """Keep a value for later calls; returns the number of its handle."""
        number = len(self._handles)
        self._handles[number] = value
        return number


def _module_function(question: dict[str, Any]) -> Any:
    """A function of a check's module, whose text came with the question.

    It looks at objects that exist only here. Its modules' names are free again afterwards: the
    sandbox holds no module of checks.
    """
    loaded: dict[str, types.ModuleType] = {}
    for name in question["modules"]:
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            loaded.setdefault(".".join(parts[:end]), types.ModuleType(".".join(parts[:end])))
    for module in loaded.values():
        module.__path__ = []  # each may be a package: imports go through its name
    before = {name: sys.modules.get(name) for name in loaded}
    sys.modules.update(loaded)
    try:
        for name, text in question["modules"].items():
            exec(compile(text, f"<{name}>", "exec"), vars(loaded[name]))
    finally:
        for name, old in before.items():
            if old is None:
                del sys.modules[name]
            else:
                sys.modules[name] = old
    return getattr(loaded[question["module"]], question["function"])


def _message(error: BaseException) -> str:
    try:
        return str(error)[:MAX_MESSAGE]
    except Exception:
        return ""


def _line(error: BaseException) -> str:
    """The last line of a cell's code that an exception came through; empty if of none."""
    found = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") == "__main__":
            code = linecache.getline(frame.f_code.co_filename, number).strip()
            found = f"line {number}, `{code}`" if code else ""
    return found[:MAX_LINE]


AGENT = Agent(exchange, user_namespace)
