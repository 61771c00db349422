"""Finds where the answer to an untouched cell may be, in places that are not graded."""

from __future__ import annotations

from collections.abc import Sequence

from nbformat import NotebookNode

from grader.notebook.submission.cell_text import defined_in_text
from grader.notebook.submission.cell_use import Use
from grader.notebook.submission.course_cells import CourseCell, Kind
from grader.notebook.submission.guess import is_near
from grader.notebook.submission.plan import Plan
from grader.notebook.submission.prose import says_a_sentence


def unread(planned: Plan, cells: Sequence[NotebookNode]) -> dict[str, tuple[int, ...]]:
    """Finds where the answer to an untouched cell may be, in places that are not graded.

    Args:
        planned: what becomes of the cells.
        cells: the student's.

    Returns:
        Id of a solution cell to places: for a written answer all of the student's own text, and
        sentences in code beside it; for code what defines its names and does not run, such as text
        cells and changed tests.
    """
    shown = [
        place
        for place, use in enumerate(planned.uses)
        if use is Use.SHOWN or (use is Use.OWN and cells[place].cell_type != "code")
    ]
    found: dict[str, tuple[int, ...]] = {}
    for cell in planned.recognition.course:
        if cell.id not in planned.untouched or not cell.is_answer:
            continue
        if cell.kind is Kind.WRITTEN:
            found[cell.id] = tuple(sorted({*planned.prose, *_sentences(planned, cell, cells)}))
        else:
            found[cell.id] = tuple(
                place
                for place in shown
                if cell.wanted and cell.wanted <= defined_in_text(cells[place].source)
            )
    return {id_: places for id_, places in found.items() if places}


def _sentences(planned: Plan, cell: CourseCell, cells: Sequence[NotebookNode]) -> list[int]:
    """The student's own cells of code beside a written answer that print or hold a sentence."""
    return [
        place
        for place, use in enumerate(planned.uses)
        if use is Use.OWN
        and cells[place].cell_type == "code"
        and is_near(planned.recognition, cell, place)
        and says_a_sentence(cells[place].source)
    ]
