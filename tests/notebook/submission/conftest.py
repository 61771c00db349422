"""The small course's assignment, and good work for it."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode

from grader.notebook.assignment import Assignment, load_assignment
from grader.settings import Settings
from tests import tiny


@pytest.fixture
def assignment(tiny_course: Settings) -> Assignment:
    return load_assignment(tiny_course, "sums")


@pytest.fixture
def submitted(tiny_course: Settings) -> NotebookNode:
    return tiny.submission(tiny_course, tiny.GOOD)
