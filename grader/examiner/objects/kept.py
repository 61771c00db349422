"""What the examiner knows of an object and of a class that a student's kernel keeps."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

# A test may have threads, and the kernel answers one question at a time.
_TURN = threading.RLock()


class Reads(Protocol):
    """The reading of an answer; see ``grader.examiner.objects.reading``."""

    goes_on: bool
    is_looked_up: bool


class Asks(Protocol):
    """Asks the kernel."""

    @property
    def reading(self) -> Reads:
        """Whether an answer is being read, so that nothing can be asked."""

    def operate(self, operation: str, *arguments: Any) -> Any:
        """The result of an operation in the kernel; raises what it raises there."""

    def call(self, number: int, arguments: Sequence[Any], named: dict[str, Any]) -> Any:
        """The result of calling the object of this number in the kernel."""


@dataclass(frozen=True)
class Kept:
    """An object in a student's kernel. It travels as a reference to that object.

    Attributes:
        asks: of that kernel.
        number: of the object there.
    """

    asks: Asks
    number: int

    def operate(self, operation: str, *arguments: Any) -> Any:
        """The result of an operation on the object."""
        with _TURN:
            return self.asks.operate(operation, self, *arguments)

    def call(self, *arguments: Any, **named: Any) -> Any:
        """The result of a call of the object."""
        with _TURN:
            return self.asks.call(self.number, arguments, named)


@dataclass(frozen=True)
class ClassFacts:
    """A class in a student's kernel.

    Attributes:
        kept: the class itself; None for a class of Python's own, which both sides have.
        name: its name.
        module: the name of its module.
        number: by which trainings know a callback's class.
        able: special methods of its instances, without underscores.
        fields: of a dataclass.
        compared: those of them by which two instances are equal.
        ordered: instances are also ordered by them.
        built_in: the class of Python's own that it derives from; None for ``object``.
        protocol: the attributes by which an object is an instance; empty for most classes.
    """

    kept: Kept | None
    name: str
    module: str = "__main__"
    number: int | None = None
    able: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    ordered: bool = False
    built_in: type | None = None
    protocol: tuple[str, ...] = ()


FACTS = "_class_facts"  # where a class of the examiner's making has them


def facts_of(kind: type) -> ClassFacts | None:
    """The facts of a class that stands for a student's; None of any other."""
    try:
        found = type.__getattribute__(kind, FACTS)
    except AttributeError:
        return None
    return found if type(found) is ClassFacts else None
