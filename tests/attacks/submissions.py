"""What students hand in to the attacked course, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.attacks import exercise
from tests.attacks.world import World

Cells = Mapping[str, str]
RIGHT = "++++"
PEER = "honest"  # the student whose work others reach for


def nothing(_: object) -> None:
    """Leave it as it is."""


@dataclass(frozen=True)
class HandedIn:
    """What one student hands in.

    Attributes:
        cells: solution cells that differ from the right ones.
        change: what is done to the notebook then.
        place: what is done to the folder, with the notebook in it.
    """

    cells: Cells = field(default_factory=dict)
    change: Callable[[NotebookNode], object] = nothing
    place: Callable[[Path], object] = nothing


@dataclass(frozen=True)
class Attack:
    """One attack, and the twin that does the harmless thing next to it.

    Attributes:
        number: of the case in docs/security.md.
        name: also the student's.
        about: what this student tries, in a few words.
        attacker: what is handed in.
        twin: what is handed in by somebody who keeps all points.
        outcomes: of the claims, one letter each: + passed, F failed, C crashed, L over a limit,
            - not attempted, x any of these but passed, * any of these, ? any at all, a fault of the
            grader's too; empty where the folder is refused.
        refused: words of the refusal.
        dangerous: whether it can hurt a machine that runs it without a sandbox.
    """

    number: int
    name: str
    about: str
    attacker: HandedIn
    twin: HandedIn
    outcomes: str = RIGHT
    refused: str = ""
    dangerous: bool = False


def python(text: str, wrong: bool = True) -> HandedIn:
    """``text`` at the top of the cell ``add``, whose answer is wrong, or right."""
    answer = "0" if wrong else "a + b"
    return HandedIn({"add": f"{text.strip()}\n\ndef add(a, b):\n    return {answer}"})


def calling(text: str, answer: str = "0") -> HandedIn:
    """``text`` inside of ``add``."""
    body = "\n".join(f"    {line}" for line in text.strip().splitlines())
    return HandedIn({"add": f"def add(a, b):\n{body}\n    return {answer}"})


def changing(change: Callable[[NotebookNode], object], wrong: bool = True) -> HandedIn:
    """A changed notebook with a wrong ``add``, or with the right one."""
    return HandedIn({"add": "def add(a, b):\n    return 0"} if wrong else {}, change)


def placing(place: Callable[[Path], object]) -> HandedIn:
    """Right answers in a folder that is changed."""
    return HandedIn(place=place)


def hand_in(world: World, student: str, work: HandedIn) -> None:
    """Put what a student made into the submitted folder of the attacked course."""
    folder = world.course / "submitted" / student / exercise.NAME
    folder.mkdir(parents=True)
    notebook = exercise.submission({name: world.fill(text) for name, text in work.cells.items()})
    work.change(notebook)
    nbformat.write(notebook, notebook_in(folder))
    work.place(folder)


def notebook_in(folder: Path) -> Path:
    """The notebook in a submitted folder."""
    return folder / f"{exercise.NAME}.ipynb"
