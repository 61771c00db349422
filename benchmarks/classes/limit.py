"""The limit: what a class's own code costs where everything has been imported already.

``python -m benchmarks.classes.limit SUBMITTED ASSIGNMENT DATA`` runs each notebook in a fork of one
process that has imported what notebooks and claims import, and has run nothing. It counts the
processor time of the notebook's cells and of the calls of the student's functions that claims
make; not what claims compute themselves. Trainings are counted apart: a class needs each once.
Nothing is isolated, so this is no way to grade.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

import nbformat

from grader import settings as course_settings
from grader.notebook.assignment import is_claim, load_assignment

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class OwnTime:
    """Seconds of processor time of one submission's own code.

    Attributes:
        cells: the notebook's cells, without trainings.
        fits: calls of ``fit`` in them.
        calls: calls of the student's functions that claims make.
    """

    cells: float
    fits: float
    calls: float


class Meter:
    """Adds up the processor time of calls; calls within calls count once."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._running = False

    def metered(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with its calls added up."""

        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            with self.running():
                return function(*arguments, **named)

        return call

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Add up what happens inside."""
        if self._running:
            yield
            return
        self._running, began = True, time.process_time()
        try:
            yield
        finally:
            self.seconds += time.process_time() - began
            self._running = False


def own_time(cells: list[Any], tests: dict[str, str], shell: Any, fits: Meter) -> OwnTime:
    """Run a notebook in an IPython shell.

    Args:
        cells: all cells of the submission.
        tests: grade_id to the text of each claim, hidden tests included.
        shell: with an empty namespace.
        fits: adds up the calls of ``fit``.
    """
    own, calls = Meter(), Meter()
    for cell in cells:
        if cell.cell_type != "code":
            continue
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            if is_claim(cell):
                with _metered_functions(shell.user_ns, calls):
                    shell.run_cell(tests[cell.metadata.nbgrader.grade_id])
            else:
                with own.running():
                    shell.run_cell(cell.source)
    return OwnTime(own.seconds - fits.seconds, fits.seconds, calls.seconds)


@contextlib.contextmanager
def _metered_functions(namespace: dict[str, Any], meter: Meter) -> Iterator[None]:
    """Let calls of the functions that were defined in the notebook be added up."""
    functions = {
        name: value
        for name, value in namespace.items()
        if isinstance(value, FunctionType) and value.__globals__ is namespace
    }
    namespace.update({name: meter.metered(value) for name, value in functions.items()})
    try:
        yield
    finally:
        namespace.update(functions)


def main(submitted: Path, name: str, data: Path) -> None:
    """Print the own time of every student as JSON."""
    assignment = load_assignment(course_settings.load(ROOT), name)
    tests = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in assignment.master.cells
        if is_claim(cell)
    }
    _import_everything(data)
    times = {}
    for notebook in sorted(submitted.glob(f"*/{name}/{name}.ipynb")):
        cells = nbformat.read(notebook, as_version=4).cells
        times[notebook.parts[-3]] = _in_a_fork(cells, tests, notebook.parent)
    print(json.dumps(times))


def _import_everything(data: Path) -> None:
    """Import what notebooks and claims import; nothing that TensorFlow would start threads for."""
    from grader import kernel

    os.environ |= {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        kernel.COURSE_DATA: str(data),
    }
    kernel.serve_course_data()
    import keras  # noqa: F401
    import matplotlib.pyplot as plt  # noqa: F401
    import tensorflow as tf
    from IPython.core.interactiveshell import InteractiveShell  # noqa: F401
    from PIL import Image  # noqa: F401

    from grader.checks import (  # noqa: F401
        architecture,
        callback,
        convolution,
        filters,
        images,
        pooling,
        training,
    )

    _ = tf.keras.layers, tf.keras.datasets.mnist  # imported when they are asked for


def _in_a_fork(cells: list[Any], tests: dict[str, str], folder: Path) -> dict[str, float]:
    """The own time of one submission, as a dictionary."""
    answer, question = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        with contextlib.suppress(BaseException):
            os.close(answer)
            os.chdir(folder)
            measured = asdict(own_time(cells, tests, _shell(), _metered_fit()))
            os.write(question, json.dumps(measured).encode())
            code = 0
        os._exit(code)
    os.close(question)
    with os.fdopen(answer) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    if not text:
        raise RuntimeError(f"{folder} ended the process that ran it")
    return dict(json.loads(text))


def _shell() -> Any:
    """An IPython shell that draws figures as a notebook does, and remembers nothing."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    shell: Any = InteractiveShell(  # type: ignore[no-untyped-call]
        config=Config({"HistoryManager": {"enabled": False}})
    )
    from matplotlib_inline.backend_inline import configure_inline_support

    configure_inline_support(  # type: ignore[no-untyped-call]
        shell, os.environ["MPLBACKEND"]
    )
    return shell


def _metered_fit() -> Meter:
    """Let the calls of ``fit`` be added up."""
    import keras

    meter = Meter()
    keras.Model.fit = meter.metered(keras.Model.fit)
    return meter


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
