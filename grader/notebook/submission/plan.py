"""Plans how each cell that a student handed in is used, before anything is rebuilt.

No text is lost. Each of the student's cells is an answer, runs where it stood, is shown beside the
course's cell that it belongs to, or says what the course's own cell says.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode

from grader.notebook.submission.cell_text import bound_names, is_rest, used_names
from grader.notebook.submission.cell_use import Use, use_of
from grader.notebook.submission.course_cells import CourseCell, Kind
from grader.notebook.submission.earlier_cells import needed
from grader.notebook.submission.guess import Guess, guess, in_place
from grader.notebook.submission.labels import answers_nothing
from grader.notebook.submission.prose import is_prose
from grader.notebook.submission.recognise import Recognised, Recognition

_MOST_RESTS = 10  # of one answer: each is parsed together with those ahead


@dataclass(frozen=True)
class Plan:
    """How a student's cells are used.

    Attributes:
        recognition: of the notebook.
        uses: of each of the student's cells.
        answers: id of a solution cell to the places of its answer, in order; empty for none.
        stands_in: id of a solution cell to the place of the cell that holds its answer and stays.
        guessed: ids of solution cells whose answer was guessed.
        missing: ids of solution cells that are in no way there.
        prose: places of the student's own text that is no answer.
        carried: place of a cell of the student's own to the id of the solution cell whose answer
            moved up from below and needs it: it moves along.
        rests: places of parts of answers that are code only together with the part ahead, and of
            text in which a written answer goes on.
    """

    recognition: Recognition
    uses: tuple[Use, ...]
    answers: dict[str, tuple[int, ...]]
    stands_in: dict[str, int] = field(default_factory=dict)
    guessed: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    prose: tuple[int, ...] = ()
    carried: dict[int, str] = field(default_factory=dict)
    rests: frozenset[int] = frozenset()

    @property
    def untouched(self) -> frozenset[str]:
        """Ids of solution cells in which nothing was written, missing ones included."""
        return frozenset(
            cell.id
            for cell in self.recognition.course
            if cell.is_answer and not self.answers[cell.id] and cell.id not in self.stands_in
        )


def plan(recognition: Recognition, submitted: NotebookNode) -> Plan:
    """Decide how each cell that was handed in is used."""
    cells = submitted.cells
    each = zip(recognition.cells, cells, recognition.earlier, strict=True)
    uses = [use_of(known, cell, earlier) for known, cell, earlier in each]
    answers = {
        cell.id: _parts(recognition, cell, uses) for cell in recognition.course if cell.is_answer
    }
    planned = Plan(recognition, tuple(uses), answers)
    planned = _with_answers_in_place(_with_copies(planned, cells), cells)
    planned = _with_rests(_with_guesses(planned, cells), cells)
    planned = _with_text_below(planned, cells)
    return _finished(_with_earlier(planned, cells), cells)


def _parts(recognition: Recognition, cell: CourseCell, uses: Sequence[Use]) -> tuple[int, ...]:
    return tuple(
        place
        for place, known in enumerate(recognition.cells)
        if known is not None and known.cell.id == cell.id and uses[place] is Use.ANSWER
    )


def _with_copies(planned: Plan, cells: Sequence[NotebookNode]) -> Plan:
    """Let parts of one answer be together; a copy behind other cells of the course's stays there.

    Exercises suggest to copy a cell and to play with it; a copied cell keeps its ``grade_id``. So
    does a draft above. A copy that was filled with something else is the student's own cell.
    """
    uses, answers = list(planned.uses), dict(planned.answers)
    for cell in planned.recognition.course:
        parts = answers.get(cell.id, ())
        if cell.kind is not Kind.SOLUTION or len(parts) < 2:
            continue
        at = _place_of_answer(planned.recognition, cell, parts)
        together = tuple(p for p in parts if not _divided(planned.recognition, *sorted((at, p))))
        answers[cell.id] = together
        for place in set(parts) - set(together):
            again = bound_names(cells[place].source) & cell.wanted
            uses[place] = Use.COPY if again or not cell.wanted else Use.OWN
    return dataclasses.replace(planned, uses=tuple(uses), answers=answers)


def _place_of_answer(recognition: Recognition, cell: CourseCell, parts: Sequence[int]) -> int:
    """The part that stands where the course's cell does; the first, if none does."""
    return next((p for p in parts if recognition.backbone[p] == cell.index), parts[0])


