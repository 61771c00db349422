"""What a name of the student's is in the examiner: plain data, a model, or a handle to ask.

The other side of ``grader.sandbox.probe``. Whatever arrives is made into exactly built-in or numpy
types, Keras models built anew, or handles: there is no object of the student's on this side, so no
method of theirs is ever run here.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Any

from grader.errors import ClaimFailed
from grader.examiner.trainings import OfModel, Trainings
from grader.model import Budget, Run
from grader.sandbox.values import Decoder, Encoder, Malformed

Ask = Callable[[dict[str, Any], Sequence[bytes]], tuple[dict[str, Any], Sequence[Any]]]
Withheld = Callable[[str, tuple[Any, ...]], Any]


# They would end a test's loop over answers, as if all of them had been seen.
_ENDS_LOOPS = (StopIteration, StopAsyncIteration)


class StudentRaised(Exception):  # noqa: N818 -- named for what happened
    """The student's code raised what has no counterpart among Python's own exceptions."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Handle:
    """Something of the student's that stays in their kernel, where calls to it travel.

    Checks see their own ``type(handle).__name__``: the class is named like the student's.
    """

    def __init__(self, mirrors: Mirrors, number: int, name: str, of_class: str = "") -> None:
        self._mirrors, self._number, self._name = mirrors, number, name
        self._class = of_class  # its own name, if it is a class

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it in the student's kernel; returns the mirror of what it returned there."""
        return self._mirrors.call(self, arguments, named)

    def __rehearse__(self, logs: list[dict[str, float]]) -> tuple[Any, Any]:
        """Let it, a callback's class, see made-up epochs; see ``grader.checks.rehearsal``."""
        return self._mirrors.rehearse(self, logs)

    def __trainings__(self) -> tuple[Run, ...]:
        """The runs in which a callback of this class took part."""
        return self._mirrors.trainings.of_callback({self._name, self._class} - {""})

    def __describe__(self) -> Any:
        """Describe it, a Figure; see ``grader.checks.figures``."""
        from grader.checks.figures import FigureDescription

        found = self._mirrors.run("grader.checks.figures", "_described", self)
        try:
            rows, columns, images = found
            return FigureDescription(rows, columns, images)
        except (TypeError, ValueError):
            return None

    def __withheld__(self, *arguments: Any) -> Any:
        """Call it where numpy is the only library; see ``grader.checks.withheld``."""
        return self._mirrors.withheld(self._name, arguments)

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


