"""Calls of the referee for one submission: one at a time, and each measurement once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from grader.errors import DeclarationRefused
from grader.language import N_
from grader.referee.spec.contract import Epoch, Measures, Referee
from grader.referee.spec.recipe import NOTHING, Observation, Recipe

_NONE_HERE = N_(
    "This assignment trains no network, and fit is not carried out while it is graded: "
    "leave it out."
)


class RefereeCalls:
    """Asks the referee for epochs and measurements.

    Args:
        referee: carries trainings out; None for an assignment that trains nothing.
        student: whose submission it is, for the store.
        waiting: entered while the examiner itself waits for the referee: clocks stand still.

    Attributes:
        lock: held while the referee works. An epoch that a dead kernel asked for is finished before
            the next is begun.
    """

    def __init__(
        self,
        referee: Referee | None,
        student: str,
        waiting: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._referee, self._student, self._waiting = referee, student, waiting
        self._measures: dict[Recipe, Measures] = {}
        self.lock = threading.Lock()

    def expect_referee(self) -> Referee:
        """The referee; raises ``DeclarationRefused`` where the assignment has none."""
        if self._referee is None:
            raise DeclarationRefused(_NONE_HERE)
        return self._referee

    def step(
        self, recipe: Recipe, observation: Observation = NOTHING, *, later: bool = False
    ) -> Epoch:
        """The last epoch of ``recipe``; for callers that hold the lock; see ``Referee.step``."""
        return self.expect_referee().step(recipe, self._student, observation, later=later)

    def measure(self, recipe: Recipe) -> Measures:
        """How good the weights at the end of ``recipe`` are; for callers that hold the lock."""
        if recipe not in self._measures:
            self._measures[recipe] = self.expect_referee().measure(recipe, self._student)
        return self._measures[recipe]

    def measured(self, recipe: Recipe) -> Measures | None:
        """What is known already, without asking."""
        return self._measures.get(recipe)

    @contextlib.contextmanager
    def waited_for(self) -> Iterator[None]:
        """Take the lock for the examiner, who waits for the referee."""
        with self._waiting(), self.lock:
            yield
