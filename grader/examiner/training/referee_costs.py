"""What one submission has cost the referee: refused work, epochs, and bytes in the store.

While the referee works, all clocks of a submission stand still. So what is refused after work has
been done, what is trained, and what fills the store, is counted here, over all kernels of the
submission. A judge that is lost hands the count on to the next one.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.errors import DeclarationRefused
from grader.model import Budget

if TYPE_CHECKING:  # numpy comes with it, which who follows a class has no use for
    from grader.referee.spec.contract import Epoch

FREE_REFUSALS = 5  # however long each of them took: an honest mistake is often made twice
REFUSED_SECONDS = 60.0
COPIES = 3  # of each weight in the store: an optimizer keeps two averages beside it


@dataclass(frozen=True)
class Costs:
    """What one submission has cost so far.

    Attributes:
        refusals: requests of ``fit`` that were refused.
        refused_seconds: that these took.
        epochs: trained for it; those that were in the store before do not count.
        stored_bytes: what these take in the store.
    """

    refusals: int = 0
    refused_seconds: float = 0.0
    epochs: int = 0
    stored_bytes: int = 0


class RefereeCosts:
    """Counts the costs of one submission.

    Args:
        budget: what its trainings may cost.
        before: what they cost in earlier judges.
        told: called with each change.
    """

    def __init__(
        self,
        budget: Budget,
        before: Costs = Costs(),
        told: Callable[[Costs], None] = lambda _: None,
    ) -> None:
        self._budget, self._costs, self._told = budget, before, told

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Count the time of one request, if it is refused.

        Raises:
            DeclarationRefused: it is; or too much work was refused already.
        """
        refusals, seconds = self._costs.refusals, self._costs.refused_seconds
        if refusals >= FREE_REFUSALS and seconds >= REFUSED_SECONDS:
            raise DeclarationRefused(
                "{refusals} calls of fit were refused after {seconds:.0f} seconds of work: no "
                "more trainings are run while work is graded. Mend the first.",
                refusals=refusals,
                seconds=seconds,
            )
        begin = time.monotonic()
        try:
            yield
        except DeclarationRefused:
            seconds += time.monotonic() - begin
            self._count(replace(self._costs, refusals=refusals + 1, refused_seconds=seconds))
            raise

    def trained(self, step: Callable[[], Epoch]) -> Epoch:
        """Have one epoch trained, and count it unless the store had it.

        A judge that is lost while it waits for the epoch has counted it.

        Raises:
            DeclarationRefused: too much was trained already; or what ``step`` raises.
        """
        self._expect_within()
        before = self._costs
        self._count(replace(before, epochs=before.epochs + 1))
        epoch = None
        try:
            epoch = step()
        finally:
            self._count(before if epoch is None else _with(before, epoch))
        return epoch

    def _expect_within(self) -> None:
        if self._costs.stored_bytes >= self._budget.stored_bytes:
            raise DeclarationRefused(
                "the epochs of your trainings take more than {most:.2g} GiB to keep: no more are "
                "run while work is graded. Use a network of fewer weights, or fewer epochs.",
                most=self._budget.stored_bytes / 2**30,
            )
        if self._costs.epochs >= (most := self._budget.trainings * self._budget.epochs):
            raise DeclarationRefused(
                "your notebook was trained for {most} epochs in all: no more are run while work "
                "is graded. Let each run of the notebook train the same networks.",
                most=most,
            )

    def _count(self, costs: Costs) -> None:
        if costs != self._costs:
            self._costs = costs
            self._told(costs)


def _with(before: Costs, epoch: Epoch) -> Costs:
    """The costs, once an epoch was given."""
    if not epoch.fresh:
        return before
    size = COPIES * sum(weight.nbytes for weight in epoch.weights)
    return replace(before, epochs=before.epochs + 1, stored_bytes=before.stored_bytes + size)
