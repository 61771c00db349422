"""No text of a student's is lost between what was handed in and what a person opens."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from grader.notebook import experiments
from grader.notebook.assignment import Assignment, grade_id, load_assignment, source_path
from grader.notebook.submission import parse
from grader.notebook.submission.rebuild import Rebuilt, rebuild
from grader.settings import Settings
from tests import tiny

Edit = Callable[[NotebookNode, random.Random, int], None]


def any_place(notebook: NotebookNode, rng: random.Random) -> int:
    return rng.randrange(len(notebook.cells))


def delete(notebook: NotebookNode, rng: random.Random, _: int) -> None:
    if len(notebook.cells) > 1:
        del notebook.cells[any_place(notebook, rng)]


def move(notebook: NotebookNode, rng: random.Random, _: int) -> None:
    cell = notebook.cells.pop(any_place(notebook, rng))
    notebook.cells.insert(rng.randrange(len(notebook.cells) + 1), cell)


def duplicate(notebook: NotebookNode, rng: random.Random, number: int) -> None:
    cell = copy.deepcopy(notebook.cells[any_place(notebook, rng)])
    cell.id = f"copy{number}"
    notebook.cells.insert(rng.randrange(len(notebook.cells) + 1), cell)


def split(notebook: NotebookNode, rng: random.Random, number: int) -> None:
    place = any_place(notebook, rng)
    first = notebook.cells[place]
    second = copy.deepcopy(first)
    lines = first.source.split("\n")
    at = rng.randrange(len(lines) + 1)
    first.source, second.source = "\n".join(lines[:at]), "\n".join(lines[at:])
    second.id = f"split{number}"
    notebook.cells.insert(place + 1, second)


def merge(notebook: NotebookNode, rng: random.Random, _: int) -> None:
    place = any_place(notebook, rng)
    if place + 1 < len(notebook.cells):
        notebook.cells[place].source += "\n\n" + notebook.cells.pop(place + 1).source


def add_code(notebook: NotebookNode, rng: random.Random, number: int) -> None:
    text = rng.choice(["mine_{0} = {0}", "# mine {0}", "%%time\nmine_{0} = 1", "mine {0} = = ("])
    place = rng.randrange(len(notebook.cells) + 1)
    notebook.cells.insert(place, new_code_cell(text.format(number), id=f"own{number}"))


def add_text(notebook: NotebookNode, rng: random.Random, number: int) -> None:
    make = rng.choice([new_markdown_cell, new_raw_cell])
    place = rng.randrange(len(notebook.cells) + 1)
    notebook.cells.insert(place, make(f"My text {number} ```", id=f"own{number}"))


def write_line(notebook: NotebookNode, rng: random.Random, number: int) -> None:
    cell = notebook.cells[any_place(notebook, rng)]
    line = rng.choice([f"line_{number} = {number}", f"# note {number}"])
    cell.source = f"{cell.source}\n{line}" if rng.random() < 0.5 else f"{line}\n{cell.source}"


def replace(notebook: NotebookNode, rng: random.Random, number: int) -> None:
    notebook.cells[any_place(notebook, rng)].source = f"def add(a, b):\n    return {number}"


def change_type(notebook: NotebookNode, rng: random.Random, _: int) -> None:
    place = any_place(notebook, rng)
    cell = notebook.cells[place]
    make = rng.choice([new_code_cell, new_markdown_cell, new_raw_cell])
    notebook.cells[place] = make(cell.source, id=cell.id, metadata=cell.metadata)


def lose_metadata(notebook: NotebookNode, rng: random.Random, number: int) -> None:
    whole = rng.random() < 0.3
    for place, cell in enumerate(notebook.cells):
        if whole or rng.random() < 0.2:
            cell.metadata = {}
            cell.id = f"new{number}-{place}"


def windows_line_ends(notebook: NotebookNode, rng: random.Random, _: int) -> None:
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")


def forge(notebook: NotebookNode, rng: random.Random, _: int) -> None:
    cells = [notebook.cells[any_place(notebook, rng)] for _ in range(2)]
    cells[0].metadata = copy.deepcopy(cells[1].metadata)


EDITS: tuple[Edit, ...] = (
    delete, move, duplicate, split, merge, add_code, add_text, write_line, replace, change_type,
    lose_metadata, windows_line_ends, forge,
)  # fmt: skip


def mark_an_experiment(course: Settings) -> None:
    path = source_path(course, "sums")
    source = tiny.source()
    source.cells[1].metadata["tags"] = [experiments.TAG]
    nbformat.write(source, path)


def lines(text: str) -> set[str]:
    return {line.strip() for line in text.replace("\r\n", "\n").split("\n")} - {""}


def edited(course: Settings, rng: random.Random) -> NotebookNode:
    """What a student handed in, after up to eight edits, as it is read."""
    notebook = tiny.submission(course, tiny.GOOD if rng.random() < 0.7 else {})
    for number in range(rng.randrange(1, 9)):
        rng.choice(EDITS)(notebook, rng, number)
    return parse.parse(nbformat.writes(notebook).encode(), "sums.ipynb")


def opened(rebuilt: Rebuilt) -> set[str]:
    return lines("\n".join([*rebuilt.notes, *(cell.source for cell in rebuilt.notebook.cells)]))


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_every_line_is_found_again(tiny_course: Settings, start: int) -> None:
    if start >= 100:
        mark_an_experiment(tiny_course)
    assignment = load_assignment(tiny_course, "sums")
    ours = lines("\n".join(assignment.released.values()))
    ours |= lines("\n".join(cell.source for cell in assignment.master.cells))
    for seed in range(start, start + 50):
        submitted = edited(tiny_course, random.Random(seed))
        rebuilt = rebuild(assignment, submitted)
        theirs = lines("\n".join(cell.source for cell in submitted.cells))
        assert theirs <= ours | opened(rebuilt), (seed, theirs - ours - opened(rebuilt))
        assert_ours(assignment, rebuilt, seed)


def assert_ours(assignment: Assignment, rebuilt: Rebuilt, seed: int) -> None:
    """The course's cells are all there, in order, and nobody's but the solutions were written."""
    ids = [cell.id for cell in assignment.master.cells]
    kept = [cell for cell in rebuilt.notebook.cells if cell.id in ids]
    assert [cell.id for cell in kept] == ids, seed
    for cell, ours in zip(kept, assignment.master.cells, strict=True):
        assert (cell.metadata, cell.cell_type) == (ours.metadata, ours.cell_type), seed
        if grade_id(cell) not in assignment.solution_ids:
            assert cell.source == ours.source, seed
    others = [cell for cell in rebuilt.notebook.cells if cell.id not in ids]
    assert not any(grade_id(cell) for cell in others), seed
    assert len({cell.id for cell in rebuilt.notebook.cells}) == len(rebuilt.notebook.cells), seed
