"""Notes on a rebuilt notebook: what was guessed, changed or left out, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nbformat import NotebookNode

from grader.language import N_, gettext, ngettext
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
    return ngettext(
        "cell {cells} is as it was handed out, but files came with the notebook: look at {files}",
        "cells {cells} are as they were handed out, but files came with the notebook: look at "
        "{files}",
        len(cells),
        cells=", ".join(cells),
        files=_file_names(documents),
    )


def position(place: int) -> str:
    """A place in the student's notebook, as people count."""
    return positions([place])


def shown(planned: Plan, place: int) -> str:
    """What stands above a text that is shown and not run."""
    known = planned.recognition.cells[place]
    where = position(place)
    if known is None:
        return gettext("Handed in as {where}, a raw cell:", where=where)
    return gettext(
        "Handed in as {where}, in place of the course's cell {cell}; it was not run:",
        where=where,
        cell=known.cell.name or known.cell.id,
    )


def _lost_metadata(planned: Plan) -> Iterator[str]:
    known = [r for r in planned.recognition.cells if r is not None and r.cell.name]
    lost = [r.cell.name for r in known if r.how is not How.GRADE_ID]
    guessed = [c.name for c in planned.recognition.course if c.id in planned.guessed]
    if lost and not any(r.how is How.GRADE_ID for r in known):
        yield gettext(
            "the notebook has lost nbgrader's metadata: its cells were recognised by their ids, "
            "their text, the names that they define, and their place"
        )
    elif lost and not guessed:
        names = ", ".join(dict.fromkeys(lost))
        yield gettext("recognised without their metadata: {cells}", cells=names)


def _about(
    planned: Plan, cell: CourseCell, cells: Sequence[NotebookNode], elsewhere: Sequence[int]
) -> Iterator[str]:
    """The notes on one of the course's cells."""
    name = cell.name or cell.id
    places = planned.answers.get(cell.id, ())
    if cell.id in planned.missing:
        yield gettext("cell {cell} is missing", cell=name)
    if cell.id in planned.guessed:
        yield _guessed(planned, cell)
    elif cell.id in planned.stands_in:
        where = position(planned.stands_in[cell.id])
        yield gettext("cell {cell}: its answer stands in {where}", cell=name, where=where)
    elif (times := len(set(places) - planned.rests)) > 1:
        yield _several(cell, name, times)
    rests = planned.rests.intersection(places)
    if rests and cell.kind is Kind.WRITTEN:
        where = positions(sorted(rests))
        yield gettext("cell {cell}: the answer goes on in {where}", cell=name, where=where)
    elif rests:
        yield ngettext(
            "cell {cell} was split inside of a statement: its rest stands in {where}",
            "cell {cell} was split inside of a statement: its parts stand in {where}",
            len(rests),
            cell=name,
            where=positions(sorted(rests)),
        )
    if cell.kind is Kind.SOLUTION and places and cells[places[0]].cell_type != "code":
        yield gettext("cell {cell} was handed in as text, and was run as code", cell=name)
    if elsewhere:
        yield gettext(
            "cell {cell} is as it was handed out, but there is text elsewhere: look at {where}",
            cell=name,
            where=positions(elsewhere),
        )
    yield from _further(planned, cell)


def _several(cell: CourseCell, name: str, times: int) -> str:
    """Of a cell that came more than once."""
    if cell.kind is Kind.SOLUTION:
        return gettext(
            "cell {cell} came {times} times: all of them run, in order", cell=name, times=times
        )
    return gettext("cell {cell} came {times} times: they are joined", cell=name, times=times)


def _guessed(planned: Plan, cell: CourseCell) -> str:
    places = planned.answers[cell.id] or (planned.stands_in[cell.id],)
    where = positions(places)
    if cell.kind is Kind.WRITTEN:
        return ngettext(
            "cell {cell}: {where} was taken for the answer, by the text beside it",
            "cell {cell}: {where} were taken for the answer, by the text beside it",
            len(places),
            cell=cell.name,
            where=where,
        )
    return ngettext(
        "cell {cell}: {where} was taken for the answer, by what it defines, or its place",
        "cell {cell}: {where} were taken for the answer, by what it defines, or its place",
        len(places),
        cell=cell.name,
        where=where,
    )


def _further(planned: Plan, cell: CourseCell) -> Iterator[str]:
    """Cells that were recognised as this one and are not its answer."""
    for place, known in enumerate(planned.recognition.cells):
        if known is None or known.cell.id != cell.id:
            continue
        if template := _of_further(cell, planned.uses[place], bool(planned.answers.get(cell.id))):
            yield gettext(template, cell=cell.name or cell.id, where=position(place))


def _of_further(cell: CourseCell, use: Use, answered: bool) -> str:
    """What is said of a further cell, with fields for its name and place; or nothing."""
    if use is Use.COPY:
        return N_("cell {cell} came again as {where}, apart from its answer: it runs there")
    if use is Use.CHANGED and not cell.experiment:  # students are asked to change these
        return N_("given cell {cell} was changed: the student's text runs behind the course's")
    if cell.kind is Kind.TEST and use is Use.OWN:
        return N_(
            "test cell {cell} was changed: the course's own tests, the text runs as the student's "
            "own"
        )
    if cell.kind is Kind.TEST and use is Use.SHOWN:
        return N_(
            "test cell {cell} was changed: the course's own tests, the text is shown and does not "
            "run"
        )
    if cell.kind is Kind.SOLUTION and use is Use.NOTHING and answered:
        return N_("cell {cell} came again as it was handed out ({where}): that copy was left out")
    return ""


def _own(planned: Plan) -> Iterator[str]:
    raw = [
        place
        for place, (known, use) in enumerate(
            zip(planned.recognition.cells, planned.uses, strict=True)
        )
        if known is None and use is Use.SHOWN
    ]
    if raw:
        yield gettext("raw cells are shown and do not run: {where}", where=positions(raw))


def _attachments(cells: Sequence[NotebookNode]) -> Iterator[str]:
    for place, cell in enumerate(cells):
        if names := attachments.left_out(cell):
            yield gettext(
                "left out of {where}, since they are neither PNG nor JPEG: {files}",
                where=position(place),
                files=_file_names(names),
            )


def _file_names(names: Sequence[str]) -> str:
    return ", ".join(printable_text(name)[:60] for name in names[:5])


def positions(places: Sequence[int]) -> str:
    """Places in the student's notebook, as people count."""
    return ngettext(
        "cell {numbers} of the notebook",
        "cells {numbers} of the notebook",
        len(places),
        numbers=", ".join(str(place + 1) for place in places[:20]),
    )
