"""What a notebook itself says of its claims: which there are, and which cells they rest on.

A student has no source notebook. So everything is read off the notebook that was handed out, as the
student has filled it in: the claims whose text is to be seen, and, by the names that cells bind and
use, the cells that must have run before each of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from nbgrader import utils

from grader.examiner import names
from grader.model import Claim
from grader.notebook.assignments import grade_id, is_claim

# What a claim imports that is about a training, also where none stands in the notebook yet.
_ABOUT_TRAINING = re.compile(r"\bgrader\.checks\.training\b")

_PYTHON = TransformerManager()  # type: ignore[no-untyped-call]  # IPython gives it no types

# Both lines of nbgrader's stub; see c.ClearSolutions.code_stub.
_STUB = re.compile(r"^\s*# YOUR CODE HERE\n\s*raise NotImplementedError\(", re.MULTILINE)


@dataclass(frozen=True)
class Plan:
    """How a notebook's claims can be checked without any training.

    Attributes:
        claims: those whose text is to be seen, in notebook order.
        training: names of those that rest on a training.
        tests: claim to its cell's place in the notebook.
        cells: places of the cells to run before the claims that rest on no training, in order.
        untouched: solution cells that are as they were handed out.
    """

    claims: tuple[Claim, ...]
    training: frozenset[str]
    tests: dict[str, int]
    cells: tuple[int, ...]
    untouched: tuple[str, ...]

    @property
    def checkable(self) -> tuple[Claim, ...]:
        """The claims that rest on no training."""
        return tuple(claim for claim in self.claims if claim.name not in self.training)


def plan(notebook: NotebookNode) -> Plan:
    """Find the claims of a notebook that was handed out, and what they rest on."""
    cells = [_Cell(i, one) for i, one in enumerate(notebook.cells) if one.cell_type == "code"]
    surroundings = [cell for cell in cells if not is_claim(cell.node)]
    claims: list[Claim] = []
    training, tests, needed = set(), {}, set()
    for cell in cells:
        if not cell.is_visible_claim or cell.name in tests:  # of copies the first counts
            continue
        grounds = _grounds(cell, surroundings)
        tests[cell.name] = cell.place
        claims.append(cell.claim(grounds))
        if _ABOUT_TRAINING.search(cell.node.source) or any(one.trains for one in grounds):
            training.add(cell.name)
        else:
            needed |= {one.place for one in grounds}
    untouched = tuple(one.name for one in surroundings if one.is_stub)
    return Plan(tuple(claims), frozenset(training), tests, tuple(sorted(needed)), untouched)


def _grounds(start: _Cell, surroundings: Sequence[_Cell]) -> list[_Cell]:
    """The cells that ``start`` rests on, directly or through others, in notebook order."""
    found: dict[int, _Cell] = {}
    waiting = [start]
    while waiting:
        cell = waiting.pop()
        for name in cell.uses:
            for binder in _binders(name, cell, surroundings):
                if binder.place not in found:
                    found[binder.place] = binder
                    waiting.append(binder)
    return [found[place] for place in sorted(found)]


def _binders(name: str, user: _Cell, surroundings: Iterable[_Cell]) -> list[_Cell]:
    """The cells from which ``user`` may have ``name``.

    Those before it; else those after it, which a function may call; else what may have been meant
    to: a cell to be written whose text speaks of the name, or a cell that is not Python yet.
    """
    binders = [one for one in surroundings if name in one.binds]
    before = [one for one in binders if one.place < user.place]
    meant = [one for one in surroundings if one.speaks_of(name) or not one.is_python]
    return before or binders or meant


class _Cell:
    """A code cell, with the names that it binds and uses."""

    def __init__(self, place: int, node: NotebookNode) -> None:
        self.place, self.node, self.name = place, node, grade_id(node)
        self.binds: frozenset[str] = frozenset()
        self.uses: frozenset[str] = frozenset()
        self.is_python = True
        try:  # as IPython runs it: %matplotlib and !pip are no hindrance
            source = _PYTHON.transform_cell(node.source)
            self.binds, self.uses = names.bound(source), names.free(source)
            self.trains = _calls_fit(source)
        except (SyntaxError, ValueError):
            self.is_python, self.trains = False, ".fit(" in node.source

    @property
    def is_visible_claim(self) -> bool:
        """Whether it is a test cell whose claim is to be read; of hidden ones a line is left."""
        return bool(self.name and is_claim(self.node) and _line(self.node, "Claim"))

    @property
    def is_stub(self) -> bool:
        """Whether it is a solution cell in which nothing was written."""
        return bool(utils.is_solution(self.node) and _STUB.search(self.node.source))

    def speaks_of(self, name: str) -> bool:
        """Whether nothing was written here yet, and the text names what is to be written."""
        return self.is_stub and bool(re.search(rf"\b{name}\b", self.node.source))

    def claim(self, grounds: Iterable[_Cell]) -> Claim:
        """The claim that this test cell makes."""
        return Claim(
            name=self.name,
            points=float(self.node.metadata.nbgrader.get("points") or 0),
            statement=_line(self.node, "Claim"),
            hint=_line(self.node, "Hint"),
            needs=tuple(one.name for one in grounds if utils.is_solution(one.node)),
        )


def _line(cell: NotebookNode, word: str) -> str:
    found = re.search(rf"^# {word}: (.+)$", cell.source, re.MULTILINE)
    return found[1].strip() if found else ""


def _calls_fit(source: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "fit"
        for node in ast.walk(ast.parse(source))
    )
