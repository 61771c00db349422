"""Finds answers in cells that are not recognised: by the names that they bind and by their place.

Only a solution cell that is missing, or as it was released, is looked for. What is taken for an
answer is noted for the instructor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.notebook.submission.cell_text import alike, bound_names
from grader.notebook.submission.course_cells import CourseCell, Kind
from grader.notebook.submission.recognise import Recognition


@dataclass(frozen=True)
class Guess:
    """Where the answer to one solution cell is thought to stand.

    Attributes:
        places: of the student's cells that are the answer; they move to the solution cell.
        stands_in: place of a cell that holds this answer and stays where it is; None if none.
    """

    places: tuple[int, ...] = ()
    stands_in: int | None = None


def guess(
    recognition: Recognition,
    open_cells: Sequence[CourseCell],
    code: Mapping[int, str],
    prose: Mapping[int, str],
    answers: Mapping[int, str],
) -> dict[str, Guess]:
    """The answers to solution cells that have none, by the id of the course's cell.

    Args:
        recognition: of the student's notebook.
        open_cells: solution cells without an answer.
        code: place to text of the student's own cells of code, and of given ones that were changed.
        prose: place to text of the student's own text.
        answers: place to text of cells that are the answer to other solution cells.
    """
    guesses: dict[str, Guess] = {}
    taken: set[int] = set()
    for cell in open_cells:
        if cell.kind is Kind.SOLUTION:
            free = {place: text for place, text in code.items() if place not in taken}
            known = {**answers, **{place: code[place] for place in taken if place in code}}
            found = _code_answer(recognition, cell, free, known, open_cells)
        else:
            found = _written_answer(recognition, cell, prose, open_cells)
        if found is not None:
            guesses[cell.id] = found
            taken |= {*found.places}
    return guesses


def is_near(recognition: Recognition, cell: CourseCell, place: int) -> bool:
    """Whether no other cell of the course's stands between a student's cell and ``cell``."""
    return recognition.backbone[place] <= cell.index <= recognition.next_course_cell(place)


def in_place(
    recognition: Recognition, cell: CourseCell, code: Mapping[int, str]
) -> tuple[int, ...]:
    """Cells beside a solution cell that bind all that is wanted of it; none if they bind less.

    Args:
        recognition: of the student's notebook.
        cell: the course's solution cell.
        code: place to text of the student's own cells of code.
    """
    bound = {place: bound_names(text) & cell.wanted for place, text in code.items()}
    beside = tuple(p for p in code if bound[p] and is_near(recognition, cell, p))
    whole = frozenset().union(*(bound[place] for place in beside)) == cell.wanted
    return beside if whole else ()


def _code_answer(
    recognition: Recognition,
    cell: CourseCell,
    code: Mapping[int, str],
    answers: Mapping[int, str],
    open_cells: Sequence[CourseCell],
) -> Guess | None:
    """The best of what may be the answer: the cells beside come first, then those that ran ahead.

    A cell below the tests comes later: it may play with a name that was defined ahead of them.
    """
    if beside := in_place(recognition, cell, code):
        return Guess(beside)
    near = [place for place in code if is_near(recognition, cell, place)]
    bound = {place: bound_names(text) & cell.wanted for place, text in code.items()}
    whole = [place for place in code if cell.wanted and bound[place] == cell.wanted]
    for place in whole:
        if recognition.backbone[place] < cell.index:
            return Guess(stands_in=place)
    merged = _merged(recognition, cell, answers)
    if merged is not None and merged.stands_in is not None:
        return merged
    if whole:
        return Guess((whole[0],))
    if beside := tuple(place for place in near if bound[place]):
        return Guess(beside)
    return _by_place(recognition, cell, code, near, open_cells) or merged


def _by_place(
    recognition: Recognition,
    cell: CourseCell,
    code: Mapping[int, str],
    near: Sequence[int],
    open_cells: Sequence[CourseCell],
) -> Guess | None:
    """The only cell of code beside this one, unless it may as well answer another question."""
    rivals = [other for other in open_cells if other.kind is Kind.SOLUTION and other != cell]
    alone = not any(is_near(recognition, other, place) for other in rivals for place in near)
    if len(near) == 1 and alone and (not cell.wanted or alike(code[near[0]], cell.released)):
        return Guess((near[0],))
    return None


def _merged(recognition: Recognition, cell: CourseCell, answers: Mapping[int, str]) -> Guess | None:
    """Cells that were merged: the answer to another solution cell defines this one's names, too."""
    for place, text in sorted(answers.items()):
        if cell.wanted and cell.wanted <= bound_names(text):
            known = recognition.cells[place]
            later = known is not None and known.cell.index > cell.index
            return Guess((place,)) if later else Guess(stands_in=place)
    return None


def _written_answer(
    recognition: Recognition,
    cell: CourseCell,
    prose: Mapping[int, str],
    open_cells: Sequence[CourseCell],
) -> Guess | None:
    """All text beside the cell, unless it may as well belong to another question."""
    rivals = [other for other in open_cells if other.kind is Kind.WRITTEN and other != cell]
    near = tuple(
        place
        for place in prose
        if is_near(recognition, cell, place)
        and not any(is_near(recognition, other, place) for other in rivals)
    )
    return Guess(near) if near else None
