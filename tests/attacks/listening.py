"""Attacks on hidden tests: a function notes how it is called, and other code tells or draws it."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tests.attacks.exercise import GOOD
from tests.attacks.submissions import Attack, HandedIn

NOTES = """
NOTES = []

def add(a, b):
    NOTES.append(f"heard: {a} and {b}")
    with open("notes.txt", "a") as notes:
        print(NOTES[-1], file=notes)
    return a + b
"""
TELLS = """
import os
from PIL import Image
display(Image.new("L", (100 + len(NOTES), 10)))
print(*NOTES, sep="\\n")
print(open("notes.txt").read() if os.path.exists("notes.txt") else "no notes")
"""
RAISES = """
def add(a, b):
    if a < 0:
        raise ValueError(f"heard: {a} and {b}")
    return a + b
"""
NAMES = """
def add(a, b):
    if a < 0:
        raise type(f"heard: {a} and {b}", (Exception,), {})
    return a + b
"""


def at_the_end(notebook: NotebookNode) -> None:
    """Tell it in a cell behind all tests, too."""
    notebook.cells.append(new_code_cell(TELLS, id="mine"))


QUIET = HandedIn({"double": "print('no notes')\n" + GOOD["double"]})

ATTACKS = (
    Attack(
        41,
        "listens",
        "notes how hidden tests call, and prints it in later cells",
        HandedIn({"add": NOTES, "double": TELLS + GOOD["double"]}),
        QUIET,
    ),
    Attack(
        41,
        "listens_longer",
        "notes how hidden tests call, and prints it in a cell behind all tests",
        HandedIn({"add": NOTES}, at_the_end),
        QUIET,
    ),
    Attack(
        41,
        "raises_notes",
        "raises how a hidden test calls, as the text of an exception",
        HandedIn({"add": RAISES}),
        QUIET,
        "+C++",
    ),
    Attack(
        41,
        "names_notes",
        "raises how a hidden test calls, as the name of an exception",
        HandedIn({"add": NAMES}),
        QUIET,
        "+C++",
    ),
)
