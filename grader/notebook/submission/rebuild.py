"""The notebook that is graded: ours, with the text of a student's cells in it."""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.notebook import experiments
from grader.notebook.assignment import PART_OF, Assignment
from grader.notebook.submission import attachments, notes
from grader.notebook.submission.cell_text import with_unix_line_ends
from grader.notebook.submission.cell_use import Use
from grader.notebook.submission.code_to_run import code_to_run, merged_tests
from grader.notebook.submission.course_cells import CourseCell, Kind, course_cells
from grader.notebook.submission.documents import documents
from grader.notebook.submission.left_out import left_out
from grader.notebook.submission.plan import Plan, plan
from grader.notebook.submission.recognise import recognise
from grader.notebook.submission.unread import unread

_OWN = "extra-"  # ids of the student's own cells begin with it, and their place follows
_START = -1  # stands for the place ahead of the first of the course's cells


@dataclass(frozen=True)
class Rebuilt:
    """A submission set into the assignment's own notebook.

    Attributes:
        notebook: every cell, id, tag and metadata is the course's, but for the text of solution
            cells and for the student's own extra cells.
        missing: solution cells that the submission lacks; they hold the release's stub.
        untouched: solution cells that say what the release said, missing ones included.
        waiting: solution cells that a person must look at: nothing was written there, and the
            answer may stand somewhere else, or was lost.
        notes: for the instructor and the student: what was guessed, changed or left out.
        left_out: ids of experiments that are not run, a student's changes of one among them.
        numbers: of the cells, as people count them, where some cells of the notebook are left out;
            empty: none is.
    """

    notebook: NotebookNode
    missing: tuple[str, ...] = ()
    untouched: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
    numbers: tuple[int, ...] = ()

    def runs(self, cell: NotebookNode) -> bool:
        """Whether a cell is code that runs while the submission is graded."""
        return bool(cell.cell_type == "code" and cell.id not in self.left_out)

    @property
    def places(self) -> tuple[int, ...]:
        """The number of each cell, from 1."""
        return self.numbers or tuple(range(1, len(self.notebook.cells) + 1))


def rebuild(
    assignment: Assignment,
    submitted: NotebookNode,
    beside: Sequence[str] = (),
    elsewhere: Collection[str] = (),
) -> Rebuilt:
    """Set the answers of a submission into a copy of the assignment's notebook.

    Args:
        assignment: what it is a submission of.
        submitted: the student's notebook.
        beside: names of the files beside it; the course's own may be among them.
        elsewhere: names of solution cells that are answered in another notebook.
    """
    course = course_cells(assignment)
    planned = plan(recognise(course, submitted, assignment.earlier), submitted)
    notebook = copy.deepcopy(assignment.master)
    builder = _Builder(planned, submitted.cells)
    notebook.cells = list(builder.cells(notebook.cells))
    kept_out = _without_experiments(notebook, assignment, frozenset(builder.experiments))
    blank = planned.untouched >= {cell.id for cell in course if cell.is_answer}
    found = documents(set(beside) - set(assignment.files), submitted.cells, blank)
    in_files = _in_files(course, planned.untouched, blank) if found else frozenset()
    not_run = unread(planned, submitted.cells)
    in_copies = {cell.id for cell in course if cell.name in elsewhere} & planned.untouched
    waiting = planned.missing | not_run.keys() | in_files | in_copies
    return Rebuilt(
        notebook,
        missing=_names(course, planned.missing),
        untouched=_names(course, planned.untouched),
        waiting=_names(course, waiting),
        left_out=kept_out,
        notes=(
            *notes.of(planned, submitted.cells, not_run),
            *([notes.in_documents(_names(course, in_files), found)] if in_files else ()),
        ),
    )


def _without_experiments(
    notebook: NotebookNode, assignment: Assignment, changed: frozenset[str]
) -> frozenset[str]:
    """Ids of the experiments that are not run; each cell says so in place of its outputs."""
    imports = assignment.repeatable_imports
    ids = left_out(notebook.cells, changed, assignment.given_ids, imports)
    for cell in notebook.cells:
        if cell.id in ids:
            experiments.leave_out(cell)
    return ids


def _in_files(
    course: Sequence[CourseCell], untouched: frozenset[str], blank: bool
) -> frozenset[str]:
    """Solution cells whose answer may be in a file beside a notebook, which may be blank."""
    written = {cell.id for cell in course if cell.kind is Kind.WRITTEN}
    return untouched if blank else untouched & written


def place_of(cell: NotebookNode) -> int | None:
    """Where a cell of a rebuilt notebook stood in the student's; None for one of the course's."""
    known = re.fullmatch(rf"{_OWN}(\d+)(?:-own)*", cell.id)
    return int(known[1]) if known else None


def _names(course: Sequence[CourseCell], ids: frozenset[str]) -> tuple[str, ...]:
    return tuple(cell.name for cell in course if cell.id in ids)


