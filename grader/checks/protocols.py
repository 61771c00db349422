"""What a check may ask the examiner's proxies for, beyond what the student's object offers itself.

While a submission is graded, a check never holds an object of the student's: it holds a proxy,
which is the examiner's. A proxy offers what is declared here. In an ordinary kernel the same check
holds the student's own object, and ``capability`` finds nothing there, whatever its attributes are:
an object has a capability only if its class is derived from the protocol, or if it was named to
``grant``. So no attribute of a student's, and no ``__getattr__``, ``__class__`` or ``__eq__``, can
be taken for the record of a training.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from grader.model import Run

_T = TypeVar("_T")
_MRO: Any = type.__dict__["__mro__"]  # a metaclass of the student's cannot override this
# By identity: a student's __eq__ and __hash__ are not asked.
_granted: dict[int, tuple[weakref.ref[Any], object]] = {}


class CallbackProxy(Protocol):
    """A proxy of a class of callbacks in a student's kernel."""

    def dry_run(self, logs: list[dict[str, float]]) -> tuple[object, Sequence[object]]:
        """Let a new callback see one epoch for each of ``logs``; see ``checks.dry_run``.

        Returns:
            The epoch, from 1, after which it stopped the training, or None; and what was printed
            in each epoch. Both come from the student's kernel: check them.
        """

    def runs(self) -> tuple[Run, ...]:
        """The runs in which a callback of the class took part, as the referee carried them out."""


class FigureProxy(Protocol):
    """A proxy of a matplotlib Figure in a student's kernel."""

    def describe_figure(self) -> object:
        """A ``checks.figures.FigureDescription``; None where it is no Figure."""


class FunctionProxy(Protocol):
    """A proxy of a function in a student's kernel."""

    def call_blocked(self, *arguments: Any) -> object:
        """Call it where numpy is the only library, with numpy's convolutions blocked."""


class ObjectProxy(Protocol):
    """A proxy of an object in a student's kernel."""

    def operate(self, operation: str, *arguments: Any) -> object:
        """Carry out an operation there, with the student's own methods.

        Args:
            operation: the name of a function of the module ``operator``, or of a built-in one.
            arguments: proxies of the student's, and plain data.
        """


class TrainingRecord(Protocol):
    """Knows how models were trained, as the referee carried it out."""

    def run_of(self, model: Any) -> Run:
        """The run whose weights ``model`` has; raises ``ClaimFailed`` where there is none."""

    def looked_at(self, function: str) -> list[Any]:
        """What claims have noted of a function's networks; see ``grader.checks.claimed``."""

    def again(self, model: Any, seed: int, above: float) -> Run:
        """Train the network of ``model`` once more, with another seed and without callbacks.

        Ends after the first epoch whose training accuracy is greater than ``above``, or after as
        many epochs as the student asked for.
        """


def capability(value: object, kind: type[_T]) -> _T | None:
    """What offers ``kind`` for a value, or None.

    Args:
        value: a proxy, or in an ordinary kernel any object of a student's.
        kind: a protocol of this module.

    Returns:
        ``value`` itself if its class is derived from ``kind`` by name, or what was granted to this
        very object. Attributes do not count.
    """
    if _derives(value, kind):
        return value  # type: ignore[return-value]  # by its class, which mypy cannot see
    known, granted = _granted.get(id(value), (None, None))
    if known is None or known() is not value or not _derives(granted, kind):
        return None
    return granted  # type: ignore[return-value]


def grant(value: object, capable: object) -> None:
    """Let ``capable`` answer for ``value``, for as long as ``value`` lives.

    For objects of the examiner's own making whose class is another's, such as Keras models.
    """
    number = id(value)
    _granted[number] = weakref.ref(value, lambda _: _granted.pop(number, None)), capable


def _derives(value: object, kind: type) -> bool:
    return any(base is kind for base in _MRO.__get__(type(value)))
