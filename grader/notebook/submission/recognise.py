"""Recognises the course's cells in a notebook that was handed in.

A cell is known by its ``grade_id``; else by its id; else by its text. nbgrader's metadata get lost
where a notebook passes through other editors, and so do ids; copied and split cells have one
``grade_id`` each. What is not recognised here may still be an answer: see ``guess``.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from nbformat import NotebookNode

from grader.notebook.assignment import grade_id
from grader.notebook.submission.cell_digest import code_digest, text_digest
from grader.notebook.submission.cell_text import alike, said, same_code
from grader.notebook.submission.course_cells import CourseCell, Kind

# Of a cell with what it may be: a student's notebook has a few that are not known otherwise, and
# each takes milliseconds.
_MOST_COMPARISONS = 300


class How(Enum):
    """By what a cell was recognised."""

    GRADE_ID = auto()
    ID = auto()
    TEXT = auto()


@dataclass(frozen=True)
class Recognised:
    """A student's cell that is one of the course's.

    Attributes:
        cell: the course's.
        how: by what it was recognised.
        again: whether another cell before it was recognised as the same.
    """

    cell: CourseCell
    how: How
    again: bool


@dataclass(frozen=True)
class Recognition:
    """What is recognised in a student's notebook.

    Attributes:
        course: the course's cells.
        cells: for each of the student's cells what it is, or None.
        backbone: for each of the student's cells the index of the course's cell that stands ahead
            of it or is it; -1 for none. It never falls: cells that were moved do not count.
        earlier: for each of the student's cells the id of the cell that an earlier release had with
            this text, or None. The course may have no such cell any more.
    """

    course: tuple[CourseCell, ...]
    cells: tuple[Recognised | None, ...]
    backbone: tuple[int, ...]
    earlier: tuple[str | None, ...]

    def next_course_cell(self, place: int) -> int:
        """The index of the first course's cell behind a student's cell; the number of all if none.

        Args:
            place: of the student's cell.
        """
        return self._following[place]

    @functools.cached_property
    def _following(self) -> list[int]:
        following, behind = [], len(self.course)
        for place in range(len(self.cells) - 1, -1, -1):
            following.append(behind)
            known = self.cells[place]
            if known is not None and known.cell.index == self.backbone[place]:
                behind = known.cell.index
        return following[::-1]


def recognise(
    course: tuple[CourseCell, ...], submitted: NotebookNode, earlier: Mapping[str, str]
) -> Recognition:
    """Find the course's cells among those of a notebook that was handed in.

    Args:
        course: its cells.
        submitted: the student's notebook.
        earlier: see ``Assignment``.
    """
    before = tuple(_earlier(cell, earlier) for cell in submitted.cells)
    finder = _Finder(course)
    pairs = zip(submitted.cells, before, strict=True)
    cells = tuple(finder.find(cell, name) for cell, name in pairs)
    return _with_changed(Recognition(course, cells, _backbone(cells), before), submitted)


def _earlier(cell: NotebookNode, earlier: Mapping[str, str]) -> str | None:
    """The id of the cell that an earlier release had with this text."""
    if not earlier:
        return None
    code = cell.cell_type == "code"
    digests = [code_digest(cell.source)] if code else []
    digests.append(text_digest(said(cell.source) if code else cell.source))
    return next((earlier[digest] for digest in digests if digest in earlier), None)


def _with_changed(first: Recognition, submitted: NotebookNode) -> Recognition:
    """Also find given code and tests that were changed and lost their metadata: by likeness.

    Only a cell that was not found otherwise is looked for, between the cells that it stands between
    in the course.
    """
    found = {known.cell.id for known in first.cells if known is not None}
    open_cells = [
        cell
        for cell in first.course
        if cell.kind in (Kind.GIVEN_CODE, Kind.TEST) and cell.id not in found
    ]
    cells, comparisons = list(first.cells), 0
    for place, known in enumerate(first.cells):
        cell = submitted.cells[place]
        if known is not None or cell.cell_type != "code" or not open_cells:
            continue
        if first.earlier[place] is not None:
            continue
        low, high = first.backbone[place], first.next_course_cell(place)
        for ours in open_cells:
            if not low < ours.index < high or comparisons >= _MOST_COMPARISONS:
                continue
            comparisons += 1
            if alike(cell.source, ours.released):
                cells[place] = Recognised(ours, How.TEXT, again=False)
                open_cells.remove(ours)
                break
    return Recognition(first.course, tuple(cells), _backbone(cells), first.earlier)


class _Finder:
    """Finds the course's cell that each cell is, in the order of the student's notebook."""

    def __init__(self, course: Sequence[CourseCell]) -> None:
        self._by_name = {cell.name: cell for cell in course if cell.name}
        self._by_id = {cell.id: cell for cell in course}
        self._course = course
        self._by_words: dict[str, list[CourseCell]] = defaultdict(list)
        for cell in course:
            for words in {_words(cell.released), _words(cell.graded)}:
                self._by_words[words].append(cell)
        self._found: set[str] = set()
        self._last = -1

    def find(self, cell: NotebookNode, earlier: str | None) -> Recognised | None:
        """What a cell is; None if it is the student's own, or one that the course has no more.

        Args:
            cell: the student's.
            earlier: id of the cell that an earlier release had with its text.
        """
        found, how = self._find(cell)
        if found is None and earlier is not None:
            found = self._by_id.get(earlier)
        if found is None:
            return None
        again = found.id in self._found
        self._found.add(found.id)
        self._last = found.index
        return Recognised(found, how, again)

    def _find(self, cell: NotebookNode) -> tuple[CourseCell | None, How]:
        if (found := self._by_name.get(grade_id(cell))) is not None:
            return found, How.GRADE_ID
        if (found := self._by_id.get(cell.get("id", ""))) is not None:
            return found, How.ID
        return self._by_text(cell), How.TEXT

    def _by_text(self, cell: NotebookNode) -> CourseCell | None:
        """The next cell of the course's with this text; else the first that was not found yet."""
        if not cell.source.strip():
            return None
        same = self._by_words.get(_words(cell.source)) or self._same_code(cell)
        if not same and cell.cell_type == "code":
            same = self._by_words.get(_words(said(cell.source)), [])
        ahead = [known for known in same if known.index > self._last]
        for known in (*ahead, *same):
            if known.id not in self._found:
                return known
        return same[0] if same else None

    def _same_code(self, cell: NotebookNode) -> list[CourseCell]:
        """Cells of code that differ in their layout: editors format a notebook unasked."""
        if cell.cell_type != "code":
            return []
        code = (Kind.GIVEN_CODE, Kind.TEST, Kind.SOLUTION)
        return [
            known
            for known in self._course
            if known.kind in code and same_code(known.released, cell.source)
        ]


