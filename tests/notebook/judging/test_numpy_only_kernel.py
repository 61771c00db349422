"""Kernels in which numpy is the only library, where none can be started."""

from __future__ import annotations

from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader.notebook.judging import start_kernel
from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended
from grader.notebook.judging.numpy_only_kernel import NumpyOnlyKernel


def kernel(seconds: float) -> NumpyOnlyKernel:
    limits = SimpleNamespace(left=seconds, countdown=lambda _share: lambda: seconds, clock=None)
    examination = SimpleNamespace(
        assignment=SimpleNamespace(solution_ids=(), name="sums"),
        rebuilt=SimpleNamespace(notebook=None),
        folder=None,
        settings=None,
        warm_numpy_only="",
        kernel_seed=7,
    )
    return NumpyOnlyKernel(cast("Any", examination), cast("Any", limits), ExitStack())


def test_none_is_started_when_time_is_up() -> None:
    with pytest.raises(Ended) as ended:
        kernel(seconds=0).call("add", [1, 2], [], "")
    assert ended.value.run.message == "time limit"


def test_none_is_started_after_too_many_were_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object, **__: object) -> None:
        raise Ended(CellRun(CellStatus.DIED))

    monkeypatch.setattr(start_kernel, "started", lost)
    asked = kernel(seconds=60)
    for _ in range(2):
        with pytest.raises(Ended):
            asked.call("add", [1, 2], [], "")
    with pytest.raises(Ended) as ended:
        asked.call("add", [1, 2], [], "")
    assert ended.value.run.message == "2 kernels were lost"