class Mirrors:
    """The mirrors of one student's kernel.

    Args:
        ask: sends a question and its buffers to the probe, and returns the answer and its buffers.
        withheld: calls a student's function by name where numpy is the only library.
        trainings: what the referee trained for this kernel; nothing, where it is left out.
    """

    def __init__(self, ask: Ask, withheld: Withheld, trainings: Trainings | None = None) -> None:
        self._ask, self.withheld = ask, withheld
        self.trainings = trainings or Trainings(None, "", Budget(), {})

    def look(self, names: Sequence[str]) -> dict[str, Any]:
        """The mirrors of those of ``names`` that are bound in the student's kernel."""
        found = self._answer({"do": "look", "names": list(names)}, Encoder(self._refer))
        if type(found) is not dict:
            raise Malformed("names were asked for")
        # Only what was asked for: a kernel could also tell what `range` or `__builtins__` is.
        known = {name: found[name] for name in names if name in found}
        for name, value in known.items():
            if isinstance(value, Handle):
                value._name = name
        return known

    def clock(self) -> float:
        """Seconds of processor time that the kernel says it has used; 0.0 if it says none."""
        found = self._answer({"do": "clock"}, Encoder(self._refer))
        return found if type(found) is float else 0.0

    def call(self, handle: Handle, arguments: Sequence[Any], named: dict[str, Any]) -> Any:
        """What a call in the student's kernel returned; what it raised there is raised here."""
        encoder = Encoder(self._refer)
        question = {
            "do": "call",
            "of": handle._number,
            "arguments": [encoder.encode(one) for one in arguments],
            "named": {name: encoder.encode(one) for name, one in named.items()},
        }
        return self._answer(question, encoder)

    def run(self, module: str, function: str, *arguments: Any) -> Any:
        """Run a function of a check's module beside the student's objects.

        The module's text travels there. It gathers facts about an object that exists only there;
        it holds no expected answer.
        """
        encoder = Encoder(self._refer)
        question = {
            "do": "run",
            "module": module,
            "function": function,
            "modules": sources(module),
            "arguments": [encoder.encode(one) for one in arguments],
        }
        return self._answer(question, encoder)

    def rehearse(self, handle: Handle, logs: Sequence[Mapping[str, float]]) -> tuple[Any, Any]:
        """Let a callback's class see a training with made-up logs, in the student's kernel.

        Returns:
            The epoch after which the training was stopped, or None, and what each epoch printed.
        """
        question = {"do": "rehearse", "of": handle._number, "epochs": len(logs)}
        with self.trainings.rehearsing(logs) as script:
            printed = self._answer(question, Encoder(self._refer))
        return script.stopped_after, printed

    def _answer(self, question: dict[str, Any], encoder: Encoder) -> Any:
        reply, buffers = self._ask(question, encoder.buffers)
        if type(printed := reply.get("printed")) is str:
            sys.stdout.write(printed)
        if "error" in reply:
            raise _raised(str(reply["error"])[:100], str(reply.get("message"))[:10_000])
        return Decoder(buffers, self._resolve).decode(reply.get("value"))

    def _refer(self, value: Any, encoder: Encoder) -> dict[str, Any]:
        """How a value of the examiner's is written where it is no plain data."""
        if isinstance(value, Handle):
            return {"handle": value._number}
        if (number := getattr(value, "mirror_of", None)) is not None:
            return {"handle": number}
        keras = sys.modules.get("keras")
        if keras is not None and isinstance(value, keras.Model):
            from grader.examiner import models

            description, weights = models.describe(value)
            return {"model": None, "description": description, "weights": encoder.encode(weights)}
        raise TypeError(f"{type(value).__name__} cannot be handed to a student's function")

    def _resolve(self, tag: str, found: dict[str, Any], decoder: Decoder) -> Any:
        """What the probe refers to."""
        if tag == "handle" and type(found["handle"]) is int:
            kind = str(found.get("type"))[:100]
            named = type(kind if kind.isidentifier() else "object", (Handle,), {})
            return named(self, found["handle"], "", str(found.get("class", ""))[:200])
        if tag == "history":
            from grader.examiner import models

            recorded = decoder.decode(found["history"])
            return models.history(recorded)
        if tag == "model" and type(found["model"]) is int:
            from grader.examiner import models

            weights = found.get("weights")
            model = models.mirror(found, None if weights is None else decoder.decode(weights))
            model.mirror_of = found["model"]
            model.__referee__ = OfModel(self.trainings, model)
            return model
        raise Malformed(f"unknown reference {tag!r:.40}")


def sources(module: str) -> dict[str, str]:
    """The texts of a module of ours and of those that it imports, each after what it needs."""
    found: dict[str, str] = {}

    def visit(name: str) -> None:
        package, _, stem = name.rpartition(".")
        text = resources.files(package).joinpath(f"{stem}.py").read_text()
        for node in ast.walk(ast.parse(text)):
            needed = str(node.module) if isinstance(node, ast.ImportFrom) else ""
            if needed.startswith("grader.") and needed not in found:
                visit(needed)
        found[name] = text

    visit(module)
    return found


def _raised(name: str, message: str) -> Exception:
    """What the student's code raised, as the exception of that name if Python has one."""
    if name == "ClaimFailed":
        return ClaimFailed(message)
    if name == "Malformed":
        return ClaimFailed(f"Your answer cannot be judged: {message}.")
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and kind not in _ENDS_LOOPS:
        # With the student's text: KeyError would quote it again, UnicodeDecodeError wants five.
        own = {"__init__": lambda *_: None, "__str__": lambda _: message}
        try:
            made: Exception = type(name, (kind,), own)(message)
            return made
        except TypeError:  # ExceptionGroup is made of exceptions
            pass
    return StudentRaised(name, message)
