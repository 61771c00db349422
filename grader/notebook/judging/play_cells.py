"""Which cells of a notebook are play: no claim rests on them, and their trainings are made up."""

from __future__ import annotations

from grader.notebook.assignment import grade_id, part_of
from grader.notebook.judging.examination import Examination


def play_cells(examination: Examination) -> range:
    """The places after the last claim and the last solution: no claim rests on what is there."""
    claims = {claim.name for claim in examination.assignment.claims}
    cells = examination.rebuilt.notebook.cells
    course = (
        place
        for place, cell in enumerate(cells)
        if cell.cell_type == "code" and (grade_id(cell) in claims or part_of(cell))
    )
    return range(max(course, default=-1) + 1, len(cells))


def is_given(examination: Examination, play: range) -> bool:
    """Whether all code there is the course's own, which trains nothing more and changes nothing.

    It runs ahead of the claims that wait. A student's own code there would change what they ask of.
    """
    rebuilt, given = examination.rebuilt, examination.assignment.given_ids
    cells = [rebuilt.notebook.cells[place] for place in play]
    return all(cell.id in given for cell in cells if rebuilt.runs(cell))
