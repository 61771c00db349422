"""Sample submissions: the course's notebook with some cells written by a made-up student.

A sample is a folder with one file for each solution cell that the student wrote (``<grade_id>.py``,
or ``.md`` for a written answer) and a ``case.toml``::

    about = "Two convolutions, where the exercise allows one."
    honest = true          # work, right or wrong, of a student who does not try to deceive
    start = "reference"    # the other cells: the source's solutions, or "release": untouched
    data = "slice"         # small real slices will do, or "whole"
    minutes = true         # grading it takes minutes, for example until a time limit

    [verdicts]             # every claim, in notebook order
    one_convolution = "failed"

Cells of the student's own stand in ``before_<grade_id>.py`` and ``after_<grade_id>.py``: one cell,
or several with a line ``# %%`` between them, put before or after the course's cell of that name;
and in ``first.py``, put at the top of the notebook.

A ``submission.ipynb`` in the folder is handed in as it stands, instead of a notebook made of cells.
"""

from __future__ import annotations

import copy
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.errors import CourseError
from grader.model import Outcome
from grader.notebook import case_file
from grader.notebook.assignment import Assignment, grade_id, load_assignment, source_path
from grader.notebook.submission import paths
from grader.settings import Settings


@dataclass(frozen=True)
class Sample:
    """A sample submission as its folder describes it.

    Attributes:
        folder: where it stands; its name is the sample's name.
        about: what this student did, in one sentence.
        start: what the other solution cells hold: ``reference`` or ``release``.
        whole: whether its verdicts need the whole data set.
        verdicts: the expected outcome of every claim.
        minutes: whether grading it takes minutes, as it does with the whole data set.
        honest: whether it is work, right or wrong, of a student who does not try to deceive.
    """

    folder: Path
    about: str
    start: str
    whole: bool
    verdicts: Mapping[str, Outcome]
    minutes: bool = False
    honest: bool = False


def load(folder: Path) -> Sample:
    """Read the sample in ``folder``; raises ``CourseError`` as ``case_file.read`` does."""
    case = case_file.read(folder / "case.toml")
    whole = case.data == "whole"
    return Sample(
        folder=folder,
        about=case.about,
        start=case.start,
        whole=whole,
        minutes=whole or case.minutes,
        honest=case.honest,
        verdicts=case.verdicts,
    )


def hand_in(settings: Settings, assignment: str, sample: Sample, student: str) -> Path:
    """Put the sample into the course's submitted folder in the name of ``student``."""
    known = load_assignment(settings, assignment)
    submission = paths.submission(settings, student, assignment)
    target = submission.submitted
    target.mkdir(parents=True, exist_ok=True)
    for file in source_path(settings, assignment).parent.iterdir():
        if file.is_file() and file.suffix != ".ipynb":
            shutil.copy(file, target)
    notebook = submission.notebook
    if (raw := sample.folder / "submission.ipynb").exists():
        shutil.copy(raw, notebook)
    else:
        nbformat.write(compose(known, sample), notebook)
    return notebook


def compose(assignment: Assignment, sample: Sample) -> NotebookNode:
    """The notebook that the sample's student would have handed in."""
    written = {file.stem: file.read_text() for file in sorted(sample.folder.glob("*.[pm][yd]"))}
    solutions = {grade_id(cell): cell.source for cell in assignment.source.cells}
    known = {*assignment.solution_ids, "first"}
    known |= {f"{side}_{name}" for side in ("before", "after") for name in solutions if name}
    if unknown := written.keys() - known:
        raise CourseError(
            f"{sample.folder}: {', '.join(sorted(unknown))} is no solution cell of "
            f"{assignment.name}; expected {', '.join(assignment.solution_ids)}; or, for cells of "
            "the student's own, first, or before_ or after_ and a cell's name"
        )
    notebook = copy.deepcopy(assignment.master)
    cells = _own(written, "first")
    for cell in notebook.cells:
        name = grade_id(cell)
        if name in assignment.solution_ids and sample.start == "reference":
            cell.source = solutions[name]
        cell.source = written.get(name, cell.source) if name else cell.source
        cells += [
            *_own(written, f"before_{name}" if name else ""),
            cell,
            *_own(written, f"after_{name}" if name else ""),
        ]
    notebook.cells = cells
    return notebook


def _own(written: Mapping[str, str], name: str) -> list[NotebookNode]:
    """The cells of the student's own in the file called ``name``, if there is one."""
    if name not in written:
        return []
    texts = re.split(r"^# %%[ \t]*\n", written[name], flags=re.MULTILINE)
    return [
        new_code_cell(text.strip("\n"), id=f"{name[:50].replace('_', '-')}-{number}")
        for number, text in enumerate(texts, start=1)
        if text.strip()
    ]
