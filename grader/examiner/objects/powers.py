"""What checks may ask the examiner about a handle, beside what the student's object itself offers.

It is granted to the handle (``grader.checks.protocols.grant``) and is no attribute of it: all
attributes of a handle are the student's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from grader.checks.figures import FigureDescription
from grader.checks.protocols import CallbackProxy, FigureProxy, FunctionProxy, ObjectProxy
from grader.examiner.objects.kept import ClassFacts, Kept
from grader.model import Run

if TYPE_CHECKING:
    from grader.examiner.proxies import Proxies


class Powers(CallbackProxy, FigureProxy, FunctionProxy, ObjectProxy):
    """What may be asked about one object: it may be anything, so all that any check asks.

    Args:
        proxies: those of the kernel.
        number: of the object there.
        facts: of the object, if it is a class.
    """

    def __init__(self, proxies: Proxies, number: int, facts: ClassFacts | None = None) -> None:
        self._proxies, self._kept, self._facts = proxies, Kept(proxies, number), facts

    def dry_run(self, logs: list[dict[str, float]]) -> tuple[object, Sequence[object]]:
        """Let it, a callback's class, see made-up epochs; see ``grader.checks.dry_run``."""
        return self._proxies.dry_run(self._kept.number, logs)

    def runs(self) -> tuple[Run, ...]:
        """The runs in which a callback of this class took part."""
        own = ("", None) if self._facts is None else (self._facts.name, self._facts.number)
        names = {self._proxies.name(self._kept.number), own[0]} - {""}
        return self._proxies.trainings.of_callback(names, own[1])

    def describe_figure(self) -> FigureDescription | None:
        """Describe it, a Figure, in the student's kernel; None where the kernel says it is none."""
        facts = self._proxies.run("grader.checks.figures", "_described", self._kept)
        try:
            rows, columns, images, numbers = facts
            return FigureDescription(rows, columns, images, tuple(numbers))
        except (TypeError, ValueError):
            return None

    def call_blocked(self, *arguments: Any) -> Any:
        """Call it where numpy is the only library; see ``grader.checks.blocked``."""
        return self._proxies.call_blocked(self._proxies.name(self._kept.number), arguments)

    def operate(self, operation: str, *arguments: Any) -> Any:
        """Carry out an operation with the student's own methods; see ``grader.checks.objects``."""
        return self._proxies.operate(operation, *arguments)
