"""What is said of a rebuilt notebook: what was guessed, changed or left out, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nbformat import NotebookNode

from grader.notebook.submission import attachments
from grader.notebook.submission.cell_use import Use
from grader.notebook.submission.course_cells import CourseCell, Kind
from grader.notebook.submission.file_rules import printable_text
from grader.notebook.submission.plan import Plan
from grader.notebook.submission.recognise import How


def of(
    planned: Plan, cells: Sequence[NotebookNode], elsewhere: Mapping[str, tuple[int, ...]]
) -> tuple[str, ...]:
    """The notes on a submission, in the order of the course's cells.

    Args:
        planned: what becomes of the cells.
        cells: the student's.
        elsewhere: what ``unread`` gives of both.
    """
    lines = [*_lost_metadata(planned)]
    for cell in planned.recognition.course:
        lines += _about(planned, cell, cells, elsewhere.get(cell.id, ()))
    lines += _own(planned)
    lines += _attachments(cells)
    return tuple(lines)


def in_documents(cells: Sequence[str], documents: Sequence[str]) -> str:
    """Of untouched solution cells, and files beside the notebook that may hold their answers."""
    one = len(cells) == 1
    said = f"cell {cells[0]} is as it was" if one else f"cells {', '.join(cells)} are as they were"
    return f"{said} handed out, but files came with the notebook: look at {_file_names(documents)}"


def position(place: int) -> str:
    """A place in the student's notebook, as people count."""
    return f"cell {place + 1} of the notebook"


def shown(planned: Plan, place: int) -> str:
    """What stands above a text that is shown and not run."""
    known = planned.recognition.cells[place]
    where = position(place)
    if known is None:
        return f"Handed in as {where}, a raw cell:"
    what = f"in place of the course's cell {known.cell.name or known.cell.id}"
    return f"Handed in as {where}, {what}; it was not run:"


def _lost_metadata(planned: Plan) -> Iterator[str]:
    known = [r for r in planned.recognition.cells if r is not None and r.cell.name]
    lost = [r.cell.name for r in known if r.how is not How.GRADE_ID]
    guessed = [c.name for c in planned.recognition.course if c.id in planned.guessed]
    if lost and not any(r.how is How.GRADE_ID for r in known):
        yield (
            "the notebook has lost nbgrader's metadata: its cells were recognised by their ids, "
            "their text, the names that they define, and their place"
        )
    elif lost and not guessed:
        yield f"recognised without their metadata: {', '.join(dict.fromkeys(lost))}"


def _about(
    planned: Plan, cell: CourseCell, cells: Sequence[NotebookNode], elsewhere: Sequence[int]
) -> Iterator[str]:
    """The notes on one of the course's cells."""
    name = cell.name or cell.id
    places = planned.answers.get(cell.id, ())
    if cell.id in planned.missing:
        yield f"cell {name} is missing"
    if cell.id in planned.guessed:
        yield _guessed(planned, cell)
    elif cell.id in planned.stands_in:
        yield f"cell {name}: its answer stands in {position(planned.stands_in[cell.id])}"
    elif (times := len(set(places) - planned.rests)) > 1:
        how = "all of them run, in order" if cell.kind is Kind.SOLUTION else "they are joined"
        yield f"cell {name} came {times} times: {how}"
    if rests := planned.rests.intersection(places):
        said = "its rest stands" if len(rests) == 1 else "its parts stand"
        yield f"cell {name} was split inside of a statement: {said} in {positions(sorted(rests))}"
    if cell.kind is Kind.SOLUTION and places and cells[places[0]].cell_type != "code":
        yield f"cell {name} was handed in as text, and was run as code"
    if elsewhere:
        yield (
            f"cell {name} is as it was handed out, but there is text elsewhere: look at "
            f"{positions(elsewhere)}"
        )
    yield from _further(planned, cell)


def _guessed(planned: Plan, cell: CourseCell) -> str:
    places = planned.answers[cell.id] or (planned.stands_in[cell.id],)
    by = "the text beside it" if cell.kind is Kind.WRITTEN else "what it defines, or its place"
    were = "was" if len(places) == 1 else "were"
    return f"cell {cell.name}: {positions(places)} {were} taken for the answer, by {by}"


def _further(planned: Plan, cell: CourseCell) -> Iterator[str]:
    """Cells that were recognised as this one and are not its answer."""
    name = cell.name or cell.id
    for place, known in enumerate(planned.recognition.cells):
        if known is None or known.cell.id != cell.id:
            continue
        use, where = planned.uses[place], position(place)
        if use is Use.COPY:
            yield f"cell {name} came again as {where}, apart from its answer: it runs there"
        elif use is Use.CHANGED and not cell.experiment:  # students are asked to change these
            yield f"given cell {name} was changed: the student's text runs behind the course's"
        elif cell.kind is Kind.TEST and use in (Use.OWN, Use.SHOWN):
            runs = "runs as the student's own" if use is Use.OWN else "is shown and does not run"
            yield f"test cell {name} was changed: the course's own tests, the text {runs}"
        elif cell.kind is Kind.SOLUTION and use is Use.NOTHING and planned.answers[cell.id]:
            yield f"cell {name} came again as it was handed out ({where}): that copy was left out"


def _own(planned: Plan) -> Iterator[str]:
    raw = [
        place
        for place, (known, use) in enumerate(
            zip(planned.recognition.cells, planned.uses, strict=True)
        )
        if known is None and use is Use.SHOWN
    ]
    if raw:
        yield f"raw cells are shown and do not run: {positions(raw)}"


def _attachments(cells: Sequence[NotebookNode]) -> Iterator[str]:
    for place, cell in enumerate(cells):
        if names := attachments.left_out(cell):
            said = _file_names(names)
            yield f"left out of {position(place)}, since they are neither PNG nor JPEG: {said}"


def _file_names(names: Sequence[str]) -> str:
    return ", ".join(printable_text(name)[:60] for name in names[:5])


def positions(places: Sequence[int]) -> str:
    """Places in the student's notebook, as people count."""
    numbers = [str(place + 1) for place in places]
    if len(numbers) == 1:
        return f"cell {numbers[0]} of the notebook"
    return f"cells {', '.join(numbers[:20])} of the notebook"
