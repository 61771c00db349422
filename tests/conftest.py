"""Fixtures: a tiny course, whose one exercise is to add two numbers."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from grader.settings import Settings
from tests import tiny

ROOT = Path(__file__).parent.parent

# nbgrader starts alembic as a program: it stands beside this Python, activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.fixture
def tiny_course(tmp_path: Path) -> Settings:
    """A course of its own folder with the exercise of ``tests.tiny``."""
    return tiny.make_course(tmp_path, cell_seconds=5)
