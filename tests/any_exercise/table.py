"""The table of ordinary claims: exercises of Python courses, right and wrong work, and verdicts.

A file in ``claims/`` holds the exercises of one kind::

    [account]                       # one solution cell
    given = '''import math'''       # the course's cell before it, if there is one
    right = '''...'''               # the solution
    wrong = '''...'''               # what a student may write

    [account.files]                 # files beside the notebook
    "sales.csv" = "..."

    [account.claims.class_state]    # a test cell
    says = "deposit adds to the balance."
    test = '''...'''
    wrong = "failed"                # the verdict on the wrong work; on the right it is `passed`

    [account.claims.class_state.differs.grading]    # only where a way says something else;
    wrong = "passed"                # or `right`    # `apart`: where tests run apart from the work
    why = "..."

    [account.claims.class_state.recipe]             # shown in docs/recipes.md
    title = "..."
    says = "..."

The files of one notebook are named in ``NOTEBOOKS``; see ``notebooks.py``.
"""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.model import Outcome

FOLDER = Path(__file__).parent / "claims"

# The notebooks, each with the files of exercises in it: few, since each is graded by itself.
NOTEBOOKS = {
    "objects": ("classes", "inheritance", "structures", "operators", "blocks"),
    "calls": (
        "functions",
        "closures",
        "iteration",
        "errors",
        "groups",
        "odd_types",
        "testing",
        "records",
        "by_name",
    ),
    "values": (
        "collections",
        "dataclasses",
        "kinds",
        "text",
        "abstracts",
        "programs",
        "library",
        "idioms",
    ),
    "changes": (
        "changed",
        "changed_objects",
        "kept",
        "handed_in",
        "handed_objects",
        "waiting",
        "derived",
        "banking",
    ),
    "around": ("files", "outputs", "seeds", "plots", "patches", "topics"),
    "numbers": ("arrays", "numerics"),
    "frames": ("frames", "learners"),
    "tensors": ("tensors",),
    "networks": ("networks",),
}

# What must be installed for the exercises of a file.
NEEDED = {"frames": ("pandas",), "learners": ("sklearn",), "tensors": ("torch",)}


class Way(StrEnum):
    """A way in which a claim is held against work."""

    CELL = "cell"  # the test cell is run in the student's kernel, as any other cell
    MAGIC = "magic"  # %check
    CHECK = "check"  # grader check
    GRADING = "grading"


_APART = (Way.CHECK, Way.GRADING)


class Work(StrEnum):
    """Whose work it is."""

    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True)
class Difference:
    """A known difference: what one way says, and why it is not what the others say.

    Attributes:
        right: of right work; None where it is ``passed`` as everywhere.
        wrong: of wrong work; None where it is as everywhere.
        why: for the documentation.
    """

    right: Outcome | None
    wrong: Outcome | None
    why: str


@dataclass(frozen=True)
class Recipe:
    """How the documentation shows a claim.

    Attributes:
        title: what the reader looks for.
        says: what happens, in a sentence or two.
    """

    title: str
    says: str


@dataclass(frozen=True, eq=False)
class TableClaim:
    """A test cell, and what it must come to.

    Attributes:
        name: the cell's id.
        says: the claim, as a sentence that is true of right work.
        test: the text of the test cell, without its first two lines.
        wrong: the verdict on the wrong work.
        differs: the known differences.
        recipe: how the documentation shows it, if it does.
    """

    name: str
    says: str
    test: str
    wrong: Outcome
    differs: Mapping[Way, Difference] = field(default_factory=dict)
    recipe: Recipe | None = None

    def expected(self, work: Work, way: Way) -> Outcome:
        """The verdict that it must get, known differences included."""
        difference = self.differs.get(way)
        other = getattr(difference, work) if difference else None
        if other is not None:
            return Outcome(other)
        return Outcome.PASSED if work is Work.RIGHT else self.wrong


@dataclass(frozen=True)
class Exercise:
    """A solution cell with its test cells.

    Attributes:
        name: the cell's id.
        given: the text of the course's cell before it; empty where there is none.
        right: the text of the solution.
        wrong: the text of wrong work.
        files: text of the files beside the notebook, by name.
        claims: on it.
    """

    name: str
    given: str
    right: str
    wrong: str
    files: Mapping[str, str]
    claims: tuple[TableClaim, ...]


@dataclass(frozen=True)
class Notebook:
    """The exercises that stand in one notebook.

    Attributes:
        name: of the assignment.
        kinds: the files of its exercises.
    """

    name: str
    kinds: tuple[str, ...]

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """In the order of the notebook."""
        return tuple(exercise for kind in self.kinds for exercise in exercises(kind))

    @property
    def claims(self) -> tuple[TableClaim, ...]:
        """In the order of the notebook."""
        return tuple(claim for exercise in self.exercises for claim in exercise.claims)

    @property
    def uses_keras(self) -> bool:
        """Whether it is graded with a referee."""
        return "networks" in self.kinds

    @property
    def missing(self) -> tuple[str, ...]:
        """The packages that it needs and that are not installed."""
        needed = (package for kind in self.kinds for package in NEEDED.get(kind, ()))
        return tuple(package for package in needed if importlib.util.find_spec(package) is None)


ALL = tuple(Notebook(name, kinds) for name, kinds in NOTEBOOKS.items())


def exercises(kind: str) -> tuple[Exercise, ...]:
    """The exercises of one file."""
    content = tomllib.loads((FOLDER / f"{kind}.toml").read_text())
    return tuple(_exercise(name, entry) for name, entry in content.items())


def every_claim() -> Iterator[TableClaim]:
    """All claims of the table."""
    for notebook in ALL:
        yield from notebook.claims


def _exercise(name: str, entry: Mapping[str, Any]) -> Exercise:
    claims = tuple(_claim(claim, text) for claim, text in entry["claims"].items())
    texts = (entry.get("given", ""), entry["right"], entry["wrong"])
    return Exercise(name, *(text.strip() for text in texts), entry.get("files", {}), claims)


def _claim(name: str, entry: Mapping[str, Any]) -> TableClaim:
    differs = {
        way: _difference(known)
        for named, known in entry.get("differs", {}).items()
        for way in (_APART if named == "apart" else (Way(named),))
    }
    recipe = Recipe(**entry["recipe"]) if "recipe" in entry else None
    wrong = Outcome(entry.get("wrong", "failed"))
    return TableClaim(name, entry["says"], entry["test"].strip(), wrong, differs, recipe)


def _difference(entry: Mapping[str, str]) -> Difference:
    right, wrong = (Outcome(entry[work]) if work in entry else None for work in Work)
    return Difference(right, wrong, entry["why"])
