"""Which of the notebooks that were handed in is graded.

JupyterLab's *Duplicate* makes ``x-Copy1.ipynb``, a browser's second download ``x (1).ipynb``, a
mail program ``x.ipynb.txt``. Students work in one of them and hand in all. The notebook with the
expected name is graded, if something was written in it; else the only other one that was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from nbformat import NotebookNode

from grader.errors import SubmissionError
from grader.language import N_, gettext, ngettext
from grader.notebook.assignment import Assignment
from grader.notebook.submission import parse
from grader.notebook.submission.course_cells import course_cells
from grader.notebook.submission.file_rules import printable_path
from grader.notebook.submission.plan import plan
from grader.notebook.submission.recognise import recognise

_SHARE = 0.5  # of the course's cells, by which a notebook is recognised as the assignment's


# Why the notebook of the expected name is not graded, and what is said of the one that is.
_GRADED = {
    "is missing": N_("{name} is graded, since {expected} is missing"),
    "cannot be read": N_("{name} is graded, since {expected} cannot be read"),
    "is as it was handed out": N_("{name} is graded, since {expected} is as it was handed out"),
    "is another notebook": N_("{name} is graded, since {expected} is another notebook"),
}


@dataclass(frozen=True)
class ChosenNotebook:
    """The notebook of a submission that is graded.

    Attributes:
        name: its path in the submitted folder.
        content: its bytes.
        notebook: the same, read.
        notes: on the choice, for the instructor and the student.
        elsewhere: names of solution cells that another copy of the assignment's answers, and this
            one does not.
    """

    name: str
    content: bytes
    notebook: NotebookNode
    notes: tuple[str, ...] = ()
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Candidate:
    """One of several notebooks; ``notebook`` is None where it is none, for the reason ``error``."""

    name: str
    content: bytes
    notebook: NotebookNode | None
    answers: tuple[tuple[str, ...], ...]
    recognised: bool
    error: str = ""
    answered: frozenset[str] = frozenset()

    @property
    def is_written(self) -> bool:
        """Whether it is the assignment's, and something was written in it."""
        return self.recognised and any(self.answers)


def choose(
    assignment: Assignment, found: Sequence[tuple[str, bytes]], folder: str
) -> ChosenNotebook:
    """Choose and read the notebook that is graded.

    Args:
        assignment: what it is a submission of.
        found: name and bytes of each notebook, the expected one first if it is there.
        folder: the submitted folder, for messages.

    Raises:
        SubmissionError: none can be read, or it cannot be told which one is meant.
    """
    expected = f"{assignment.name}.ipynb"
    if [name for name, _ in found] == [expected]:
        content = found[0][1]
        return ChosenNotebook(expected, content, parse.parse(content, f"{folder}/{expected}"))
    candidates = [_candidate(assignment, name, content, folder) for name, content in found]
    first = next((each for each in candidates if each.name == expected), None)
    others = [each for each in candidates if each is not first]
    if first is not None and first.is_written:
        return _chosen(first, _left(first, others, expected), others)
    why = _why_not(first)
    written = [each for each in others if each.is_written]
    if len({each.answers for each in written}) == 1:
        rest = [each for each in others if each is not written[0]]
        graded = gettext(_GRADED[why], name=_shown(written[0]), expected=expected)
        return _chosen(written[0], (graded, *_left(written[0], rest)))
    if written or first is None or first.notebook is None:
        raise _undecided(first, written or others, f"{folder}/{expected}", why)
    return _chosen(first, _left(first, others, expected))


def _candidate(assignment: Assignment, name: str, content: bytes, folder: str) -> _Candidate:
    try:
        notebook = parse.parse(content, f"{folder}/{name}")
    except SubmissionError as error:
        return _Candidate(name, content, None, (), recognised=False, error=str(error))
    course = course_cells(assignment)
    recognition = recognise(course, notebook, assignment.earlier)
    planned = plan(recognition, notebook)
    there = {known.cell.id for known in recognition.cells if known is not None}
    named = {cell.id for cell in course if cell.name}
    recognised = len(there) >= _SHARE * len(course) or len(there & named) >= _SHARE * len(named)
    answers = tuple(
        tuple(notebook.cells[place].source for place in places)
        for places in (*planned.answers.values(), tuple(planned.stands_in.values()))
    )
    answered = frozenset(
        cell.name for cell in course if cell.is_answer and cell.id not in planned.untouched
    )
    return _Candidate(name, content, notebook, answers, recognised, answered=answered)


def _chosen(
    chosen: _Candidate, notes: tuple[str, ...], others: Sequence[_Candidate] = ()
) -> ChosenNotebook:
    """The notebook that is graded; what it leaves open may be answered in another copy."""
    if chosen.notebook is None:
        raise SubmissionError(chosen.error)
    open_in_this = [(each, each.answered - chosen.answered) for each in others if each.is_written]
    found = tuple(_answered_in(each, names) for each, names in open_in_this if names)
    elsewhere = frozenset[str]().union(*(names for _, names in open_in_this))
    return ChosenNotebook(chosen.name, chosen.content, chosen.notebook, (*notes, *found), elsewhere)


def _answered_in(copy: _Candidate, cells: frozenset[str]) -> str:
    return ngettext(
        "cell {cells} is as it was handed out, and was written in {name}: look there",
        "cells {cells} are as they were handed out, and were written in {name}: look there",
        len(cells),
        cells=", ".join(sorted(cells)),
        name=_shown(copy),
    )


def _left(chosen: _Candidate, others: Sequence[_Candidate], graded: str = "") -> tuple[str, ...]:
    """The note on notebooks that are not graded; ``graded`` names the expected one.

    Nothing is said of those that the code of the chosen one names, as to run them.
    """
    cells = chosen.notebook.cells if chosen.notebook is not None else ()
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    others = [each for each in others if PurePath(each.name).name not in code]
    if not others:
        return ()
    names = ", ".join(map(_shown, others))
    if not graded:
        return (
            ngettext("{names} is not graded", "{names} are not graded", len(others), names=names),
        )
    said = ngettext(
        "{names} is not graded, only {expected} is",
        "{names} are not graded, only {expected} is",
        len(others),
        names=names,
        expected=graded,
    )
    return (said,)


def _why_not(first: _Candidate | None) -> str:
    """Why the notebook of the expected name is not the one."""
    if first is None:
        return "is missing"
    if first.notebook is None:
        return "cannot be read"
    return "is as it was handed out" if first.recognised else "is another notebook"


def _undecided(
    first: _Candidate | None, others: Sequence[_Candidate], expected: str, why: str
) -> SubmissionError:
    if first is not None and first.error and not any(each.is_written for each in others):
        return SubmissionError(first.error)
    found = ", ".join(map(_shown, others)) or "no notebook"
    several = ": more than one may be meant" if len(others) > 1 else ""
    return SubmissionError(
        f"{expected} {why}: expected the notebook under this name, found {found}{several}; "
        "ask the student to hand it in again"
    )


def _shown(candidate: _Candidate) -> str:
    return printable_path(Path(candidate.name))
