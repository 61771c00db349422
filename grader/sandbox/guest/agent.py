"""Answers the examiner's questions in a student's kernel: describes values and takes calls.

The examiner runs one line in the kernel, ``answer()``. It asks for a question on the stdin channel,
works on it, and hands over the answer on the same channel. The reply to it is the next question, so
that a question costs one message each way; at the end of the questions it is empty.
"""

from __future__ import annotations

import contextlib
import dataclasses
import linecache
import sys
import time
import traceback
import types
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any

from .callbacks.calls import Calls, Reply, arguments_of
from .callbacks.handed import number_of_error
from .callbacks.patches import Patches
from .data import tensors
from .data.counted import Malformed
from .data.decoder import Decoder
from .data.encoder import Encoder
from .data.endings import heard, told
from .data.shared import Shared
from .fit.stand_in import FitStandIn
from .handles import objects
from .handles.classes import Classes
from .handles.object_numbers import ObjectNumbers
from .handles.references import TAGS, References, message
from .kept import KeptNames
from .keras_models import models
from .printed import Printed
from .protocol import MAX_LINE
from .stdin import Exchange, exchange, user_namespace
from .surroundings import figures
from .surroundings.in_kernel import Surroundings
from .surroundings.notices import Notices


class Agent:
    """Answers questions, one at a time.

    Args:
        exchange: sends a message to the examiner and returns its reply.
        namespace: returns the student's names.

    Attributes:
        fit: what stands in for ``keras.Model.fit``; it asks over the same exchange.
        around: what the test and the student's code share around a question.
        calls: what the student's code calls of the test's, over the same exchange.
    """

    def __init__(
        self, exchange: Exchange, namespace: Callable[[], MutableMapping[str, Any]]
    ) -> None:
        self.exchange = exchange
        self._patches = Patches()
        self.fit = FitStandIn(self._send)
        self.around = Surroundings()
        self.calls = Calls(
            self._send,
            self._worked,
            self._encoder,
            self._resolve,
            attended=objects.LOOP.attended,
            lifted=self._patches.lifted,
        )
        self._objects = ObjectNumbers()
        classes = Classes(self._objects, self.fit.classes, self.calls.handed.number_of)
        self._references = References(self._objects, classes)
        self._kept = KeptNames(namespace)

    def install(self) -> None:
        """Prepare this kernel, ahead of all student code."""
        objects.LOOP.prepare()
        self.fit.install()
        self.around.install()

    def answer(self) -> None:
        """Ask for questions, work on each, and hand over its answer, until no more come."""
        replies = [self.exchange({"ready": True}, [])]
        while replies[0][0]:
            # No name here keeps what may be large: questions may be far apart.
            replies.append(self.exchange(*self.calls.answer(*replies.pop())))

    def _send(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        with self._patches.lifted():
            return self.exchange(content, buffers)

    def _worked(self, question: dict[str, Any], buffers: Sequence[Any]) -> Reply:
        """The answer to a question, or what was raised instead, with what changed meanwhile."""
        shared, printed, notices = self.calls.shared, Printed(), Notices()
        decoder, encoder = Decoder(buffers, self._resolve, shared), self._encoder(shared)
        is_read = False
        try:
            arguments = arguments_of(question, decoder)
            patched = self._patches.applied(
                question.get("patched", {}), decoder, self._kept.bind, self._kept.now
            )
            with (
                self.around.during(question, decoder) as notices,
                contextlib.redirect_stdout(printed),
                self._kept.in_place(str(question["do"])),
                patched,
            ):
                with self._patches.lifted():
                    heard(question, decoder)
                is_read = True
                result = self.work(question, *arguments)
                with self._patches.lifted():
                    reply = {"value": encoder.encode(result)}
                    changed = shared.changed(encoder.content)
        except BaseException as error:  # students raise anything, SystemExit included
            if isinstance(error, KeyboardInterrupt):
                raise
            reply = self._error(error)
            if not is_read:  # and nobody knows of which values both sides have heard
                decoder.keep(question)
                shared.clear()
            changed, encoder = self._changed()
            reply |= self._raised(error)
        arguments = result = None  # type: ignore[assignment]  # they shall not count as held
        reply["printed"] = printed.getvalue()
        reply |= self.around.told(notices, encoder)
        reply |= told(encoder, changed, ends="within" not in question)
        return reply, encoder.buffers

    def _encoder(self, shared: Shared | None = None, *, numbered: bool = False) -> Encoder:
        return Encoder(self._refer, shared, numbered=numbered, path=self.around.path_in_test)

    def _changed(self) -> tuple[dict[str, Any], Encoder]:
        """What a call changed that raised something; nothing where that cannot be sent."""
        shared = self.calls.shared
        shared.forget_unsent()
        encoder = self._encoder(shared)
        try:
            return shared.changed(encoder.content), encoder
        except Exception:
            shared.forget_unsent()
            return {}, self._encoder(shared)

    def _error(self, error: BaseException) -> dict[str, Any]:
        """What was raised, in words; an exception of the test's by its number."""
        reply: dict[str, Any] = {"error": type(error).__name__, "line": _line(error)}
        if (number := number_of_error(error)) is not None:
            return reply | {"message": "", "again": number}
        return reply | {"message": message(error)}

    def work(
        self, question: dict[str, Any], arguments: Sequence[Any] = (), named: Mapping[str, Any] = {}
    ) -> Any:
        """The answer to a question, not yet encoded; raises what the student's code raises."""
        match question["do"]:
            case "keep":
                return self._kept.keep(question["place"], question["names"])
            case "look":
                return self._look(question["names"], question["place"])
            case "call":
                with objects.LOOP.running():
                    return self._objects[question["of"]](*arguments, **named)
            case "operate":
                with objects.LOOP.running():
                    return objects.operate(question["operation"], arguments)
            case "run":
                facts = _module_function(question)(*arguments)
                if dataclasses.is_dataclass(facts) and not isinstance(facts, type):
                    return dataclasses.astuple(facts)
                return facts
            case "dry_run":
                return self.fit.dry_run(self._objects[question["of"]], question["epochs"])
            case "pyplot":
                return figures.function(question["name"])
            case "clock":
                return time.process_time()
            case other:
                raise Malformed(f"unknown question {other}")

    def _look(self, names: list[str], place: str) -> dict[str, Any]:
        """Those of ``names`` that are defined, as they were at ``place`` where they were kept.

        What was kept for earlier questions is dropped.
        """
        self._objects.clear()
        self.calls.handed.clear()
        return self._kept.look(place, names)

    def _refer(self, value: Any, encoder: Encoder) -> dict[str, Any]:
        """How a value is sent that is no plain data."""
        if (number := self.calls.handed.number_of(value)) is not None:
            return {"own": number}
        if (array := tensors.array_of(value)) is not None:
            return encoder.encode(array)  # type: ignore[no-any-return]
        keras = sys.modules.get("keras")
        if keras is not None and isinstance(value, keras.callbacks.History):
            return {"history": encoder.encode([value.history, value.epoch, value.params])}
        if keras is not None and isinstance(value, keras.Model):
            number = self._objects.number(value)
            return {"model": number} | models.describe(value, keras, encoder)
        return self._references.refer(value, encoder)

    def _resolve(self, tag: str, reference: dict[str, Any], decoder: Decoder) -> Any:
        """What the examiner refers to: something kept here, or a model that it describes."""
        if tag in TAGS:
            value = self._references.resolve(tag, reference, decoder)
            if tag == "handle" and "weights" in reference:  # a test has set them
                value.set_weights(decoder.decode(reference["weights"]))
            return value
        if tag == "model":
            import keras

            model = keras.models.model_from_json(reference["description"])
            model.set_weights(decoder.decode(reference["weights"]))
            return model
        return self.calls.handed.resolve(tag, reference, decoder)

    def _raised(self, error: BaseException) -> dict[str, Any]:
        """What was raised, as far as it can be sent: long arguments are left out."""
        for whole in (True, False):
            encoder = self._encoder()
            with contextlib.suppress(Exception):
                raised = self._references.exception(error, encoder, whole=whole)
                if not encoder.buffers:
                    return {"raised": raised}
        return {}


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
    for name, module in loaded.items():
        module.__path__ = []  # each may be a package: imports go through its name
        module.__file__ = f"<{name}>"  # no file of this machine's, but every module has the name
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


def _line(error: BaseException) -> str:
    """The last line of a cell's code that an exception came through; empty if of none."""
    found = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") != "__main__":
            continue
        file = frame.f_code.co_filename
        if file.startswith("<timed "):  # below %%time: IPython does not keep the text
            found = f"line {number} below `%%time`"
        else:
            code = linecache.getline(file, number).strip()
            found = f"line {number}, `{code[: MAX_LINE - 40]}`" if code else ""
    return found


AGENT = Agent(exchange, user_namespace)
