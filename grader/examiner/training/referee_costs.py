"""What one submission has cost the referee: seconds of refused work, and bytes in the store.

While the referee works, all clocks of a submission stand still. So what is refused after work has
been done, and what fills the store, is counted here, over all kernels of the submission.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from grader.errors import DeclarationRefused
from grader.model import Budget
from grader.referee.spec.contract import Epoch

FREE_REFUSALS = 5  # however long each of them took: an honest mistake is often made twice
REFUSED_SECONDS = 60.0
COPIES = 3  # of each weight in the store: an optimizer keeps two averages beside it


class RefereeCosts:
    """Counts the costs of one submission.

    Args:
        budget: what its trainings may cost.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._refusals, self._refused_seconds, self._bytes = 0, 0.0, 0

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Count the time of one request, if it is refused.

        Raises:
            DeclarationRefused: it is; or too much work was refused already.
        """
        if self._refusals >= FREE_REFUSALS and self._refused_seconds >= REFUSED_SECONDS:
            raise DeclarationRefused(
                f"{self._refusals} calls of fit were refused after {self._refused_seconds:.0f} "
                "seconds of work: no more trainings are run while work is graded. Mend the first."
            )
        begin = time.monotonic()
        try:
            yield
        except DeclarationRefused:
            self._refusals += 1
            self._refused_seconds += time.monotonic() - begin
            raise

    def expect_room(self) -> None:
        """Raise ``DeclarationRefused`` if the submission's epochs fill the store already."""
        if self._bytes >= self._budget.stored_bytes:
            raise DeclarationRefused(
                "the epochs of your trainings take more than "
                f"{self._budget.stored_bytes / 2**30:.2g} GiB to keep: no more are run while work "
                "is graded. Use a network of fewer weights, or fewer epochs."
            )

    def add(self, epoch: Epoch) -> None:
        """Count what an epoch takes in the store, if it was not there before."""
        if epoch.fresh:
            self._bytes += COPIES * sum(weight.nbytes for weight in epoch.weights)
