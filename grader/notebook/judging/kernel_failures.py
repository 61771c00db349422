"""Says how a cell or a question failed, and stops what overran or misbehaved."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import nbformat
import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbclient.util import run_sync

from grader.language import N_, gettext
from grader.notebook.judging import cell_errors
from grader.notebook.judging.cell_runs import CellRun, CellStatus, overrun
from grader.sandbox.client import KernelMisbehaved
from grader.sandbox.provisioner import SandboxProvisioner
from grader.sandbox.sandbox_exit import EndReason

# After a cell has overrun, how long Python may take to notice the interrupt.
_INTERRUPT_SECONDS = 5.0

# What may be raised while a cell runs or a question is asked. The last ones come from reading a
# message whose content is not what such messages hold.
FAILURES = (
    *(CellExecutionError, TimeoutError, DeadKernelError, KernelMisbehaved),
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError),
    nbformat.ValidationError,
    zmq.Again,  # nobody took what was sent
)

# Why a sandbox ended, as people are told it.
_REASONS = {
    EndReason.EXITED: (CellStatus.DIED, N_("process exited")),
    EndReason.SIGNALLED: (CellStatus.DIED, N_("killed by a signal, as after a crash")),
    EndReason.MALFORMED: (CellStatus.DIED, N_("malformed message")),
    EndReason.MEMORY_LIMIT: (CellStatus.LIMIT, N_("memory limit")),
    EndReason.TIME_LIMIT: (CellStatus.LIMIT, N_("time limit of the submission")),
    EndReason.OUTPUT_LIMIT: (CellStatus.LIMIT, N_("output limit")),
}


class KernelFailures:
    """Explains the failures of one kernel.

    Args:
        manager: the kernel's.
        client: the kernel's.
        now: seconds of the submission's clock.
    """

    def __init__(
        self, manager: AsyncKernelManager, client: AsyncKernelClient, now: Callable[[], float]
    ) -> None:
        self._manager, self._client, self._now = manager, client, now

    def explain(self, error: BaseException, begin: float) -> CellRun:
        """How a cell or question that began at ``begin`` failed.

        Args:
            error: one of ``FAILURES``; what overran is interrupted, and a kernel that sent what
                cannot be read is ended.
            begin: on the submission's clock.
        """
        match error:
            case CellExecutionError():
                return self._raised(error, begin)
            case TimeoutError():
                return self._overrun(begin)
            case DeadKernelError():
                return self.died(begin)
            case _:
                return self._misbehaved(begin)

    @property
    def channel_lost(self) -> bool:
        """Whether a channel was lost: then outputs may be missing, and nothing may rest on them."""
        lost = getattr(self._client, "lost", tuple)
        return bool(lost())

    def died(self, begin: float) -> CellRun:
        """Why the kernel is gone."""
        seconds = self._now() - begin
        provisioner = self._manager.provisioner
        if not isinstance(provisioner, SandboxProvisioner):
            return CellRun(
                CellStatus.DIED, seconds, message=gettext("a crash or an exit"), alive=False
            )
        with contextlib.suppress(Exception):
            run_sync(provisioner.wait)()
        end = provisioner.end()
        reason = EndReason.LOST if end is None else end.reason
        status, words = _REASONS.get(reason, (CellStatus.FAULT, reason.value))
        return CellRun(status, seconds, message=gettext(words), alive=False)

    def _raised(self, error: CellExecutionError, begin: float) -> CellRun:
        """What a cell raised, as text that can be written anywhere: half a character cannot."""
        name, text = (
            str(said).encode(errors="replace").decode()[:10_000]
            for said in (error.ename, error.evalue)
        )
        seconds, traceback = self._now() - begin, str(error.traceback)
        line, advice = cell_errors.where(traceback), cell_errors.keys_seen(traceback)
        where = line.encode(errors="replace").decode()
        message = cell_errors.without_file(text) if where else text
        return CellRun(CellStatus.RAISED, seconds, name, message, where=where, advice=advice)

    def _overrun(self, begin: float) -> CellRun:
        """Interrupt what overran; a Python that does not come back from it is lost."""
        seconds = self._now() - begin
        alive = True
        run_sync(self._manager.interrupt_kernel)()
        try:
            run_sync(self._client.wait_for_ready)(timeout=_INTERRUPT_SECONDS)
        except (RuntimeError, KernelMisbehaved, zmq.Again):  # zmq.Again: it has ended meanwhile
            alive = False
        return CellRun(CellStatus.LIMIT, seconds, message=overrun(seconds), alive=alive)

    def _misbehaved(self, begin: float) -> CellRun:
        """End a kernel that sent what cannot be read, if its channel did not end it already."""
        provisioner = self._manager.provisioner
        run_sync(cancel_other_tasks)()
        if not isinstance(provisioner, SandboxProvisioner):
            seconds = self._now() - begin
            return CellRun(
                CellStatus.DIED, seconds, message=gettext("malformed message"), alive=False
            )
        if provisioner.end() is None:
            run_sync(provisioner.stop)(EndReason.MALFORMED)
        return self.died(begin)


async def cancel_other_tasks() -> None:
    """End what nbclient leaves behind where it raises, and what waits for the referee."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
