"""An assignment as its source notebook defines it: the only source of truth."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.nbgraderformat import ValidationError
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from grader.errors import CourseError
from grader.examiner import names
from grader.model import Claim
from grader.notebook import reading
from grader.settings import Settings

# As nbgrader's GenerateAssignment does it, but hidden tests stay: this is what gets graded.
_COMPILE = (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)


@dataclass(frozen=True)
class Assignment:
    """What grading needs to know of an assignment.

    Attributes:
        name: also the notebook's name.
        source: the instructor's notebook, solutions and hidden tests included.
        master: the same with stubs in place of the solutions; hidden tests included.
        claims: every claim, in notebook order.
        sha256: of the source notebook's bytes.
    """

    name: str
    source: NotebookNode
    master: NotebookNode
    claims: tuple[Claim, ...]
    sha256: str

    @property
    def solution_ids(self) -> tuple[str, ...]:
        """``grade_id`` of every cell that students fill in, written answers included."""
        return tuple(grade_id(cell) for cell in self.master.cells if utils.is_solution(cell))

    @property
    def given_ids(self) -> frozenset[str]:
        """``id`` of every cell that is the course's and no student's to write."""
        return frozenset(cell.id for cell in self.master.cells if not utils.is_solution(cell))


def grade_id(cell: NotebookNode) -> str:
    """The cell's ``grade_id``, or the empty string for a cell that is none of nbgrader's."""
    found = cell.get("metadata", {}).get("nbgrader", {})
    return str(found.get("grade_id", "")) if isinstance(found, dict) else ""


def is_claim(cell: NotebookNode) -> bool:
    """Whether ``cell`` is a test cell: graded code that students do not write."""
    return bool(cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell))


def source_path(settings: Settings, name: str) -> Path:
    """Where the source notebook of an assignment stands."""
    return settings.root / "source" / name / f"{name}.ipynb"


def load(settings: Settings, name: str) -> Assignment:
    """Read an assignment of the course from its source notebook.

    Raises:
        CourseError: unknown assignment, or a source notebook that is missing or malformed.
    """
    path = source_path(settings, settings.require_assignment(name))
    try:
        content = path.read_bytes()
        source = reading.decode(content)
    except FileNotFoundError:
        raise CourseError(f"{path} is missing: expected the source notebook of {name}") from None
    except ValueError as error:
        raise CourseError(f"{path} is not a notebook: {error}") from error
    return Assignment(
        name=name,
        source=source,
        master=_compiled(source, path, settings),
        claims=_claims(source, path),
        sha256=reading.sha256(content),
    )


def _compiled(source: NotebookNode, path: Path, settings: Settings) -> NotebookNode:
    notebook, resources = copy.deepcopy(source), {"nbgrader": {"notebook": path.stem}}
    try:
        for preprocessor in _COMPILE:
            notebook, resources = preprocessor(config=settings.config).preprocess(
                notebook, resources
            )
    except (RuntimeError, ValidationError) as error:
        raise CourseError(f"{path} cannot be compiled: {error}") from error
    return notebook


def _claims(source: NotebookNode, path: Path) -> tuple[Claim, ...]:
    rests_on = _dependencies(source)
    return tuple(
        Claim(
            name=grade_id(cell),
            points=float(cell.metadata.nbgrader.points),
            statement=_comment(cell, "Claim", path),
            hint=_comment(cell, "Hint", path),
            needs=rests_on[grade_id(cell)],
            after_training=_after_training(cell, path),
        )
        for cell in source.cells
        if is_claim(cell)
    )


def _comment(cell: NotebookNode, word: str, path: Path) -> str:
    found = re.search(rf"^# {word}: (.+)$", cell.source, re.MULTILINE)
    if found is None:
        raise CourseError(
            f"{path}, cell {grade_id(cell)}: expected a line '# {word}: ...' in the test cell"
        )
    return found[1].strip()


def _after_training(cell: NotebookNode, path: Path) -> bool:
    """Whether a line says that the claim is judged after all of the student's cells have run."""
    found = re.findall(r"^# Judged:(.*)$", cell.source, re.MULTILINE)
    if any(text.strip() != "after training" for text in found):
        raise CourseError(
            f"{path}, cell {grade_id(cell)}: found '# Judged:{found[0]}', expected "
            "'# Judged: after training', or no such line"
        )
    return bool(found)


def _dependencies(source: NotebookNode) -> dict[str, tuple[str, ...]]:
    """For each claim, the solution cells that it rests on, directly or through other cells."""
    owner: dict[str, str] = {}  # name -> the solution cell that binds it
    needs: dict[str, set[str]] = {}  # solution cell -> solution cells it rests on, itself included
    claims: dict[str, tuple[str, ...]] = {}
    for cell in source.cells:
        if cell.cell_type != "code" or not names.is_python(cell.source):
            continue
        used = [owner[name] for name in sorted(names.free(cell.source)) if name in owner]
        reached = set().union(*(needs[solution] for solution in used))
        if utils.is_solution(cell):
            needs[grade_id(cell)] = reached | {grade_id(cell)}
            owner.update(dict.fromkeys(names.bound(cell.source), grade_id(cell)))
        elif is_claim(cell):
            claims[grade_id(cell)] = tuple(solution for solution in needs if solution in reached)
    return claims
