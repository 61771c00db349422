"""Runs a notebook's cells in a student kernel, and asks the kernel agent in it.

Meanwhile ``fit`` may ask in that kernel for a training; see
``grader.notebook.judging.fit_requests``.

What comes out of the kernel is data, and any of it may be forged. How a cell ended is told to
people; verdicts rest on what the examiner found.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.util import run_sync
from nbformat import NotebookNode

from grader.errors import SandboxError
from grader.notebook.judging import error_advice
from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended
from grader.notebook.judging.clock import Clock
from grader.notebook.judging.fit_requests import FitRequests, Reply
from grader.notebook.judging.kernel_failures import FAILURES, KernelFailures, cancel_other_tasks
from grader.notebook.judging.kernel_stdin import Answer, KernelStdin
from grader.sandbox.guest import protocol
from grader.sandbox.provisioner import SandboxProvisioner

# Binds no name, and leaves no cell in the history.
_SEEDED = "__import__('random').seed({seed}), __import__('numpy').random.seed({seed}); None"

_EXECUTE_SECONDS = 60.0  # for a line of ours
_NEAR = 0.02  # seconds by which a cell may overrun: how often its time is looked at near the end


class StudentKernel:
    """The kernel in which one submission's cells run; see ``started``.

    Args:
        notebook: whose cells are run.
        make_manager: called for each new kernel; returns its manager, not started.
        folder: the working directory, where the manager heeds one.
        requests: answers what ``fit`` asks, and has the clock by which cells are stopped; where it
            is left out, ``fit`` is refused.
        seed: of ``random`` and of numpy's older functions in each new kernel, with which initial
            weights of Keras' layers are drawn, too; from 0 to 2**32 - 1. None: the system's.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        make_manager: Callable[[], AsyncKernelManager],
        folder: Path,
        requests: FitRequests | None = None,
        seed: int | None = None,
    ) -> None:
        self._seed = seed
        self._notebook, self._make_manager, self._folder = notebook, make_manager, folder
        self._requests = requests or FitRequests(_no_fit, Clock())
        self._now = self._requests.clock.now
        self._open = contextlib.ExitStack()
        self._client: NotebookClient
        self._stdin: KernelStdin
        self._failures: KernelFailures

    def start(self) -> None:
        """Start a fresh Python, in which nothing but the kernel agent has run."""
        self._open.close()
        manager = self._make_manager()
        self._client = NotebookClient(
            self._notebook,
            km=manager,
            force_raise_errors=True,
            record_timing=False,
            # A cell tagged to be skipped would never be tested, and so never fail.
            skip_cells_with_tag="",
            # Nothing is read of what a kernel does at its end, for which it would be given time.
            shutdown_kernel="immediate",
            timeout=None,  # ours counts otherwise; see `_run`
        )
        clock = self._requests.clock
        self._open.enter_context(clock.also_pausing(lambda: _sandbox_paused(manager)))
        self._open.enter_context(
            self._client.setup_kernel(
                cleanup_kc=True,
                cwd=str(self._folder),
                # What cells print comes as messages; the rest is TensorFlow's start-up.
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        self._stdin = KernelStdin(manager, self._kernel_client, self._requests)
        self._failures = KernelFailures(manager, self._kernel_client, self._now)
        self._install_agent()
        if self._seed is not None:
            self.execute(_SEEDED.format(seed=self._seed))

    @property
    def started_cold(self) -> bool:
        """Whether a sandbox's kernel had to import everything itself."""
        provisioner = self._client.km.provisioner if self._client.km is not None else None
        return isinstance(provisioner, SandboxProvisioner) and not provisioner.warm

    def close(self) -> None:
        """End the kernel and all that it started."""
        self._open.close()

    def run(self, index: int, seconds: float) -> CellRun:
        """Run the notebook's cell ``index``, stopping it after ``seconds``."""
        cell = self._client.nb.cells[index]
        begin = self._now()
        try:
            run_sync(self._run)(cell, index, begin + max(1.0, seconds))
        except FAILURES as error:
            return error_advice.explained(self._failures.explain(error, begin), cell.source)
        if self._failures.channel_lost:
            return self._failures.died(begin)
        return CellRun(CellStatus.DONE, self._now() - begin)

    def ask(self, question: dict[str, Any], buffers: Sequence[bytes], seconds: float) -> Answer:
        """Ask the kernel agent; returns its answer and the buffers beside it.

        Raises:
            Ended: no answer came: the kernel ended, or time was up.
        """
        begin = self._now()
        try:
            answer: Answer = run_sync(self._stdin.ask)(question, buffers, begin + seconds)
        except FAILURES as error:
            raise Ended(self._failures.explain(error, begin)) from None
        if self._failures.channel_lost:
            raise Ended(self._failures.died(begin))
        return answer

    def execute(self, code: str) -> dict[str, Any]:
        """Run code of ours, and wait for its end; returns the reply, and drops the outputs."""
        run_sync(self._stdin.end_line)(self._now() + _EXECUTE_SECONDS)
        reply: dict[str, Any] = run_sync(self._kernel_client.execute_interactive)(
            code,
            store_history=False,
            allow_stdin=False,
            output_hook=lambda _: None,
            timeout=_EXECUTE_SECONDS,
        )
        return reply

    @property
    def _kernel_client(self) -> AsyncKernelClient:
        assert isinstance(self._client.kc, AsyncKernelClient)  # made by an AsyncKernelManager
        return self._client.kc

    def _install_agent(self) -> None:
        """Install the kernel agent, before any student code runs.

        Raises:
            SandboxError: the kernel cannot import it, or it speaks another version.
        """
        content = self.execute(protocol.INSTALL)["content"]
        if content["status"] != "ok":
            raise SandboxError(
                f"the kernel agent cannot be installed: {content.get('ename')}: "
                f"{content.get('evalue')!s:.300}; reinstall the package and grade again"
            )

    async def _run(self, cell: NotebookNode, index: int, deadline: float) -> None:
        """Run a cell and serve what ``fit`` asks, until the cell ends or its time is up.

        nbclient's own time limit would count what is waited for the referee.
        """
        await self._stdin.end_line(deadline)
        await asyncio.wait_for(self._stdin.drop_requests(), deadline - self._now())
        running = asyncio.ensure_future(self._client.async_execute_cell(cell, index))
        serving = asyncio.ensure_future(self._stdin.serve())
        try:
            while not running.done():
                left = deadline - self._now()
                if left <= 0:
                    raise TimeoutError
                await asyncio.wait(
                    {running, serving},
                    timeout=max(_NEAR, left),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if serving.done() and not running.done():
                    serving.result()
            await running
        finally:
            await cancel_other_tasks()


@contextlib.contextmanager
def _sandbox_paused(manager: AsyncKernelManager) -> Iterator[None]:
    """Stop the sandbox's own clock; a kernel without a sandbox has none."""
    provisioner = getattr(manager, "provisioner", None)
    if not isinstance(provisioner, SandboxProvisioner):
        yield
        return
    provisioner.pause_clock()
    try:
        yield
    finally:
        provisioner.resume_clock()


def _no_fit(_: Mapping[str, Any]) -> Reply:
    """The answer of a kernel for which no training is carried out."""
    return {"refused": "No network is trained here: leave out fit."}, []
