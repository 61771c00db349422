"""Student kernels that are real but plain, for tests of what is said rather than of walls."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

from grader import kernel as course_kernel
from grader import settings as course_settings
from grader.examiner.examiner import Finding, examine
from grader.examiner.mirrors import Mirrors
from grader.examiner.trainings import Trainings
from grader.model import Budget, Limits
from grader.notebook import kernels
from grader.notebook.clock import Clock
from grader.notebook.kernel import StudentKernel
from grader.notebook.runs import End
from grader.notebook.serving import Serving

ROOT = Path(__file__).parent.parent


@contextmanager
def started(folder: Path) -> Iterator[Student]:
    """A student's kernel, ready; a rehearsal is all that is ever trained for it."""
    notebook = new_notebook(cells=[new_code_cell("")])
    trainings = Trainings(None, "", Budget(), {})
    kernel = StudentKernel(notebook, _plain(folder), folder, Serving(trainings.answer, Clock()))
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
    serving = Serving(trainings.answer, clock, lambda: kernel.paused())  # noqa: PLW0108 -- there is none yet
    with kernels.started(notebook, folder, settings, "mnist_998", serving=serving) as kernel:
        trainings.waiting = serving.paused
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

    def mirrors(self, seconds: float = 60) -> Mirrors:
        """What the examiner sees; questions are waited for ``seconds`` each."""

        def ask(question: dict[str, Any], buffers: Sequence[bytes]) -> Any:
            return self.kernel.ask(question, buffers, seconds)

        return Mirrors(ask, alone, self.trainings)

    def look(self, name: str) -> Any:
        """The mirror of one name."""
        return self.mirrors().look([name])[name]

    def has(self, source: str) -> Any:
        """Run a cell that defines ``it``, and look at that."""
        run = self.write(source)
        assert run.end is End.DONE, run.message
        return self.look("it")

    def tested(self, test: str, seconds: float = 60) -> Finding:
        """What a test cell comes to."""
        return examine(test, self.mirrors(seconds))


def alone(name: str, arguments: tuple[Any, ...]) -> Any:
    """What a test asks where numpy is the only library."""
    raise AssertionError("nothing is to be called alone here")


def _plain(folder: Path) -> Callable[[], Any]:
    """Make managers of the course's kernel over sockets in ``folder``."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    course_kernel.install(folder / "data", prefix=folder)
    specs = KernelSpecManager(kernel_dirs=[str(folder / "share" / "jupyter" / "kernels")])

    def make() -> Any:
        sockets = folder / str(time.monotonic_ns())
        sockets.mkdir()
        return AsyncKernelManager(
            kernel_name="course", kernel_spec_manager=specs, transport="ipc", ip=str(sockets / "k")
        )

    return make
