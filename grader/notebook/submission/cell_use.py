"""Decides how one of a student's cells is used, by what it was recognised as."""

from __future__ import annotations

from enum import Enum, auto

from nbformat import NotebookNode

from grader.notebook.assignment import is_unchanged
from grader.notebook.submission.cell_text import (
    alike,
    bound_names,
    is_stub,
    said,
    same_code,
    same_code_and_comments,
    same_prose,
    with_unix_line_ends,
)
from grader.notebook.submission.code_to_run import merged_tests, without_fence, without_tests
from grader.notebook.submission.course_cells import CourseCell, Kind
from grader.notebook.submission.recognise import How, Recognised


class Use(Enum):
    """How one of the student's cells is used."""

    NOTHING = auto()  # it is empty, or says what the course's own cell says
    ANSWER = auto()  # its text is an answer, or a part of one
    UNTOUCHED = auto()  # the code of a stub, with other comments
    CHANGED = auto()  # a given cell of code: runs behind the course's own
    EARLIER = auto()  # given code of an earlier release: runs where the student's code needs it
    OWN = auto()  # the student's own cell
    COPY = auto()  # a further copy of an answer, apart from it: stays there
    SHOWN = auto()  # a text that does not run: it is shown where it stood


def use_of(known: Recognised | None, cell: NotebookNode, earlier: str | None) -> Use:
    """How a cell is used, by what it was recognised as; guesses come later.

    Args:
        known: what it was recognised as.
        cell: the student's.
        earlier: id of the cell that an earlier release had with its text.
    """
    if not cell.source.strip() and not cell.get("attachments"):
        return Use.NOTHING
    if _is_as_handed_out(known, cell, earlier) and not cell.get("attachments"):
        return _use_of_handed_out(known, cell)
    own = Use.OWN if cell.cell_type in ("code", "markdown") else Use.SHOWN
    if known is None:
        return own
    match known.cell.kind:
        case Kind.SOLUTION:
            return _use_of_solution(known.cell, without_fence(cell.source))
        case Kind.WRITTEN:
            same = _says_the_same(cell, known.cell)
            return Use.NOTHING if same and not cell.get("attachments") else Use.ANSWER
        case Kind.TEST:
            return _use_of_test(known.cell, cell.source, own)
        case Kind.GIVEN_CODE:
            return _use_of_given_code(known, cell, own)
        case Kind.GIVEN_TEXT:
            return Use.NOTHING if _says_the_same(cell, known.cell) else own


def _is_as_handed_out(known: Recognised | None, cell: NotebookNode, earlier: str | None) -> bool:
    """Whether a cell says what it said in the release that the student got, maybe an earlier one.

    nbgrader's checksum tells, whatever the line ends are now; of cells that have none, and of those
    that have lost it, the texts of earlier releases. The text of a given cell may be an answer.
    """
    if is_unchanged(NotebookNode(cell, source=with_unix_line_ends(cell.source))):
        return True
    own = known is None or not known.cell.is_answer or known.cell.id == earlier
    return earlier is not None and own


def _use_of_handed_out(known: Recognised | None, cell: NotebookNode) -> Use:
    if not _is_given_code(known, cell):
        return Use.NOTHING
    return Use.OWN if known is not None and _is_copy(known) else Use.EARLIER


def _is_copy(known: Recognised) -> bool:
    """Whether a given cell was copied: it ran once more for the student; no experiment does."""
    return known.again and known.how is How.TEXT and not known.cell.experiment


def _is_given_code(known: Recognised | None, cell: NotebookNode) -> bool:
    if known is not None:
        given = known.cell.kind is Kind.GIVEN_CODE
    else:  # the course has it no more
        metadata = cell.metadata.get("nbgrader")
        nbgraders = metadata if isinstance(metadata, dict) else {}
        given = not nbgraders.get("grade") and not nbgraders.get("solution")
    return given and cell.cell_type == "code"


def _says_the_same(cell: NotebookNode, ours: CourseCell) -> bool:
    """Whether a text is the course's, also where it became comments of a script for a while."""
    texts = (cell.source, said(cell.source)) if cell.cell_type == "code" else (cell.source,)
    return any(same_prose(text, ours.released) for text in texts)


def _use_of_solution(ours: CourseCell, source: str) -> Use:
    if same_code_and_comments(source, ours.released):
        return Use.NOTHING
    stub = is_stub(source, ours.wanted, bound_names(ours.released))
    untouched = stub or same_code(source, ours.released)
    return Use.UNTOUCHED if untouched else Use.ANSWER


def _use_of_test(ours: CourseCell, source: str, own: Use) -> Use:
    """A test is the course's own; what looks like something else is the student's own code."""
    if any(same_code_and_comments(source, text) for text in (ours.released, ours.graded)):
        return Use.NOTHING
    merged = without_tests(source, merged_tests([ours]))
    if merged != with_unix_line_ends(source) and bound_names(merged):
        return own
    shown = same_code(source, ours.released) or alike(source, ours.released)
    return Use.SHOWN if shown else own


def _use_of_given_code(known: Recognised, cell: NotebookNode, own: Use) -> Use:
    if cell.cell_type != "code":
        same = same_prose(cell.source, known.cell.released)
        return Use.NOTHING if same else own
    if same_code_and_comments(cell.source, known.cell.released):
        return Use.OWN if _is_copy(known) else Use.NOTHING
    return Use.SHOWN if same_code(cell.source, known.cell.released) else Use.CHANGED
