"""Other graders' programs, each in an environment of its own and with a limit of time."""

from __future__ import annotations

import contextlib
import json
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat

from benchmarks.classes import courses, environments
from grader import settings as course_settings
from grader.notebook.assignment import is_claim, load_assignment
from tests.attacks import exercise
from tests.attacks.apart import apart
from tests.attacks.submissions import notebook_in
from tests.attacks.world import World
from tests.conftest import ROOT

SECONDS = 90  # for one command
OTTER = environments.python(ROOT / "build" / "bench" / "environments", "otter")
_LARGEST = 50 << 20  # bytes of a notebook from which test cells are taken out


def write_autograder(world: World) -> None:
    """Make what Otter grades by, before anybody's code has run."""
    assignment = load_assignment(course_settings.load(world.course), exercise.NAME)
    source = world.course / "source" / exercise.NAME
    courses.write_autograder(assignment, source, world.course / "autograder.zip")


def points_by_otter(world: World, student: str) -> tuple[Any, list[str]]:
    """Points and traces; for points None where it gave up, ``hangs`` where it had to be ended."""
    folder = world.course / "submitted" / student / exercise.NAME
    autograder, said = world.course / "autograder.zip", world.course / f"{student}.json"
    _without_claims(notebook_in(folder))
    program = str(Path(__file__).with_name("otter_one.py"))
    words = [str(OTTER), program, str(autograder), str(notebook_in(folder)), str(said)]
    with run(words, folder, OTTER) as ended:
        traces = world.traces(student)
    if not ended:
        return "hangs", traces
    return (json.loads(said.read_text()) if said.exists() else None), traces


def _without_claims(notebook: Path) -> None:
    """Take the test cells out, as in a notebook of Otter's.

    What is no notebook, or another name of somebody else's file, stays as it is.
    """
    status = notebook.lstat()
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1 or status.st_size > _LARGEST:
        return
    with contextlib.suppress(Exception):  # whatever a hostile file makes nbformat raise
        content = nbformat.read(notebook, as_version=4)
        content.cells = [cell for cell in content.cells if not is_claim(cell)]
        nbformat.write(content, notebook)


def run(
    command: Sequence[str], folder: Path, python: Path
) -> contextlib.AbstractContextManager[bool]:
    """Run a command in an environment, among processes of its own; False if it had to be ended.

    What it has started stays until the context is left.
    """
    return apart(command, folder, environments.variables(python), SECONDS)
