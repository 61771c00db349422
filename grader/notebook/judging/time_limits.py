"""How long a submission's cells and questions may still take.

Half of a submission's time belongs to whoever comes first. The other half is divided into equal
shares: one for each solution cell, with the claims on it, and one for everything else. So code that
takes all the time that it is given leaves to each other cell at least its share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from grader.model import Limits
from grader.notebook.judging.clock import Clock
from grader.notebook.judging.strikes import OTHERS

# What a judge may take beyond its submission's time: to start and end kernels (each has a deadline
# of its own), to compute in the last test cell, and to clean outputs.
GRACE_SECONDS = 180.0


def judge_seconds(limits: Limits) -> float:
    """After which time on the clock a judge is ended, pauses not counted."""
    return limits.submission_seconds + GRACE_SECONDS


class TimeLimits:
    """The time limits of one submission, which begins now; restarted kernels get no new time.

    Args:
        limits: in seconds.
        clock: counts the submission's time.
        cells: the solution cells that have a share, by ``grade_id``.
        spent: seconds that were used before.
    """

    def __init__(
        self, limits: Limits, clock: Clock, cells: Sequence[str] = (), spent: float = 0.0
    ) -> None:
        self._cell_seconds, self.clock = limits.cell_seconds, clock
        self._deadline = clock.now() + limits.submission_seconds - spent
        self._used = dict.fromkeys((*cells, OTHERS), 0.0)
        self._share = limits.submission_seconds / 2 / len(self._used)

    @property
    def left(self) -> float:
        """Seconds until the submission's time is up; 0 or less if it is."""
        return self._deadline - self.clock.now()

    @property
    def again_seconds(self) -> float:
        """What a cell may take that has run before and runs again in a new kernel."""
        return min(self._cell_seconds, self.left)

    def seconds(self, cell: str) -> float:
        """What the next run or claim may take that rests on ``cell``.

        Args:
            cell: the last solution cell that it rests on, or ``OTHERS``.

        Returns:
            Seconds; 0 or less where the submission's time is up, or all that this cell may use.
        """
        own = self._reserve(cell)
        reserved = sum(map(self._reserve, self._used))
        free = self.left - reserved
        if (
            free < 0 < reserved
        ):  # what belongs to no cell, as the start of a kernel, has used up shares
            return min(self._cell_seconds, self.left * own / reserved)
        return min(self._cell_seconds, own + free)

    def countdown(self, cell: str) -> Callable[[], float]:
        """What is left of ``seconds`` as it is now, for questions that share them."""
        end = self.clock.now() + self.seconds(cell)
        return lambda: end - self.clock.now()

    @contextmanager
    def charged(self, cell: str) -> Iterator[None]:
        """Count the time that the body takes as used by ``cell``."""
        begin = self.clock.now()
        try:
            yield
        finally:
            self._used[self._known(cell)] += self.clock.now() - begin

    def _reserve(self, cell: str) -> float:
        """The part of the submission's time that is reserved for this share."""
        return max(0.0, self._share - self._used[self._known(cell)])

    def _known(self, cell: str) -> str:
        return cell if cell in self._used else OTHERS
