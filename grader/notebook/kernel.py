"""Runs a notebook's cells in a student kernel and says how each one ended."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from traitlets.config import Config

# After a cell has overrun, how long Python may take to notice the interrupt.
_INTERRUPT_SECONDS = 5


class End(Enum):
    """How a cell ended."""

    DONE = auto()
    RAISED = auto()
    TIMEOUT = auto()
    DIED = auto()


@dataclass(frozen=True)
class CellRun:
    """How one cell went. Its outputs stand in the notebook.

    Attributes:
        end: see ``End``.
        seconds: wall time.
        error: the exception's class name, empty unless it raised.
        message: the exception's text.
    """

    end: End
    seconds: float
    error: str = ""
    message: str = ""

    @property
    def description(self) -> str:
        """What happened, as the end of the sentence 'the cell ...'."""
        match self.end:
            case End.DONE:
                return "ran to its end"
            case End.RAISED:
                return f"ended with {self.error}: {self.message}".rstrip(": ")
            case End.TIMEOUT:
                return f"was stopped after {self.seconds:.0f} s"
            case End.DIED:
                return "ended Python itself (a crash, an exit, or out of memory)"


class StudentKernel:
    """The kernel in which one submission's cells run; see ``started``."""

    def __init__(self, client: NotebookClient) -> None:
        self._client = client

    def run(self, index: int, seconds: float) -> CellRun:
        """Run the notebook's cell ``index``, stopping it after ``seconds``."""
        cell = self._client.nb.cells[index]
        self._client.timeout = max(1, round(seconds))
        begin = time.monotonic()
        try:
            self._client.execute_cell(cell, index)
            end, error = End.DONE, None
        except CellExecutionError as raised:
            end, error = End.RAISED, raised
        except CellTimeoutError:
            end, error = (End.TIMEOUT if self._interrupt() else End.DIED), None
        except DeadKernelError:
            end, error = End.DIED, None
        return CellRun(
            end,
            time.monotonic() - begin,
            error.ename if error else "",
            error.evalue if error else "",
        )

    def restart(self) -> None:
        """Begin again with a fresh Python, in which no cell has run."""
        run_sync(self._client.km.restart_kernel)(now=True)
        run_sync(self._client.kc.wait_for_ready)(timeout=60)

    def _interrupt(self) -> bool:
        """Stop the running cell; False if Python does not come back from it."""
        run_sync(self._client.km.interrupt_kernel)()
        try:
            run_sync(self._client.kc.wait_for_ready)(timeout=_INTERRUPT_SECONDS)
        except RuntimeError:
            return False
        return True


@contextlib.contextmanager
def started(notebook: NotebookNode, folder: Path, data: Path) -> Iterator[StudentKernel]:
    """A student kernel in ``folder``, with the data sets of ``data``, for ``notebook``'s cells."""
    with tempfile.TemporaryDirectory() as sockets:
        # TCP could be overheard by every account of the machine.
        transport = {"transport": "ipc", "ip": f"{sockets}/kernel"}
        client = NotebookClient(
            notebook,
            kernel_name="course",
            config=Config(KernelManager=transport),
            resources={"metadata": {"path": str(folder)}},
            force_raise_errors=True,
            record_timing=False,
            # A cell tagged to be skipped would never be tested, and so never fail.
            skip_cells_with_tag="",
            interrupt_on_timeout=False,
        )
        with client.setup_kernel(
            cwd=str(folder),
            env=os.environ | {"COURSE_DATA": str(data)},
            # What cells print comes as messages; the rest is TensorFlow's start-up, no news to us.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ):
            yield StudentKernel(client)