def _words(text: str) -> str:
    return " ".join(text.split())


def _backbone(cells: Sequence[Recognised | None]) -> tuple[int, ...]:
    """The longest row of recognised cells that stand in the course's order, as a running index.

    Of copies of one cell, one counts: a copy below the cell's test does not count for the test.
    """
    indices = [(place, known.cell.index) for place, known in enumerate(cells) if known is not None]
    kept = dict(_longest_ascent(indices))
    backbone: list[int] = []
    for place in range(len(cells)):
        backbone.append(kept.get(place, backbone[-1] if backbone else -1))
    return tuple(backbone)


def _longest_ascent(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of ``pairs`` whose second numbers rise; of equal ones beside, the last."""
    ends: list[int] = []  # for each length, the smallest number that such a part ends with
    best: list[int] = []  # for each length, the index of the pair that it ends with
    before: list[int] = []  # for each pair, the index of the pair ahead of it
    for position, (_, number) in enumerate(pairs):
        length = bisect_left(ends, number)
        if length == len(ends):
            ends.append(number)
            best.append(position)
        else:
            ends[length], best[length] = number, position
        before.append(best[length - 1] if length else -1)
    ascent: list[tuple[int, int]] = []
    position = best[-1] if best else -1
    while position >= 0:
        ascent.append(pairs[position])
        position = before[position]
    return ascent[::-1]
