"""Student kernels that are real but plain, for tests of what is said rather than of walls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

from grader import kernel as course_kernel
from grader.examiner.examiner import Finding, examine
from grader.examiner.mirrors import Mirrors
from grader.notebook.kernel import StudentKernel
from grader.notebook.runs import End


@contextmanager
def started(folder: Path) -> Iterator[Student]:
    """A student's kernel, ready."""
    notebook = new_notebook(cells=[new_code_cell("")])
    kernel = StudentKernel(notebook, _plain(folder), folder)
    kernel.start()
    try:
        yield Student(kernel, notebook)
    finally:
        kernel.close()


class Student:
    """A student's kernel, whose cells are given one by one."""

    def __init__(self, kernel: StudentKernel, notebook: Any) -> None:
        self.kernel, self._notebook = kernel, notebook

    def write(self, source: str, seconds: float = 60) -> Any:
        """Run a cell."""
        self._notebook.cells[:] = [new_code_cell(source)]
        return self.kernel.run(0, seconds)

    def mirrors(self, seconds: float = 60) -> Mirrors:
        """What the examiner sees; questions are waited for ``seconds`` each."""
        return Mirrors(lambda question, buffers: self.kernel.ask(question, buffers, seconds), alone)

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
