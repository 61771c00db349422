"""An assignment as its source notebook defines it: the only source of truth."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbgrader import utils

from grader.errors import CourseError
from grader.examiner import names
from grader.examiner.cells.cell_code import compiled
from grader.examiner.wanted import wanted
from grader.model import Claim
from grader.notebook import (
    course_files,
    earlier_releases,
    experiments,
    magics,
    networks,
    notebook_json,
)
from grader.notebook.course_names import course_names
from grader.notebook.given_imports import given_imports
from grader.notebook.master import compile_master, released_texts
from grader.sandbox.guest.name_patterns import picked
from grader.settings import Settings

# In the metadata of a cell of a rebuilt notebook: the solution cell whose answer it goes on with.
PART_OF = "grader_part_of"


@dataclass(frozen=True)
class Assignment:
    """What grading needs to know of an assignment.

    Attributes:
        name: also the notebook's name.
        source: the instructor's notebook, solutions and hidden tests included.
        master: the same with stubs in place of the solutions; hidden tests included.
        claims: every claim, in notebook order.
        sha256: of the source notebook's bytes.
        released: id of each cell to the text that students get: without hidden tests. A cell that
            is not in it was released as it is in ``master``.
        files: names of the files beside the notebook that are the course's and no student's.
        hidden_files: names and bytes of files beside it that students never get.
        course_names: names that cells of the source bind, tests excepted; None where they are not
            known.
        earlier: digest of each text that a cell had in an earlier release to that cell's id; see
            ``earlier_releases``.
    """

    name: str
    source: NotebookNode
    master: NotebookNode
    claims: tuple[Claim, ...]
    sha256: str
    released: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    hidden_files: Mapping[str, bytes] = field(default_factory=dict)
    course_names: frozenset[str] | None = None
    earlier: Mapping[str, str] = field(default_factory=dict)

    @functools.cached_property  # it is asked for each cell
    def solution_ids(self) -> tuple[str, ...]:
        """``grade_id`` of every cell that students fill in, written answers included."""
        return tuple(grade_id(cell) for cell in self.master.cells if utils.is_solution(cell))

    @property
    def written(self) -> dict[str, float]:
        """``grade_id`` to points of every answer that a person grades."""
        return {
            grade_id(cell): float(cell.metadata.nbgrader.points)
            for cell in self.master.cells
            if utils.is_solution(cell) and utils.is_grade(cell)
        }

    @property
    def given_ids(self) -> frozenset[str]:
        """``id`` of every cell that is the course's and no student's to write."""
        return frozenset(cell.id for cell in self.master.cells if not utils.is_solution(cell))

    @functools.cached_property  # it parses the notebook, and is asked for each submission
    def rests_on(self) -> dict[str, tuple[str, ...]]:
        """For the id of each cell of code, the solution cells that it rests on; see ``Claim``."""
        return _dependencies(self.source)

    @functools.cached_property
    def given_imports(self) -> dict[str, str]:
        """Which names the course's own cells import; see ``given_imports``."""
        return given_imports(self.source)

    @functools.cached_property
    def _wanted(self) -> dict[str, frozenset[str]]:
        return {cell.source: wanted(cell.source) for cell in self.source.cells if is_claim(cell)}

    @functools.cached_property
    def repeatable_imports(self) -> Mapping[str, str]:
        """Imports that a student's experiment may repeat; see ``experiments.imported``."""
        return experiments.imported(self.source)

    @property
    def same_for_all(self) -> frozenset[str]:
        """``id`` of the course's cells of code that rest on no solution: all see the same there."""
        return self.given_ids & {name for name, needs in self.rests_on.items() if not needs}

    @functools.cached_property  # it parses, and is asked for each claim
    def definers(self) -> dict[str, str]:
        """The last solution cell of the course's that defines a name, by the name."""
        return {
            name: grade_id(cell)
            for cell in self.source.cells
            if cell.cell_type == "code" and is_solution(cell) and names.is_python(cell.source)
            for name in sorted(names.bound(cell.source))
        }

    @property
    def hidden(self) -> frozenset[str]:
        """Names of the claims that have a part, or all of their test, that students never see."""
        return frozenset(
            grade_id(cell)
            for cell in self.source.cells
            if is_claim(cell) and cell.source != self.released.get(cell.id, cell.source)
        )

    def wanted(self, test: str) -> frozenset[str]:
        """The names that a test cell wants of the student's kernel; see ``examiner.wanted``."""
        return self._wanted[test] if test in self._wanted else wanted(test)

    def analyse(self) -> None:
        """Find out what judges ask of the notebook's text, ahead of them.

        It is kept, and travels with the assignment: each judge is a process of its own, and would
        parse the notebook again.
        """
        for name in ("rests_on", "definers", "given_imports", "_wanted", "solution_ids"):
            getattr(self, name)

    @property
    def solutions(self) -> str:
        """The text of all solution cells of the source."""
        return "\n".join(cell.source for cell in self.source.cells if is_solution(cell))

    @functools.cached_property  # it parses the notebook, and is asked for each claim
    def uses_networks(self) -> bool:
        """Whether it is about networks: then a class gets a referee."""
        return networks.uses_networks(self.source)


def grade_id(cell: NotebookNode) -> str:
    """The cell's ``grade_id``, or the empty string for a cell that is none of nbgrader's."""
    metadata = cell.get("metadata", {}).get("nbgrader", {})
    return str(metadata.get("grade_id", "")) if isinstance(metadata, dict) else ""


def part_of(cell: NotebookNode) -> str:
    """The ``grade_id`` of the solution cell that a cell of a rebuilt notebook belongs to.

    That is the cell itself, or a further part of its answer; else the empty string.
    """
    return grade_id(cell) if utils.is_solution(cell) else str(cell.metadata.get(PART_OF, ""))


