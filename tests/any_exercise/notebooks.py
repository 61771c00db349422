"""Makes nbgrader notebooks of the table's exercises, and a course of these."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader import settings as course_settings
from grader.notebook.assignment import grade_id, load_assignment
from grader.settings import Settings
from tests.any_exercise.table import Exercise, Notebook, TableClaim, Work

ROOT = Path(__file__).parents[2]

_CONFIG = """
c.Course.assignments = {names!r}
c.Course.limits = {{"*": {{"cell_seconds": 120, "submission_seconds": 600}}}}
c.Course.warm_imports = ["numpy", "matplotlib.pyplot"]
"""


def make_course(root: Path, notebooks: tuple[Notebook, ...]) -> Settings:
    """A course in ``root`` whose assignments are these notebooks."""
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    names = [notebook.name for notebook in notebooks]
    with (root / "course_config.py").open("a") as config:
        config.write(_CONFIG.format(names=names))
    for notebook in notebooks:
        folder = root / "source" / notebook.name
        folder.mkdir(parents=True)
        nbformat.write(source(notebook), folder / f"{notebook.name}.ipynb")
        put_files(notebook, folder)
    return course_settings.load(root)


def put_files(notebook: Notebook, folder: Path) -> None:
    """Write the files that stand beside a notebook."""
    for exercise in notebook.exercises:
        for name, text in exercise.files.items():
            (folder / name).write_text(text)


def source(notebook: Notebook) -> NotebookNode:
    """The instructor's notebook."""
    cells = [new_markdown_cell(f"# {notebook.name.capitalize()}", id="title")]
    for exercise in notebook.exercises:
        cells += _cells(exercise)
    kernelspec = {"name": "course", "display_name": "course", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernelspec})


def handed_in(course: Settings, notebook: Notebook, work: Work) -> NotebookNode:
    """The notebook of a student: right work, or wrong work, in every solution cell."""
    texts = {exercise.name: getattr(exercise, work) for exercise in notebook.exercises}
    made = load_assignment(course, notebook.name).master
    for cell in made.cells:
        cell.source = texts.get(grade_id(cell), cell.source)
    return made


def _cells(exercise: Exercise) -> Iterator[NotebookNode]:
    if exercise.given:
        yield new_code_cell(exercise.given, id=_id(f"given_{exercise.name}"))
    text = f"### BEGIN SOLUTION\n{exercise.right}\n### END SOLUTION"
    metadata = _nbgrader(exercise.name, solution=True)
    yield new_code_cell(text, id=_id(exercise.name), metadata=metadata)
    for claim in exercise.claims:
        yield _test(claim)


def _test(claim: TableClaim) -> NotebookNode:
    head = f"# Claim: {claim.says}\n# Hint: Read the task of {claim.name} once more.\n"
    metadata = _nbgrader(claim.name, grade=True, points=1)
    return new_code_cell(head + claim.test, id=_id(claim.name), metadata=metadata)


def _id(name: str) -> str:
    """An id of a cell: at most 64 letters, digits, hyphens."""
    return name.replace("_", "-")[:64]


def _nbgrader(name: str, **more: object) -> dict[str, object]:
    known = {"grade": False, "solution": False, "task": False, "schema_version": 3}
    return {"nbgrader": known | {"grade_id": name, "locked": "grade" in more} | more}
