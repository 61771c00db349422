"""How the failures of a kernel are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import zmq
from jupyter_client.manager import AsyncKernelManager

from grader.notebook.judging.cell_runs import CellStatus
from grader.notebook.judging.kernel_failures import KernelFailures
from grader.sandbox import client as sandbox_client
from grader.sandbox import guarded_context
from tests.patience import PATIENCE, eventually


class Interrupted:
    """A manager whose kernel can be interrupted, and has gone."""

    provisioner = None

    async def interrupt_kernel(self) -> None:
        """Do what a signal to a process that has gone does."""


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client whose kernel was there, and has gone."""
    monkeypatch.setattr(guarded_context, "SEND_SECONDS", 0.2)
    client = sandbox_client.SandboxClient(transport="ipc", ip=str(tmp_path / "kernel"))
    with zmq.Context() as context:
        ports = [context.socket(zmq.ROUTER) for _ in range(5)]
        for number, name in enumerate(("shell", "iopub", "stdin", "hb", "control")):
            setattr(client, f"{name}_port", number)
            ports[number].bind(f"ipc://{tmp_path}/kernel-{number}")
        client.start_channels()
        client.kernel_info()
        assert ports[0].poll(PATIENCE * 1000)  # connected
        context.destroy(linger=0)
    assert eventually(lambda: "shell" in client.lost())
    yield client
    client.stop_channels()


def test_what_ends_just_when_its_time_is_up_is_over_its_time(nobody: Any) -> None:
    failures = KernelFailures(cast(AsyncKernelManager, Interrupted()), nobody, lambda: 7.0)
    run = failures.explain(TimeoutError(), begin=1.0)
    assert (run.status, run.seconds, run.alive) == (CellStatus.LIMIT, 6.0, False)
