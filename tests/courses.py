"""The course in a folder of its own, with a referee that a whole session of tests shares."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader import settings as course_settings
from grader.model import Budget
from grader.referee.service import local
from grader.settings import Settings
from tests.conftest import ROOT

# What the notebooks of all assignments import.
IMPORTS = ["PIL", "matplotlib.pyplot", "numpy", "tensorflow"]


@contextmanager
def refereed(
    root: Path, data: Path, runs: Path | None = None, backend: str = "tensorflow"
) -> Iterator[Settings]:
    """The course's configuration and sources in ``root``, and a referee for its trainings.

    One worker for all who grade there, and one store, so that a network is trained once: ``runs``,
    where many may write, or a folder in ``root``. One warm parent serves all assignments.
    ``backend`` is the referee's; kernels have TensorFlow.
    """
    runs = runs or root / "runs"
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    (root / "source").symlink_to(ROOT / "source")
    with local.started(data, runs, backend, Budget()) as address:
        with (root / "course_config.py").open("a") as config:
            config.write(f"\nc.Course.data = {str(data)!r}\nc.Course.referee = {address!r}\n")
            config.write(f"c.Course.runs = {str(runs)!r}\nc.Course.warm_imports = {IMPORTS}\n")
        yield course_settings.load(root)
