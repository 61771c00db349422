"""One class handed in to each grader: course folders that hold the same submissions."""

from __future__ import annotations

import dataclasses
import json
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import nbformat

from benchmarks.classes.students import Student
from grader import settings as course_settings
from grader.classroom import course_copy
from grader.datasets import FILES, read_idx, write_idx
from grader.notebook import gradebook, samples
from grader.notebook.assignment import Assignment, is_claim, load_assignment
from grader.notebook.samples import Sample
from grader.settings import Settings

TRAIN_IMAGES, TEST_IMAGES = 2400, 500
"""The slice that networks are trained on: the first images of each data set, unselected."""

STOCK_CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "stock"
c.Execute.timeout = 600  # nbgrader's own 30 s could cut a training short
"""

_OTTER_TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}
CLAIM = compile({source!r}, name, "exec")


@test_case()
def test_claim(env):
    exec(CLAIM, dict(env))
"""


def slice_data(data: Path, folder: Path) -> Path:
    """Write the slice of every data set, as files that Keras' course kernel reads."""
    for dataset in ("mnist", "fashion_mnist"):
        for file in FILES:
            count = TRAIN_IMAGES if file.startswith("train") else TEST_IMAGES
            write_idx(folder / dataset / file, read_idx(data / dataset / file)[:count])
    folder.chmod(0o755)  # student code may run as nobody
    return folder


def hand_in(root: Path, assignment: str, students: Sequence[Student], folder: Path) -> Path:
    """Write the notebooks of a class.

    Args:
        root: the course whose sources and configuration are used.
        assignment: its name.
        students: what each wrote.
        folder: made anew.

    Returns:
        The folder ``submitted``, as nbgrader has it.
    """
    shutil.rmtree(folder, ignore_errors=True)
    course = course_copy.copy(course_settings.load(root), folder)
    for student in students:
        cells = folder / "cells" / student.name
        cells.mkdir(parents=True)
        for grade_id, text in student.cells.items():
            (cells / f"{grade_id}.py").write_text(text)
        sample = Sample(cells, student.way, student.start, whole=False, verdicts={})
        samples.hand_in(course, assignment, sample, student.name)
    return folder / "submitted"


def for_grader(root: Path, name: str, submitted: Path, data: Path, folder: Path) -> Settings:
    """A copy of the course with its own configuration, which has released an assignment."""
    shutil.rmtree(folder, ignore_errors=True)
    settings = dataclasses.replace(course_settings.load(root), data=data)
    copied = course_copy.copy(settings, folder)
    shutil.copytree(submitted, folder / "submitted")
    gradebook.prepare(copied, load_assignment(copied, name))
    return copied


def for_nbgrader(root: Path, assignment: str, submitted: Path, folder: Path) -> None:
    """A course of stock nbgrader: the same source, no configuration but a longer time limit."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "source" / assignment, folder / "source" / assignment)
    shutil.copytree(submitted, folder / "submitted")
    (folder / "nbgrader_config.py").write_text(STOCK_CONFIG)


def for_otter(root: Path, name: str, submitted: Path, folder: Path) -> None:
    """An autograder of Otter's with a test for each claim, and notebooks without test cells.

    In a notebook of Otter's a test cell is a call of its own; `otter run` runs every test after
    the notebook. Test cells that stayed would run twice.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "submissions").mkdir(parents=True)
    assignment = load_assignment(course_settings.load(root), name)
    write_autograder(assignment, root / "source" / name, folder / "autograder.zip")
    for notebook in sorted(submitted.glob(f"*/{name}/{name}.ipynb")):
        content = nbformat.read(notebook, as_version=4)
        content.cells = [cell for cell in content.cells if not is_claim(cell)]
        nbformat.write(content, folder / "submissions" / f"{notebook.parts[-3]}.ipynb")


def otter_test(name: str, points: float, source: str) -> str:
    """A claim as a test file of Otter's exception-based format."""
    return _OTTER_TEST.format(name=name, points=points, source=source)


def write_autograder(assignment: Assignment, source: Path, archive: Path) -> None:
    """Write the zip that Otter calls an autograder: configuration, tests, and the notebook's files.

    Args:
        assignment: its claims become tests.
        source: the folder of its source notebook.
        archive: the new file.
    """
    claims = {claim.name: claim for claim in assignment.claims}
    with zipfile.ZipFile(archive, "w") as file:
        settings = {"print_summary": False, "print_score": False, "logo": False, "pdf": False}
        file.writestr("otter_config.json", json.dumps(settings))
        for cell in filter(is_claim, assignment.master.cells):
            claim = claims[cell.metadata.nbgrader.grade_id]
            test = otter_test(claim.name, claim.points, cell.source)
            file.writestr(f"tests/{claim.name}.py", test)
        for path in source.iterdir():
            if path.is_file() and path.suffix != ".ipynb":
                file.write(path, f"files/{path.name}")
