"""Student kernels that are real but plain, for tests of what is said rather than of walls."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

from grader import kernelspec
from grader import settings as course_settings
from grader.examiner.cells.finding import Finding
from grader.examiner.examiner import examine
from grader.examiner.proxies import Proxies
from grader.examiner.training.trainings import Trainings
from grader.model import Budget, Limits
from grader.notebook.assignment import load_assignment
from grader.notebook.judging import start_kernel, warm_kernels
from grader.notebook.judging.cell_runs import CellStatus
from grader.notebook.judging.clock import Clock
from grader.notebook.judging.fit_requests import FitRequests
from grader.notebook.judging.kernel_session import StudentKernel
from grader.notebook.judging.kernel_setup import KernelSetup

ROOT = Path(__file__).parent.parent


@contextmanager
def started(folder: Path) -> Iterator[Student]:
    """A student's kernel, ready; only dry runs are carried out for it."""
    notebook = new_notebook(cells=[new_code_cell("")])
    trainings = Trainings(None, "", Budget(), {})
    kernel = StudentKernel(notebook, _plain(folder), folder, FitRequests(trainings.answer, Clock()))
    kernel.start()
    try:
        yield Student(kernel, notebook, trainings)
    finally:
        kernel.close()


@contextmanager
def sandboxed(
    folder: Path, data: Path, trainings: Trainings, limits: Limits | None = None
) -> Iterator[Student]:
    """A student's kernel in the course's sandbox, whose trainings are carried out."""
    settings = course_settings.load(ROOT)
    limits_of = {"mnist_998": limits or Limits()}
    settings = dataclasses.replace(settings, data=data, limits_of=limits_of)
    notebook, clock = new_notebook(cells=[new_code_cell("")]), Clock()
    requests = FitRequests(trainings.answer, clock)
    warm = warm_kernels.address(settings, load_assignment(settings, "mnist_998"))
    setup = KernelSetup(settings, "mnist_998", folder, warm=warm)
    starting = start_kernel.started(notebook, setup, requests=requests)
    with starting as kernel:
        trainings.waiting = clock.paused
        yield Student(kernel, notebook, trainings)


class Student:
    """A student's kernel, whose cells are given one by one."""

    def __init__(self, kernel: StudentKernel, notebook: Any, trainings: Trainings) -> None:
        self.kernel, self._notebook, self.trainings = kernel, notebook, trainings

    def write(self, source: str, seconds: float = 60) -> Any:
        """Run a cell."""
        self._notebook.cells[:] = [new_code_cell(source)]
        return self.kernel.run(0, seconds)

    @property
    def printed(self) -> str:
        """What the last cell printed."""
        outputs = self._notebook.cells[0].outputs
        return "".join(one.text for one in outputs if one.output_type == "stream")

    def proxies(self, seconds: float = 60) -> Proxies:
        """What the examiner sees; questions are waited for ``seconds`` each."""

        def ask(question: dict[str, Any], buffers: Sequence[bytes]) -> Any:
            return self.kernel.ask(question, buffers, seconds)

        return Proxies(ask, alone, self.trainings)

    def look(self, name: str) -> Any:
        """The proxy of one name."""
        return self.proxies().look([name])[name]

    def has(self, source: str) -> Any:
        """Run a cell that defines ``it``, and look at that."""
        run = self.write(source)
        assert run.status is CellStatus.DONE, run.message
        return self.look("it")

    def tested(self, test: str, seconds: float = 60) -> Finding:
        """What a test cell comes to."""
        return examine(test, self.proxies(seconds))


def alone(name: str, arguments: tuple[Any, ...]) -> Any:
    """What a test asks where numpy is the only library."""
    raise AssertionError("nothing is to be called alone here")


def _plain(folder: Path) -> Callable[[], Any]:
    """Make managers of the course's kernel over sockets in ``folder``."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    kernelspec.install(folder / "data", prefix=folder)
    specs = KernelSpecManager(kernel_dirs=[str(folder / "share" / "jupyter" / "kernels")])

    def make() -> Any:
        sockets = folder / str(time.monotonic_ns())
        sockets.mkdir()
        return AsyncKernelManager(
            kernel_name="course", kernel_spec_manager=specs, transport="ipc", ip=str(sockets / "k")
        )

    return make