def is_claim(cell: NotebookNode) -> bool:
    """Whether ``cell`` is a test cell: graded code that students do not write."""
    return bool(cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell))


def is_solution(cell: NotebookNode) -> bool:
    """Whether ``cell`` is one that students fill in, written answers included."""
    return bool(utils.is_solution(cell))


def is_unchanged(cell: NotebookNode) -> bool:
    """Whether ``cell`` is as it was released, by the checksum that nbgrader gave it then."""
    try:
        released = cell.metadata["nbgrader"]["checksum"]
        return bool(released) and released == utils.compute_checksum(cell)
    except (AttributeError, KeyError, TypeError, ValueError):  # odd metadata
        return False


def source_path(settings: Settings, name: str) -> Path:
    """Where the source notebook of an assignment stands."""
    return settings.root / "source" / name / f"{name}.ipynb"


def load_assignment(settings: Settings, name: str) -> Assignment:
    """Read an assignment of the course from its source notebook.

    Raises:
        CourseError: unknown assignment, or a source notebook that is missing or malformed.
    """
    path = source_path(settings, settings.require_assignment(name))
    try:
        content = path.read_bytes()
        source = notebook_json.decode(content)
    except FileNotFoundError:
        raise CourseError(
            f"{path} is missing: expected the source notebook of {name}; put it there, make one "
            f"(grader new {name}), or take the name out of c.Course.assignments"
        ) from None
    except ValueError as error:
        raise CourseError(f"{path} is not a notebook: {error}") from error
    master = compile_master(source, path, settings)
    return Assignment(
        name=name,
        source=source,
        master=master,
        claims=claims_of(source, path),
        sha256=notebook_json.sha256(content),
        released=released_texts(master, path, settings),
        files=course_files.public(settings, name, path.parent),
        hidden_files=course_files.hidden(settings, path.parent),
        course_names=course_names(
            cell.source for cell in source.cells if cell.cell_type == "code" and not is_claim(cell)
        ),
        earlier=earlier_releases.load(earlier_releases.beside(path)),
    )


def claims_of(source: NotebookNode, path: Path) -> tuple[Claim, ...]:
    """The claims of a source notebook; ``CourseError`` if one has no statement, or is no Python."""
    for cell in source.cells:
        if is_claim(cell) or (cell.cell_type == "code" and is_solution(cell)):
            _expect_python(cell, path)
    rests_on = _dependencies(source)
    return tuple(
        Claim(
            name=grade_id(cell),
            points=float(cell.metadata.nbgrader.points),
            statement=_comment(cell, "Claim", path),
            hint=_comment(cell, "Hint", path),
            needs=rests_on[cell.id],
            after_training=_after_training(cell, path),
        )
        for cell in source.cells
        if is_claim(cell)
    )


def _expect_python(cell: NotebookNode, path: Path) -> None:
    """Refuse a test cell that is no plain Python, and a solution that is none below its magics.

    While work is graded, IPython runs solutions, and does not run tests.
    """
    test = is_claim(cell)
    if not test and magics.is_other_language(cell.source):
        return
    text = cell.source if test else magics.seen_through(cell.source)
    try:
        compiled(text)
    except (SyntaxError, ValueError) as error:
        above = cell.source.count("\n") - text.count("\n")  # a magic that the rest runs under
        line = (getattr(error, "lineno", None) or 1) + above
        text = "".join(cell.source.split("\n")[line - 1 : line]).strip()
        magic = test and (text.startswith(("%", "!", "?")) or text.endswith("?"))
        found = "a magic" if magic else getattr(error, "msg", str(error))
        expected = "plain Python, which is all that a test cell may hold" if test else "Python"
        raise CourseError(
            f"{path}, cell {grade_id(cell)}, line {line}: found {found} (`{text:.60}`), expected "
            f"{expected}"
        ) from error


def _comment(cell: NotebookNode, word: str, path: Path) -> str:
    line = re.search(rf"^# {word}: (.+)$", cell.source, re.MULTILINE)
    if line is None:
        raise CourseError(
            f"{path}, cell {grade_id(cell)}: expected a line '# {word}: ...' in the test cell"
        )
    return line[1].strip()


def _after_training(cell: NotebookNode, path: Path) -> bool:
    """Whether a line says that the claim is judged after all of the student's cells have run."""
    said = re.findall(r"^# Judged:(.*)$", cell.source, re.MULTILINE)
    if any(text.strip() != "after training" for text in said):
        raise CourseError(
            f"{path}, cell {grade_id(cell)}: found '# Judged:{said[0]}', expected "
            "'# Judged: after training', or no such line"
        )
    return bool(said)


def _dependencies(source: NotebookNode) -> dict[str, tuple[str, ...]]:
    """For the id of each cell of Python, the solution cells that it rests on, in notebook order.

    It rests on them directly or through other solution cells. A solution cell rests on itself, too.
    """
    owner: dict[str, str] = {}  # name -> the solution cell that binds it
    needs: dict[str, set[str]] = {}  # solution cell -> solution cells it rests on, itself included
    found: dict[str, tuple[str, ...]] = {}
    for cell in source.cells:
        text = magics.seen_through(cell.source)
        if cell.cell_type != "code" or not names.is_python(text):
            continue
        used = [owner[name] for name in picked(sorted(owner), sorted(wanted(text)))]
        reached = set().union(*(needs[solution] for solution in used))
        if utils.is_solution(cell):
            reached.add(grade_id(cell))
            needs[grade_id(cell)] = reached
            owner.update(dict.fromkeys(names.bound(text), grade_id(cell)))
        found[cell.id] = tuple(solution for solution in needs if solution in reached)
    return found