class _Builder:
    """Puts a notebook together.

    Args:
        planned: what becomes of each of the student's cells.
        submitted: these cells.

    Attributes:
        experiments: ids of cells that hold a student's changes of an experiment, once made.
    """

    def __init__(self, planned: Plan, submitted: Sequence[NotebookNode]) -> None:
        self._plan, self._submitted = planned, submitted
        self.experiments: list[str] = []
        self._tests = merged_tests(planned.recognition.course)
        self._ids = {cell.id for cell in planned.recognition.course}
        self._index = {cell.id: cell.index for cell in planned.recognition.course}
        self._parts = {
            place: cell
            for cell in planned.recognition.course
            for place in planned.answers.get(cell.id, ())
        }

    def cells(self, master: Sequence[NotebookNode]) -> Iterator[NotebookNode]:
        """The course's cells with answers in them, each with the student's own behind it."""
        behind = self._behind()
        yield from behind[_START]
        for ours, cell in zip(self._plan.recognition.course, master, strict=True):
            if ours.is_answer:
                self._fill(ours, cell)
            yield cell
            yield from behind[ours.index]

    def _behind(self) -> dict[int, list[NotebookNode]]:
        """The student's own cells, by the index of the course's cell that they follow."""
        behind: dict[int, list[NotebookNode]] = defaultdict(list)
        anchor = _START
        backbone = self._plan.recognition.backbone
        for place, cell in enumerate(self._submitted):
            part = self._parts.get(place)
            if backbone[place] > (backbone[place - 1] if place else _START):
                anchor = max(anchor, self._reached(place))
            if part is not None and self._moves_here(part, anchor, place):
                anchor = part.index
            follows = anchor if part is None else part.index
            if (carried_to := self._plan.carried.get(place)) is not None:
                follows = self._index[carried_to] - 1
            behind[follows] += self._own(place, cell)
        return behind

    def _reached(self, place: int) -> int:
        """The course's cell that the student's own cells behind a stub or an answer follow.

        Those between a stub and the answer below it ran before the answer, and do so here.
        """
        index: int = self._plan.recognition.backbone[place]
        answer = self._plan.answers.get(self._plan.recognition.course[index].id, ())
        return index - 1 if answer and place < min(answer) else index

    def _moves_here(self, part: CourseCell, anchor: int, place: int) -> bool:
        """Whether a guessed answer stands where the course's cell would be."""
        return anchor < part.index <= self._plan.recognition.next_course_cell(place)

    def _own(self, place: int, cell: NotebookNode) -> Iterator[NotebookNode]:
        """What of a student's cell stands behind a cell of the course's."""
        part = self._parts.get(place)
        match self._plan.uses[place]:
            case Use.ANSWER if part is not None and part.kind is Kind.SOLUTION:
                if place != self._plan.answers[part.id][0] and place not in self._plan.rests:
                    yield self._new("code", place, cell, part.name)
            case Use.OWN | Use.CHANGED | Use.COPY | Use.EARLIER:
                kind = "markdown" if cell.cell_type == "markdown" else "code"
                if self._is_experiment(place):
                    self.experiments.append(self._id(place))
                yield self._new(kind, place, cell)
            case Use.SHOWN:
                yield self._shown(place, cell)
            case Use.UNTOUCHED if not self._is_kept_stub(place):
                yield self._shown(place, cell)

    def _is_experiment(self, place: int) -> bool:
        """Whether a student's cell is an experiment that was changed, by the student or since."""
        known = self._plan.recognition.cells[place]
        changed = self._plan.uses[place] in (Use.CHANGED, Use.EARLIER)
        return changed and known is not None and known.cell.experiment

    def _fill(self, ours: CourseCell, cell: NotebookNode) -> None:
        """Set an answer into the course's cell."""
        places = self._plan.answers[ours.id]
        if ours.kind is Kind.WRITTEN:
            self._fill_written(cell, [self._submitted[place] for place in places])
        elif places:
            cell.source = self._code(places[0])
        elif ours.id in self._plan.stands_in:
            place = self._plan.stands_in[ours.id]
            cell.source = f"# This answer stands in another cell ({notes.position(place)})."
        elif (stub := self._kept_stub(ours)) is not None:
            cell.source = with_unix_line_ends(self._submitted[stub].source)

    def _fill_written(self, cell: NotebookNode, parts: Sequence[NotebookNode]) -> None:
        if parts:
            merged = attachments.merged(parts)
            cell.source = merged.text
            if merged.attachments:
                cell.attachments = merged.attachments

    def _kept_stub(self, ours: CourseCell) -> int | None:
        """The place of a stub to which comments were added, where there is no answer."""
        if self._plan.answers[ours.id] or ours.id in self._plan.stands_in:
            return None
        for place, known in enumerate(self._plan.recognition.cells):
            if known and known.cell == ours and self._plan.uses[place] is Use.UNTOUCHED:
                return place
        return None

    def _is_kept_stub(self, place: int) -> bool:
        known = self._plan.recognition.cells[place]
        return known is not None and self._kept_stub(known.cell) == place

    def _new(self, kind: str, place: int, cell: NotebookNode, part_of: str = "") -> NotebookNode:
        """A cell of the student's text, with nothing else of the student's but pictures."""
        if kind == "code":
            made: NotebookNode = new_code_cell(self._code(place), id=self._id(place))
        else:
            made = new_markdown_cell(with_unix_line_ends(cell.source), id=self._id(place))
            if kept := attachments.merged([cell]).attachments:
                made.attachments = kept
        if part_of:
            made.metadata[PART_OF] = part_of
        return made

    def _code(self, place: int) -> str:
        """The code of a student's cell, with what was split from it."""
        parts = [self._submitted[place]]
        while (place := place + 1) in self._plan.rests:
            parts.append(self._submitted[place])
        return code_to_run(parts, self._tests)

    def _shown(self, place: int, cell: NotebookNode) -> NotebookNode:
        """A text that does not run, as a Markdown cell that shows each of its characters."""
        source = with_unix_line_ends(cell.source)
        fence = "```"
        while fence in source:
            fence += "`"
        text = f"*{notes.shown(self._plan, place)}*\n\n{fence}\n{source}\n{fence}"
        made: NotebookNode = new_markdown_cell(text, id=self._id(place))
        return made

    def _id(self, place: int) -> str:
        name = f"{_OWN}{place}"
        while name in self._ids:
            name += "-own"
        return name
