"""What a name of the student's is in the examiner: plain data, a model, or a handle to ask.

The other side of ``grader.sandbox.guest.agent``. All that arrives becomes exactly built-in or numpy
types, Keras models that are built here, or handles: there is no object of the student's on this
side, so none of their methods is ever run here.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from grader.checks.figures import FigureDescription
from grader.checks.protocols import CallbackProxy, FigureProxy, FunctionProxy, grant
from grader.errors import ClaimFailed
from grader.examiner.callbacks import ENDS_LOOPS
from grader.examiner.dry_runs import Script
from grader.examiner.exchange import Ask, Exchange
from grader.examiner.interview import Asked
from grader.examiner.surroundings.base import Around
from grader.examiner.trainings import Trainings
from grader.model import Budget, Run
from grader.sandbox.guest.protocol import MAX_ERROR_NAME, MAX_LINE, MAX_MESSAGE
from grader.sandbox.guest.values import Decoder, Encoder, Malformed

CallBlocked = Callable[[str, tuple[Any, ...]], Any]


class StudentRaised(Exception):  # noqa: N818 -- named for what happened
    """The student's code raised what has no counterpart among Python's own exceptions."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Handle(CallbackProxy, FigureProxy, FunctionProxy):
    """Something of the student's that stays in their kernel, where calls to it travel.

    It may stand for anything, so it offers what any check asks of a proxy. Checks see
    ``type(handle).__name__``: the class is named like the student's.
    """

    def __init__(
        self,
        proxies: Proxies,
        number: int,
        name: str,
        of_class: str = "",
        class_number: int | None = None,
    ) -> None:
        self._proxies, self._number, self._name = proxies, number, name
        self._class, self._class_number = of_class, class_number  # if it is a class

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it in the student's kernel; returns the proxy of what it returned there."""
        return self._proxies.call(self, arguments, named)

    def dry_run(self, logs: list[dict[str, float]]) -> tuple[object, Sequence[object]]:
        """Let it, a callback's class, see made-up epochs; see ``grader.checks.dry_run``."""
        return self._proxies.dry_run(self, logs)

    def runs(self) -> tuple[Run, ...]:
        """The runs in which a callback of this class took part."""
        names = {self._name, self._class} - {""}
        return self._proxies.trainings.of_callback(names, self._class_number)

    def describe_figure(self) -> FigureDescription | None:
        """Describe it, a Figure, in the student's kernel; None where the kernel says it is none."""
        facts = self._proxies.run("grader.checks.figures", "_described", self)
        try:
            rows, columns, images = facts
            return FigureDescription(rows, columns, images)
        except (TypeError, ValueError):
            return None

    def call_blocked(self, *arguments: Any) -> Any:
        """Call it where numpy is the only library; see ``grader.checks.blocked``."""
        return self._proxies.call_blocked(self._name, arguments)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(self._only_called(name))

    def __bool__(self) -> bool:
        """Whether it is true is the student's to say, so nothing may rest on it."""
        raise TypeError(self._only_called("whether it is true"))

    def __iter__(self) -> Any:
        """Say that generators and the like do not travel."""
        raise TypeError(self._only_called("its items, which a list would have,"))

    def _only_called(self, asked: str) -> str:
        return (
            f"{self._name or type(self).__name__} stays in your notebook: the test can call it, "
            f"and nothing else; {asked} was asked for"
        )


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
    ) -> None:
        self.call_blocked, self._place = call_blocked, place
        self._around = around or Around()
        self.trainings = trainings or Trainings(None, "", Budget(), {})
        # The proxies of models, and their numbers in the kernel; each model's class is Keras' own.
        self._models: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self._exchange = Exchange(ask, heard, self._refer, self._resolve)

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
        names = [name for name in names if name not in ours]
        question = {"do": "look", "names": names, "place": self._place}
        answer = self._answer(question, self._exchange.encoder())
        if type(answer) is not dict:
            raise Malformed("names were asked for")
        # Only what was asked for: a kernel could also tell what `range` or `__builtins__` is.
        known = {name: answer[name] for name in names if name in answer}
        for name, value in known.items():
            if isinstance(value, Handle):
                value._name = name
        return known | ours

    def runs_beside(self, names: Mapping[str, Any]) -> None:
        """Say what the test cell defines: a student's code may find its ``input`` there."""
        self._exchange.replaced.names = names

    def clock(self) -> float:
        """Seconds of processor time that the kernel says it has used; 0.0 if it says none."""
        seconds = self._answer({"do": "clock"}, self._exchange.encoder())
        return seconds if type(seconds) is float else 0.0

    def pyplot(self, name: str) -> Any:
        """A function of pyplot in the student's kernel."""
        return self._answer({"do": "pyplot", "name": name}, self._exchange.encoder())

    def call(self, handle: Handle, arguments: Sequence[Any], named: dict[str, Any]) -> Any:
        """What a call in the student's kernel returned; what it raised there is raised here."""
        encoder = self._exchange.encoder()
        question = {
            "do": "call",
            "of": handle._number,
            "arguments": [encoder.encode(argument) for argument in arguments],
            "named": {name: encoder.encode(value) for name, value in named.items()},
        }
        return self._answer(question, encoder)

    def run(self, module: str, function: str, *arguments: Any) -> Any:
        """Run a function of a check's module beside the student's objects.

        The module's text travels there. It gathers facts about an object that exists only there;
        it holds no expected answer.
        """
        encoder = self._exchange.encoder()
        question = {
            "do": "run",
            "module": module,
            "function": function,
            "modules": sources(module),
            "arguments": [encoder.encode(argument) for argument in arguments],
        }
        return self._answer(question, encoder)

    def dry_run(self, handle: Handle, logs: Sequence[Mapping[str, float]]) -> tuple[Any, Any]:
        """Let a callback's class see a training with made-up logs, in the student's kernel.

        Returns:
            The epoch after which the training was stopped, or None, and what each epoch printed.
        """
        question = {"do": "dry_run", "of": handle._number, "epochs": len(logs)}
        with self.trainings.dry_run(logs) as script:
            printed = self._answer(question, self._exchange.encoder(), script)
        return script.stopped_after, printed

    def _answer(
        self, question: dict[str, Any], encoder: Encoder, script: Script | None = None
    ) -> Any:
        self._around.ask(question, encoder)
        return self._exchange.answer(question, encoder, self._taken, script)

    def _taken(self, reply: dict[str, Any], decoder: Decoder) -> Any:
        """The answer that a reply holds; raises what was raised instead."""
        if type(printed := reply.get("printed")) is str:
            sys.stdout.write(printed)
        self._around.answered(reply, decoder)
        if "error" in reply:
            raise self._error(reply)
        return decoder.decode(reply.get("value"))

    def _error(self, reply: dict[str, Any]) -> Exception:
        """What the student's code raised, or let pass of what the test raised in a callback."""
        callbacks = self._exchange.callbacks
        if (again := callbacks.error(reply.get("again"))) is not None:
            return again
        name = str(reply["error"])[:MAX_ERROR_NAME]
        message = str(reply.get("message"))[:MAX_MESSAGE]
        error = callbacks.own_error(reply.get("of_test"), message) or _raised(name, message)
        error.by_student = True  # type: ignore[attr-defined]  # its text is theirs
        if line := str(reply.get("line", ""))[:MAX_LINE]:
            error.add_note(f"It was raised in {line}.")
        return error

    def _refer(self, value: Any, encoder: Encoder) -> dict[str, Any]:
        """How a value of the examiner's is written where it is no plain data."""
        if isinstance(value, Handle):
            return {"handle": value._number}
        keras = sys.modules.get("keras")
        if keras is None or not isinstance(value, keras.Model):
            return self._exchange.handed.refer(value, encoder)
        if (number := self._models.get(value)) is not None:
            return {"handle": number}
        from grader.examiner import model_proxies

        description, weights = model_proxies.describe(value)
        return {"model": None, "description": description, "weights": encoder.encode(weights)}

    def _resolve(self, tag: str, reference: dict[str, Any], decoder: Decoder) -> Any:
        """The proxy of what the kernel agent refers to."""
        if tag == "handle" and type(reference["handle"]) is int:
            return self._handle(reference)
        if tag == "history":
            from grader.examiner import model_proxies

            return model_proxies.history(decoder.decode(reference["history"]))
        if tag == "model" and type(reference["model"]) is int:
            return self._model(reference, decoder)
        if tag == "own":
            return self._exchange.handed.value(reference["own"])
        raise Malformed(f"unknown reference {tag!r:.40}")

    def _handle(self, reference: dict[str, Any]) -> Handle:
        kind = str(reference.get("type"))[:100]
        named = type(kind if kind.isidentifier() else "object", (Handle,), {})
        of_class = str(reference.get("class", ""))[:200]
        number = reference.get("number")
        class_number = number if type(number) is int else None
        handle: Handle = named(self, reference["handle"], "", of_class, class_number)
        return handle

    def _model(self, reference: dict[str, Any], decoder: Decoder) -> Any:
        """A Keras model that goes back as the student's own, and whose trainings are known."""
        from grader.examiner import model_proxies

        weights = reference.get("weights")
        model = model_proxies.build(reference, None if weights is None else decoder.decode(weights))
        self._models[model] = reference["model"]
        grant(model, self.trainings)
        return model


