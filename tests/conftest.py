"""Fixtures: a tiny course, whose one exercise is to add two numbers."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from grader import settings as course_settings
from grader.settings import Settings
from tests import tiny

ROOT = Path(__file__).parent.parent

# nbgrader starts alembic as a program: it stands beside this Python, activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.fixture
def tiny_course(tmp_path: Path) -> Settings:
    """A course of its own folder with the exercise of ``tests.tiny``."""
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, tmp_path)
    with (tmp_path / "course_config.py").open("a") as config:
        config.write('\nc.Course.assignments = ["sums"]\nc.Course.cell_seconds = 5\n')
    tiny.write_source(tmp_path / "source" / "sums")
    return course_settings.load(tmp_path)
