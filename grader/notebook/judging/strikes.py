"""Which solution cells stalled or ended the kernel, and what is therefore not tried any more.

A *strike* is one cell or one claim that ran into a limit or ended the kernel. It is counted against
the solution cells that are suspected of it. After two strikes a cell is out: claims that rest on it
get their verdict at once. So one function that never ends costs the time of two tests, and claims
on other cells keep their chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.notebook.judging.cell_runs import CellRun

OTHERS = ""  # stands for the cells that rest on no solution cell: the student's extra ones
MOST_STRIKES = 2


@dataclass(frozen=True)
class Strike:
    """One cell or claim that stalled or ended the kernel.

    Attributes:
        test: the ``grade_id`` of the cell or claim, or the id of a cell without one.
        run: how it ended.
    """

    test: str
    run: CellRun


@dataclass(frozen=True)
class Refusal:
    """Why a claim or cell is not tried.

    Attributes:
        cell: the solution cell that is out.
        strikes: against it, in order.
    """

    cell: str
    strikes: tuple[Strike, ...]


class Strikes:
    """The strikes of one submission. Cells are named by their ``grade_id``."""

    def __init__(self) -> None:
        self._strikes: dict[str, list[Strike]] = defaultdict(list)
        self._answered: set[str] = set()

    def is_out(self, cell: str) -> bool:
        """Whether nothing more is tried with a cell."""
        return len(self._strikes[cell]) >= MOST_STRIKES

    def of(self, cell: str) -> tuple[Strike, ...]:
        """The strikes against a cell, in order."""
        return tuple(self._strikes[cell])

    def answered(self, needs: Sequence[str]) -> None:
        """Note that a test with these cells came to its end, however it judged them.

        They are not suspected where a later test also rests on a cell that never answered. Their
        strikes stay: a function may answer for a small image and stall for a large one.
        """
        self._answered.update(needs)

    def blame(self, needs: Sequence[str], strike: Strike) -> tuple[str, ...]:
        """Count a strike against those of ``needs`` that are suspected; returns these.

        Args:
            needs: the solution cells that the test rests on, in notebook order; empty for a test
                that rests on none.
            strike: what happened.
        """
        suspects = self._suspects(needs) if needs else (OTHERS,)
        for cell in suspects:
            self._strikes[cell].append(strike)
        return suspects

    def refusal(self, needs: Sequence[str]) -> Refusal | None:
        """Why a claim that rests on ``needs`` is not tried; None if it is.

        The last of the needed cells is the one that the claim is about: the others may be needed in
        the instructor's solution alone. So a claim on a cell without strikes is tried once, also
        where an earlier cell is out.
        """
        if not needs:
            return None
        *earlier, last = needs
        if self.is_out(last):
            return self._refusal(last)
        out = [cell for cell in earlier if self.is_out(cell)]
        return self._refusal(out[0]) if out and self._strikes[last] else None

    def refusal_of_any(self, needs: Sequence[str]) -> Refusal | None:
        """Why a cell of the course's that rests on ``needs`` is not run: one of them is out."""
        return next((self._refusal(cell) for cell in needs if self.is_out(cell)), None)

    def _refusal(self, cell: str) -> Refusal:
        return Refusal(cell, tuple(self._strikes[cell]))

    def _suspects(self, needs: Sequence[str]) -> tuple[str, ...]:
        """Who may have stalled or ended the kernel in a test that rests on ``needs``."""
        last = needs[-1]
        if any(self.is_out(cell) for cell in needs):
            return (last,)
        silent = [cell for cell in needs if cell not in self._answered]
        struck = [cell for cell in silent or needs if self._strikes[cell]]
        return tuple(struck or silent or (last,))
