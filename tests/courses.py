"""The course in a folder of its own, with a referee that a whole session of tests shares."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader import settings as course_settings
from grader.model import Budget
from grader.referee import local
from grader.settings import Settings
from tests.conftest import ROOT


@contextmanager
def refereed(root: Path, data: Path) -> Iterator[Settings]:
    """The course's configuration and sources in ``root``, and a referee for its trainings.

    One worker and one store for all who grade there, so that a network is trained once.
    """
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    (root / "source").symlink_to(ROOT / "source")
    with local.started(data, root / "runs", "tensorflow", Budget()) as address:
        with (root / "course_config.py").open("a") as config:
            config.write(f"\nc.Course.data = {str(data)!r}\nc.Course.referee = {address!r}\n")
        yield course_settings.load(root)
