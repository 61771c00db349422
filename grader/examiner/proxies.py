"""What a name of the student's is in the examiner: plain data, a model, or a handle to ask.

The other side of ``grader.sandbox.guest.agent``. All that arrives becomes exactly built-in or numpy
types, Keras models that are built here, or handles: there is no object of the student's on this
side, so none of their methods is ever run here.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from grader.checks.protocols import grant
from grader.examiner import questions, raised
from grader.examiner.evidence.interview import Asked
from grader.examiner.exchange import Ask, Exchange
from grader.examiner.loops import asking_outside
from grader.examiner.objects import classes, exceptions
from grader.examiner.objects.classes import Classes
from grader.examiner.objects.handles import Handle, kept_of
from grader.examiner.objects.kept import Kept, facts_of
from grader.examiner.objects.powers import Powers
from grader.examiner.sources import sources
from grader.examiner.surroundings.base import Around
from grader.examiner.training.dry_runs import Script
from grader.examiner.training.trainings import Trainings
from grader.model import Budget
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.name_patterns import picked
from grader.sandbox.guest.protocol import MAX_KEPT, MAX_MESSAGE

CallBlocked = Callable[[str, tuple[Any, ...]], Any]
_Names = Mapping[str, Any]


class Proxies:
    """The proxies of one student's kernel.

    Args:
        ask: sends a question and its buffers to the kernel agent; returns the answer and its
            buffers.
        call_blocked: calls a student's function by name where numpy is the only library.
        trainings: what the referee trained for this kernel; nothing, where it is left out.
        place: where names may have been kept; see ``keep``.
        heard: told each question with its answer.
        around: what surrounds the test cell that asks.
        lets_change: whether a later call changes what the test has handed in before; see
            ``later_changes``.
    """

    def __init__(
        self,
        ask: Ask,
        call_blocked: CallBlocked,
        trainings: Trainings | None = None,
        place: str = "",
        heard: Callable[[Asked], None] = lambda _: None,
        *,
        around: Around | None = None,
        lets_change: bool = False,
    ) -> None:
        self.call_blocked, self._place = call_blocked, place
        self._around = around or Around()
        self.trainings = trainings or Trainings(None, "", Budget(), {})
        # The proxies of models, and their numbers in the kernel; each model's class is Keras' own.
        # The last part tells whether a test has set their weights.
        self._models: WeakKeyDictionary[Any, tuple[int, bytes]] = WeakKeyDictionary()
        # By their numbers, so that one object of the student's is one object here.
        self._handles: WeakValueDictionary[int, Handle] = WeakValueDictionary()
        self._classes = Classes(self)
        self._names: dict[int, str] = {}
        self.imported: frozenset[str] = frozenset()
        self._exchange = Exchange(
            asking_outside(ask), heard, self._refer, self._resolve, lets_change=lets_change
        )
        self.reading, self.replaced = self._exchange.reading, self._exchange.replaced

    def keep(self, names: Sequence[str]) -> None:
        """Keep what ``names`` are now in the student's kernel, for a later look at this place."""
        question = {"do": "keep", "names": list(names), "place": self._place}
        self._answer(question, self._exchange.encoder())

    def look(self, names: Sequence[str]) -> dict[str, Any]:
        """The proxies of those of ``names`` that are bound in the student's kernel.

        Each is what it was when ``keep`` was called for this place, or else what it is now. What
        the course's own cells import is this process' own.
        """
        ours = self._around.modules(names)
        self.imported = frozenset(ours)
        names = [name for name in names if name not in ours]
        question = {"do": "look", "names": names, "place": self._place}
        self._handles.clear()  # the kernel drops what it kept
        self._exchange.forget()
        self._names.clear()
        self._classes = Classes(self)
        answer = self._answer(question, self._exchange.encoder())
        if type(answer) is not dict:
            raise Malformed("names were asked for")  # and no other, as `range` or `__builtins__`
        known = {name: answer[name] for name in picked(answer, names)}
        for name, value in known.items():
            if (kept := kept_of(value)) is not None:
                self._names[kept.number] = name
        return known | ours

    def name(self, number: int) -> str:
        """The name by which the test cell has an object; empty where it has it by none."""
        return self._names.get(number, "")

    @property
    def has_parted(self) -> bool:
        """Whether a later call changed the student's copy of the test's data; see ``Shared``."""
        return bool(self._exchange.parted)

    def names_of_parted(self, names: _Names) -> list[str]:
        """Those of a test's names that are bound to such data."""
        parted = {id(value) for value in self._exchange.parted}
        return [name for name, value in names.items() if id(value) in parted]

    def clock(self) -> float:
        """Processor seconds that the kernel reports; 0.0 if it reports none."""
        seconds = self._answer({"do": "clock"}, self._exchange.encoder())
        return seconds if type(seconds) is float else 0.0

    def pyplot(self, name: str) -> Any:
        """A function of pyplot in the student's kernel."""
        return self._answer({"do": "pyplot", "name": name}, self._exchange.encoder())

    def call(self, number: int, arguments: Sequence[Any], named: dict[str, Any]) -> Any:
        """What a call in the student's kernel returned; what it raised there is raised here."""
        with self.replaced.lifted():
            encoder = self._exchange.encoder()
            question = questions.call(number, self.name(number), arguments, named, encoder)
            return self._answer(question, encoder)

    def operate(self, operation: str, *arguments: Any) -> Any:
        """What an operation in the student's kernel gives; see ``guest.objects``.

        Args:
            operation: its name.
            arguments: what it is done with; an object of the student's is among them.
        """
        if self.reading.goes_on:
            return self.reading.known(operation, arguments[0])
        with self.replaced.lifted():
            encoder = self._exchange.encoder()
            return self._answer(questions.operate(operation, arguments, encoder), encoder)

    def run(self, module: str, function: str, *arguments: Any) -> Any:
        """Run a function of a check's module beside the student's objects.

        The module's text travels there. It gathers facts about an object that exists only there;
        it holds no expected answer.
        """
        with self.replaced.lifted():
            encoder = self._exchange.encoder()
            asked = {"do": "run", "module": module, "function": function}
            question: dict[str, Any] = asked | {"modules": sources(module)}
            question["arguments"] = [encoder.encode(argument) for argument in arguments]
            return self._answer(question, encoder)

    def dry_run(self, number: int, logs: Sequence[Mapping[str, float]]) -> tuple[Any, Any]:
        """Let a callback's class see a training with made-up logs, in the student's kernel.

        Returns:
            The epoch after which the training was stopped, or None, and what each epoch printed.
        """
        question = {"do": "dry_run", "of": number, "epochs": len(logs)}
        with self.trainings.dry_run(logs) as script:
            printed = self._answer(question, self._exchange.encoder(), script)
        return script.stopped_after, printed

    def _answer(
        self, question: dict[str, Any], encoder: Encoder, script: Script | None = None
    ) -> Any:
        self.reading.require_end()
        self.reading.is_looked_up = question.get("operation") == "hash"
        with self.replaced.lifted():
            self._around.ask(question, encoder)
            return self._exchange.answer(question, encoder, self._taken, script)

    def _taken(self, reply: dict[str, Any], decoder: Decoder) -> Any:
        """The answer that a reply holds; raises what was raised instead."""
        if type(printed := reply.get("printed")) is str:
            sys.stdout.write(printed)
        self._around.answered(reply, decoder)
        if "error" in reply:
            raise raised.by_reply(reply, self._exchange.callbacks, self._resolve)
        value = decoder.decode(reply.get("value"))
        self._around.decoded()
        return value

    def _refer(self, value: Any, encoder: Encoder) -> dict[str, Any]:
        """How a value of the examiner's is written where it is no plain data."""
        if type(value) is Kept:
            return {"handle": value.number}
        kept = kept_of(value) or exceptions.kept_exception(value)
        if kept is not None:
            return {"handle": kept.number}
        if (name := classes.built_in_name(value)) is not None:
            return {"builtin": name}
        if classes.is_copy(value):
            return classes.copied(value, encoder)
        keras = sys.modules.get("keras")
        if keras is None or not isinstance(value, keras.Model):
            return self._exchange.handed.refer(value, encoder)
        from grader.examiner import model_proxies

        if (known := self._models.get(value)) is not None:
            weights, now = model_proxies.set_since(value, known[1])
            self._models[value] = known[0], now
            told = {} if weights is None else {"weights": encoder.encode(weights)}
            return {"handle": known[0]} | told
        description, weights = model_proxies.describe(value)
        return {"model": None, "description": description, "weights": encoder.encode(weights)}

    def _resolve(self, tag: str, reference: dict[str, Any], decoder: Decoder) -> Any:
        """The proxy of what the kernel agent refers to."""
        if tag == "handle" and type(reference["handle"]) is int:
            return self._handle(reference, decoder)
        if tag == "class":
            return self._class(reference, decoder)
        if tag == "builtin":
            return classes.built_in(reference["builtin"])
        if tag == "exception" and type(reference["exception"]) is int:
            return self._exception(reference, decoder)
        if tag in ("member", "named"):
            made = classes.member if tag == "member" else classes.named
            value = decoder.decode(reference[tag])
            return made(decoder.decode(reference["of"]), value)
        if tag == "view":
            return classes.view(reference["view"], decoder.decode(reference["items"]))
        if tag == "history":
            from grader.examiner import model_proxies

            return model_proxies.history(decoder.decode(reference["history"]))
        if tag == "model" and type(reference["model"]) is int:
            return self._model(reference, decoder)
        if tag == "own":
            return self._own(reference, decoder)
        raise Malformed(f"unknown reference {tag!r:.40}")

    def _handle(self, reference: dict[str, Any], decoder: Decoder) -> Handle:
        number = reference["handle"]
        if (handle := self._handles.get(number)) is None:
            if len(self._handles) >= MAX_KEPT:
                raise Malformed(f"more than {MAX_KEPT} objects")
            handle = self._classes.handle(reference, decoder)
            self._handles[number] = handle
            grant(handle, Powers(weakref.proxy(self), number))
        elif "of" in reference:  # a class may be described there for all that follow
            decoder.decode(reference["of"])
        self.reading.note(reference, decoder)
        return handle

    def _class(self, reference: dict[str, Any], decoder: Decoder) -> type:
        kind = self._classes.made(reference, decoder)
        if facts_of(kind) is not None and "name" in reference:
            grant(kind, Powers(weakref.proxy(self), reference["class"], facts_of(kind)))
        return kind

    def _exception(self, reference: dict[str, Any], decoder: Decoder) -> Exception:
        kind = decoder.decode(reference["of"])
        if not isinstance(kind, type):
            raise Malformed("an exception has a class")
        return exceptions.exception(
            kind,
            Kept(self, reference["exception"]),
            arguments=decoder.decode(reference["arguments"]),
            message=str(reference.get("message"))[:MAX_MESSAGE],
            bare=reference.get("bare") is True,
            **exceptions.told_beside(reference, decoder),
        )

    def _own(self, reference: dict[str, Any], decoder: Decoder) -> Any:
        """The test's own object; of an exception, with its state after the call."""
        value = self._exchange.handed.value(reference["own"])
        if isinstance(value, Exception) and "notes" in reference:
            told = exceptions.told_beside(reference, decoder)
            if told["cause"] is None and told["context"] is None:  # it may have one of the test's
                told |= {"cause": value.__cause__, "context": value.__context__}
                told["suppress"] = value.__suppress_context__
            exceptions.raised_from(value, **told)
        return value

    def _model(self, reference: dict[str, Any], decoder: Decoder) -> Any:
        """A Keras model that goes back as the student's own, and whose trainings are known."""
        from grader.examiner import model_proxies

        weights = reference.get("weights")
        model = model_proxies.build(reference, None if weights is None else decoder.decode(weights))
        self._models[model] = reference["model"], model_proxies.digest(model)
        grant(model, self.trainings)
        return model
