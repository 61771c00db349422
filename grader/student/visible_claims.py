"""Finds the claims that a student's notebook shows, and the cells that they depend on.

A student has no source notebook. So everything is read from the notebook that was handed out, as
the student has filled it in: the claims whose text is visible and, by the names that cells bind and
use, the cells that must run before each of them.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from grader.cell_messages.test_cells import comment
from grader.model import Claim
from grader.notebook import magics, networks
from grader.notebook.assignment import grade_id, is_claim, is_solution, is_unchanged
from grader.notebook.submission import cell_text
from grader.parsing import parse

# A claim that imports this is about a training, even if the notebook has no call of fit yet.
_ABOUT_TRAINING = re.compile(r"\bgrader\.checks\.training\b")

_MOST_POINTS = 1e6  # of a claim; what is more was written there by mistake

# A cell that may bind names that do not stand in it.
_BINDS_UNKNOWN = re.compile(
    r"^[ \t]*(?:from[ \t]+[\w.]+[ \t]+import[ \t]+\*|%run\b)|\bexec\(|\bglobals\(\)", re.MULTILINE
)


@dataclass(frozen=True)
class Plan:
    """How a notebook's claims can be checked without any training.

    Attributes:
        claims: those whose text is visible, in notebook order.
        training: names of those that depend on a training.
        tests: index of each claim's cell in the notebook.
        cells: indices of the cells to run before the claims without training, in order.
        untouched: solution cells in which nothing was written.
        definers: the solution cell that defines a name, or whose text says that it is to.
        hidden: points of each claim whose test is not in the notebook.
        written: points of each answer that a person grades.
    """

    claims: tuple[Claim, ...]
    training: frozenset[str]
    tests: dict[str, int]
    cells: tuple[int, ...]
    untouched: tuple[str, ...]
    definers: Mapping[str, str]
    hidden: tuple[float, ...] = ()
    written: tuple[float, ...] = ()

    @property
    def checkable(self) -> tuple[Claim, ...]:
        """The claims that need no training."""
        return tuple(claim for claim in self.claims if claim.name not in self.training)


def plan(notebook: NotebookNode) -> Plan:
    """Find the claims of a released notebook, and the cells that they depend on."""
    wanted = frozenset().union(
        *(cell_text.used_names(node.source) for node in notebook.cells if is_claim(node))
    )
    trains = networks.uses_networks(notebook)
    cells = [
        _Cell(i, node, wanted, trains)
        for i, node in enumerate(notebook.cells)
        if node.cell_type == "code"
    ]
    surroundings = [cell for cell in cells if not is_claim(cell.node)]
    untouched = _untouched(surroundings)
    # As in grading, a copy of a stub is left out where there is an answer.
    surroundings = [cell for cell in surroundings if not cell.is_stub or cell.name in untouched]
    tests: dict[str, _Cell] = {}
    for cell in cells:
        if cell.is_visible_claim:
            tests.setdefault(cell.name, cell)  # of copies the first counts
    grounds = {name: _grounds(test, surroundings) for name, test in tests.items()}
    training = frozenset(name for name in tests if _is_training(tests[name], grounds[name]))
    needed = {cell.place for name in tests if name not in training for cell in grounds[name]}
    return Plan(
        tuple(test.claim(grounds[name]) for name, test in tests.items()),
        training,
        {name: test.place for name, test in tests.items()},
        tuple(sorted(needed)),
        untouched,
        definers=_definers(surroundings, wanted),
        hidden=_points(cell.node for cell in cells if cell.is_hidden_claim),
        written=_points(node for node in notebook.cells if is_solution(node) and _is_graded(node)),
    )


def _is_training(test: _Cell, grounds: Iterable[_Cell]) -> bool:
    """Whether a claim is about a training, or rests on a cell that trains."""
    return bool(_ABOUT_TRAINING.search(test.node.source)) or any(cell.trains for cell in grounds)


def _is_graded(node: NotebookNode) -> bool:
    return bool(node.metadata.get("nbgrader", {}).get("grade"))


def _points(nodes: Iterable[NotebookNode]) -> tuple[float, ...]:
    return tuple(map(_worth, nodes))


def _worth(node: NotebookNode) -> float:
    """The points of a cell; 0 where another editor has left something else in their place."""
    points = node.metadata.nbgrader.get("points")
    plain = isinstance(points, int | float) and not isinstance(points, bool)
    return float(points) if plain and 0 <= points < _MOST_POINTS else 0.0


def with_claims(notebook: NotebookNode) -> NotebookNode:
    """The notebook as grading would see it: other editors lose metadata, and change line ends.

    A test cell without nbgrader's metadata is known by its line ``# Claim:``, and named by its
    number; its points are not known.
    """
    notebook, number = copy.deepcopy(notebook), 0
    for cell in notebook.cells:
        cell.source = cell_text.with_unix_line_ends(cell.source)
        claims = cell.cell_type == "code" and cell.source.lstrip().startswith("# Claim:")
        number += claims
        if claims and not isinstance(cell.metadata.get("nbgrader"), dict):
            known = {"grade": True, "solution": False, "locked": True, "task": False, "points": 0}
            cell.metadata["nbgrader"] = NotebookNode(
                known | {"grade_id": f"claim_{number}", "schema_version": 3}
            )
    return notebook


def _definers(cells: Sequence[_Cell], wanted: frozenset[str]) -> dict[str, str]:
    """For each name that test cells use, the last solution cell that defines or mentions it."""
    return {
        name: cell.name
        for cell in cells
        if is_solution(cell.node)
        for name in sorted(wanted)
        if name in cell.binds or re.search(rf"\b{name}\b", cell.node.source)
    }


def _untouched(cells: Sequence[_Cell]) -> tuple[str, ...]:
    """Solution cells of which no part was written, nor any cell that defines the same."""
    written = [cell for cell in cells if not cell.is_stub]
    stubs = dict.fromkeys(cell.name for cell in cells if cell.is_stub)
    defined = frozenset().union(*(cell.binds for cell in written))
    answered = {cell.name for cell in written if is_solution(cell.node)}
    answered |= {cell.name for cell in cells if cell.is_stub and cell.binds & defined}
    return tuple(name for name in stubs if name not in answered)


def _grounds(start: _Cell, surroundings: Sequence[_Cell]) -> list[_Cell]:
    """The cells that ``start`` depends on, directly or through others, in notebook order."""
    grounds: dict[int, _Cell] = {}
    waiting = [start]
    while waiting:
        cell = waiting.pop()
        binders = [binder for name in cell.uses for binder in _binders(name, cell, surroundings)]
        if cell is not start:  # of what a test cell uses, the course says where it comes from
            binders += [s for s in surroundings if s.binds_unknown and s.place < cell.place]
        for binder in binders:
            if binder.place not in grounds:
                grounds[binder.place] = binder
                waiting.append(binder)
    return [grounds[place] for place in sorted(grounds)]


def _binders(name: str, user: _Cell, surroundings: Iterable[_Cell]) -> list[_Cell]:
    """The cells from which ``user`` may have ``name``.

    These are the cells before it that bind the name; else the cells after it, which a function may
    call; else the cells that may bind it once they are written: a stub whose text mentions the
    name, or a cell that is not valid Python yet.
    """
    binders = [cell for cell in surroundings if name in cell.binds]
    before = [cell for cell in binders if cell.place < user.place]
    unfinished = [cell for cell in surroundings if cell.mentions(name) or not cell.is_python]
    return before or binders or unfinished


class _Cell:
    """A code cell, with the names that it binds and uses.

    Args:
        place: its index in the notebook.
        node: the cell.
        wanted: names that test cells use.
        trains: whether ``fit`` trains a network in this notebook.
    """

    def __init__(
        self, place: int, node: NotebookNode, wanted: frozenset[str], trains: bool
    ) -> None:
        self.place, self.node, self.name = place, node, grade_id(node)
        self.binds: frozenset[str] = frozenset()
        self.uses: frozenset[str] = frozenset()
        self.is_python = True
        self.binds_unknown = bool(_BINDS_UNKNOWN.search(node.source))
        self.raises = False
        python = cell_text.parsed(node.source)
        if python is not None:
            self.binds, self.uses = python.bound, python.free
            source = magics.seen_through(node.source)
            self.trains = trains and _calls_fit(source)
            self.raises = cell_text.is_stub(node.source, wanted)
        else:
            self.is_python, self.trains = False, trains and ".fit(" in node.source

    @property
    def is_visible_claim(self) -> bool:
        """Whether it is a test cell with a claim; of a hidden test only one line is left."""
        return bool(self.name and is_claim(self.node) and comment(self.node.source, "Claim"))

    @property
    def is_hidden_claim(self) -> bool:
        """Whether it is a test cell of which students see nothing but a line that says so."""
        return bool(self.name and is_claim(self.node) and not comment(self.node.source, "Claim"))

    @property
    def is_stub(self) -> bool:
        """Whether it is a solution cell in which nothing was written.

        A course may configure any stub, so a released cell is recognised by its checksum. A cell
        with other changes, such as a comment, is a stub while its code still raises at once.
        """
        return is_solution(self.node) and (self.raises or is_unchanged(self.node))

    def mentions(self, name: str) -> bool:
        """Whether it is a stub whose text contains the name."""
        return self.is_stub and bool(re.search(rf"\b{name}\b", self.node.source))

    def claim(self, grounds: Iterable[_Cell]) -> Claim:
        """The claim that this test cell makes."""
        return Claim(
            name=self.name,
            points=_worth(self.node),
            statement=comment(self.node.source, "Claim"),
            hint=comment(self.node.source, "Hint"),
            needs=tuple(cell.name for cell in grounds if is_solution(cell.node)),
        )


def _calls_fit(source: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "fit"
        for node in ast.walk(parse(source))
    )