def sources(module: str) -> dict[str, str]:
    """The texts of a module of ours and of those that it imports, each after what it needs."""
    texts: dict[str, str] = {}

    def visit(name: str) -> None:
        text = _source(name)
        for node in ast.walk(ast.parse(text)):
            needed = str(node.module) if isinstance(node, ast.ImportFrom) else ""
            if needed.startswith("grader.") and needed not in texts:
                visit(needed)
        texts[name] = text

    visit(module)
    return texts


def _source(name: str) -> str:
    """The text of a module, or of a package's ``__init__.py``."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} has no source that could be sent to a kernel", name=name)
    return Path(spec.origin).read_text()


def _raised(name: str, message: str) -> Exception:
    """What the student's code raised, as the exception of that name if Python has one."""
    if name == "ClaimFailed":
        return ClaimFailed(message)
    if name in ("Malformed", "Unsendable"):
        return ClaimFailed(f"Your answer cannot be judged: {message}.")
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and kind not in ENDS_LOOPS:
        # With the student's text: KeyError would quote it again, UnicodeDecodeError wants five.
        own = {"__init__": lambda *_: None, "__str__": lambda _: message}
        try:
            made: Exception = type(name, (kind,), own)(message)
            return made
        except TypeError:  # ExceptionGroup is made of exceptions
            pass
    return StudentRaised(name, message)
