"""What a claim costs that is tried where numpy is the only library."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from nbformat.v4 import new_notebook

from grader.errors import ClaimFailed
from grader.model import Claim
from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended
from grader.notebook.judging.claim_judge import ClaimJudge
from grader.notebook.judging.strikes import Strikes
from grader.notebook.submission.rebuild import Rebuilt

CLAIM = Claim("from_scratch", 1.0, statement="", hint="", needs=("a", "b"))


def call(strikes: Strikes, status: CellStatus) -> None:
    """Call a function there that ends so; the kernel of the student's cells cannot be restarted."""

    def end(*_: object) -> None:
        raise Ended(CellRun(status, message="as it was", alive=False))

    cells = SimpleNamespace(strikes=strikes, indices_before=lambda *_, **__: [0])
    numpy_only = SimpleNamespace(call=end)
    judge = ClaimJudge(Rebuilt(new_notebook()), *cast(Any, (cells, numpy_only, None, None)))
    judge._call_blocked(CLAIM, 1, "convolve", ())


@pytest.mark.parametrize("status", [CellStatus.LIMIT, CellStatus.DIED])
def test_a_stall_or_death_there_is_a_strike_and_costs_the_claim(status: CellStatus) -> None:
    strikes = Strikes()
    with pytest.raises(ClaimFailed, match="numpy is the only library"):
        call(strikes, status)
    for cell in CLAIM.needs:
        (strike,) = strikes.of(cell)
        assert (strike.test, strike.run.status) == (CLAIM.name, status)


def test_a_fault_of_ours_there_is_no_strike_and_spares_the_kernel() -> None:
    strikes = Strikes()
    with pytest.raises(Ended) as ended:
        call(strikes, CellStatus.FAULT)
    assert ended.value.run.alive
    assert not strikes.of("a")
