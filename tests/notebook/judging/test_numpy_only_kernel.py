"""Kernels in which numpy is the only library, where none can be started."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader.notebook.judging import start_kernel
from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.kernel_setup import KernelSetup
from grader.notebook.judging.numpy_only_kernel import NumpyOnlyKernel
from grader.sandbox.policy import CONVOLVING_PACKAGES


def kernel(seconds: float) -> NumpyOnlyKernel:
    limits = SimpleNamespace(left=seconds, countdown=lambda _share: lambda: seconds, clock=None)
    examination = SimpleNamespace(
        assignment=SimpleNamespace(solution_ids=(), name="sums"),
        rebuilt=SimpleNamespace(notebook=None),
        numpy_only_setup=None,
        kernel_seed=7,
    )
    return NumpyOnlyKernel(cast("Any", examination), cast("Any", limits), ExitStack())


def test_its_setup_blocks_what_convolves_and_has_a_warm_parent_of_its_own() -> None:
    course, settings = cast("Any", SimpleNamespace(name="sums")), cast("Any", "settings")
    examination = Examination(
        *(course, cast("Any", None), Path("public"), settings), warm="all", warm_numpy_only="numpy"
    )
    plain = KernelSetup(settings, "sums", Path("public"), warm="all")
    assert examination.kernel_setup == plain
    assert examination.numpy_only_setup == replace(plain, blocked=CONVOLVING_PACKAGES, warm="numpy")


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