def _divided(recognition: Recognition, first: int, last: int) -> bool:
    """Whether another cell of the course's stands between two cells of one answer."""
    ours = recognition.cells[first]
    return any(
        known is not None and ours is not None and known.cell.id != ours.cell.id
        for known in recognition.cells[first:last]
    )


def _with_answers_in_place(planned: Plan, cells: Sequence[NotebookNode]) -> Plan:
    """Let the cell in an answer's place be the answer, and one that was moved there a copy.

    A cell that is played with below has the ``grade_id`` where the answer itself has lost it.
    """
    recognition = planned.recognition
    code = {p: cells[p].source for p, use in enumerate(planned.uses) if use is Use.OWN}
    code = {place: text for place, text in code.items() if _runs(cells[place])}
    uses, answers, guessed = list(planned.uses), dict(planned.answers), set(planned.guessed)
    for cell in recognition.course:
        parts = answers[cell.id] if cell.kind is Kind.SOLUTION else ()
        moved = all(recognition.backbone[place] != cell.index for place in parts)
        if not (parts and moved and (found := in_place(recognition, cell, code))):
            continue
        answers[cell.id] = found
        guessed.add(cell.id)
        for place in parts:
            uses[place] = Use.COPY
        for place in found:
            uses[place] = Use.ANSWER
    return dataclasses.replace(
        planned, uses=tuple(uses), answers=answers, guessed=frozenset(guessed)
    )


def _with_rests(planned: Plan, cells: Sequence[NotebookNode]) -> Plan:
    """Join an answer with what follows it and is no code alone: a cell was split in two."""
    uses, answers, rests = list(planned.uses), dict(planned.answers), set[int]()
    for cell in planned.recognition.course:
        if cell.kind is not Kind.SOLUTION:
            continue
        for first in answers[cell.id]:
            if first in rests:
                continue
            for place in _rest(planned, cell, cells, first):
                uses[place] = Use.ANSWER
                rests.add(place)
                answers[cell.id] = tuple(sorted({*answers[cell.id], place}))
    return dataclasses.replace(planned, uses=tuple(uses), answers=answers, rests=frozenset(rests))


def _rest(
    planned: Plan, cell: CourseCell, cells: Sequence[NotebookNode], first: int
) -> Iterator[int]:
    """The places behind a part of an answer whose text is code only together with it."""
    text = cells[first].source
    for place in range(first + 1, min(len(cells), first + 1 + _MOST_RESTS)):
        own = planned.recognition.cells[place] is None and planned.uses[place] is Use.OWN
        if not (own or place in planned.answers[cell.id]) or cells[place].cell_type != "code":
            return
        if not is_rest(text, cells[place].source):
            return
        text = f"{text}\n{cells[place].source}"
        yield place


def _with_text_below(planned: Plan, cells: Sequence[NotebookNode]) -> Plan:
    """Let a written answer go on in the student's own text right below it.

    Who marks it sees the answer's cell alone, and a question of three parts is often answered in
    three cells.
    """
    uses, answers, rests = list(planned.uses), dict(planned.answers), set(planned.rests)
    prose = _prose(planned, cells)
    for cell in planned.recognition.course:
        if cell.kind is not Kind.WRITTEN or not answers[cell.id]:
            continue
        place = answers[cell.id][-1]
        while (place := place + 1) in prose and _is_free(planned, place):
            if cells[place].cell_type != "markdown":
                break
            uses[place] = Use.ANSWER
            rests.add(place)
            answers[cell.id] = (*answers[cell.id], place)
    return dataclasses.replace(planned, uses=tuple(uses), answers=answers, rests=frozenset(rests))


def _with_guesses(planned: Plan, cells: Sequence[NotebookNode]) -> Plan:
    """Look for the answers to open solution cells among all other text."""
    recognition = planned.recognition
    open_cells = [
        cell for cell in recognition.course if cell.is_answer and not planned.answers[cell.id]
    ]
    if not open_cells:
        return planned
    own = {p: cells[p] for p, use in enumerate(planned.uses) if use in (Use.OWN, Use.CHANGED)}
    guesses = guess(
        recognition,
        open_cells,
        code={p: cell.source for p, cell in own.items() if _runs(cell)},
        prose={
            p: cell.source for p, cell in _prose(planned, cells).items() if _is_free(planned, p)
        },
        answers={
            place: cells[place].source
            for cell in recognition.course
            if cell.kind is Kind.SOLUTION
            for place in planned.answers[cell.id]
        },
    )
    return _taken(planned, guesses)


