"""The course in a folder of its own, with a referee that a whole session of tests shares."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader import settings as course_settings
from grader.model import Budget
from grader.notebook import experiments
from grader.notebook.assignment import grade_id
from grader.notebook.given_imports import imports
from grader.notebook.magics import seen_through
from grader.parsing import parse
from grader.referee.service import local
from grader.settings import Settings
from tests.conftest import ROOT

# What the notebooks of all assignments import.
IMPORTS = ["PIL", "matplotlib.pyplot", "numpy", "tensorflow"]


@contextmanager
def refereed(
    root: Path,
    data: Path,
    runs: Path | None = None,
    backend: str = "tensorflow",
    *,
    short: bool = False,
) -> Iterator[Settings]:
    """The course's configuration and sources in ``root``, and a referee for its trainings.

    One worker for all who grade there, and one store, so that a network is trained once: ``runs``,
    where many may write, or a folder in ``root``. One warm parent serves all assignments.
    ``backend`` is the referee's; kernels have TensorFlow. For ``short`` see ``made``.
    """
    runs = runs or root / "runs"
    with local.started(data, runs, backend, Budget()) as address:
        yield made(root, data, runs, address, short=short)


def made(root: Path, data: Path, runs: Path, referee: str, *, short: bool = False) -> Settings:
    """The course's configuration and sources in ``root``, whose trainings a referee carries out.

    Args:
        root: an empty folder.
        data: the data folder.
        runs: the store of the referee.
        referee: its address.
        short: whether to leave out given cells that neither an answer nor a claim needs: they draw
            what the answers make, which takes most of a submission's time.
    """
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    if short:
        shutil.copytree(ROOT / "source", root / "source")
        for path in (root / "source").glob("*/*.ipynb"):
            nbformat.write(without_shows(nbformat.read(path, as_version=4)), path)
    else:
        (root / "source").symlink_to(ROOT / "source")
    with (root / "course_config.py").open("a") as config:
        config.write(f"\nc.Course.data = {str(data)!r}\nc.Course.referee = {referee!r}\n")
        config.write(f"c.Course.runs = {str(runs)!r}\nc.Course.warm_imports = {IMPORTS}\n")
    return course_settings.load(root)


def without_shows(source: NotebookNode) -> NotebookNode:
    """A source whose given cells are experiments: they run where other cells use their names.

    Those that import or seed are left as they are.
    """
    for cell in source.cells:
        given = cell.cell_type == "code" and not grade_id(cell)
        if given and not (_imports(cell.source) or "set_random_seed(" in cell.source):
            cell.metadata["tags"] = [experiments.TAG]
    return source


def _imports(text: str) -> bool:
    return any(True for _ in imports(parse(seen_through(text))))