def _taken(planned: Plan, guesses: dict[str, Guess]) -> Plan:
    """The plan with guessed answers, each part taken from wherever it was."""
    uses, answers, stands_in = list(planned.uses), dict(planned.answers), dict(planned.stands_in)
    for id_, guessed in guesses.items():
        for place in guessed.places:
            for other, parts in answers.items():
                if place in parts:  # merged cells: the answer stands at the first of them
                    answers[other] = tuple(part for part in parts if part != place)
                    if not answers[other]:
                        stands_in[other] = place
            uses[place] = Use.ANSWER
        answers[id_] = guessed.places
        if guessed.stands_in is not None:
            stands_in[id_] = guessed.stands_in
    return dataclasses.replace(
        planned,
        uses=tuple(uses),
        answers=answers,
        stands_in=stands_in,
        guessed=planned.guessed | guesses.keys(),
    )


def _with_earlier(planned: Plan, cells: Sequence[NotebookNode]) -> Plan:
    """Leave out given code of an earlier release that no code of the student's needs."""
    texts = {p: cells[p].source for p, use in enumerate(planned.uses) if use is Use.EARLIER}
    runs = (Use.ANSWER, Use.OWN, Use.CHANGED, Use.COPY)
    students = [
        cells[p].source for p, use in enumerate(planned.uses) if use in runs and _runs(cells[p])
    ]
    given = [c.graded for c in planned.recognition.course if c.kind is Kind.GIVEN_CODE]
    kept = needed(texts, students, given)
    uses = list(planned.uses)
    for place in texts.keys() - kept:
        uses[place] = Use.NOTHING
    return dataclasses.replace(planned, uses=tuple(uses))


def _finished(planned: Plan, cells: Sequence[NotebookNode]) -> Plan:
    """The plan with what is missing, and the text that is left."""
    there = {known.cell.id for known in planned.recognition.cells if known is not None}
    missing = frozenset(id_ for id_ in planned.untouched if id_ not in there)
    carried = {
        place: cell.id
        for cell in planned.recognition.course
        if cell.kind is Kind.SOLUTION
        for place in _helpers(planned, cell, cells)
    }
    prose = tuple(_prose(planned, cells))
    return dataclasses.replace(planned, missing=missing, prose=prose, carried=carried)


def _helpers(planned: Plan, cell: CourseCell, cells: Sequence[NotebookNode]) -> list[int]:
    """The student's own cells below the tests that an answer from below needs, in order."""
    places, backbone = planned.answers[cell.id], planned.recognition.backbone
    if not places or backbone[places[0]] <= cell.index:
        return []
    needed = set().union(*(used_names(cells[place].source) for place in places))
    helpers: list[int] = []
    for place in range(places[0] - 1, -1, -1):
        if backbone[place] <= cell.index:
            break
        text = cells[place].source
        if planned.uses[place] is Use.OWN and _runs(cells[place]) and needed & bound_names(text):
            helpers.append(place)
            needed |= used_names(text)
    return helpers[::-1]


def _runs(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code" and not is_prose(cell.source))


def _prose(planned: Plan, cells: Sequence[NotebookNode]) -> dict[int, NotebookNode]:
    """The student's own text, place to cell: no answer, and no code."""
    return {
        place: cell
        for place, cell in enumerate(cells)
        if planned.uses[place] in (Use.OWN, Use.SHOWN)
        and (cell.cell_type != "code" or is_prose(cell.source))
        and not _is_test(planned.recognition.cells[place])
        and not answers_nothing(cells, place, _handed_out(planned.recognition.cells[place]))
    }


def _handed_out(known: Recognised | None) -> str:
    """What a text of the course's said before a student wrote into it."""
    return known.cell.released if known is not None else ""


def _is_free(planned: Plan, place: int) -> bool:
    """Whether a text is in no cell of the course's: a question that was changed is not moved."""
    return planned.recognition.cells[place] is None


def _is_test(known: Recognised | None) -> bool:
    return known is not None and known.cell.kind is Kind.TEST
