"""Outputs of a notebook's cells for the feedback page: bounded, and sanitised again."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from grader.language import gettext
from grader.notebook.assignment import is_claim, part_of
from grader.notebook.experiments import was_left_out
from grader.notebook.sanitize import images, outputs
from grader.notebook.sanitize.text import escape_invisible
from grader.reports.feedback.content import Shown

# A page is read on phones: a notebook of the course draws a handful, of some 50,000 characters.
_PICTURES = 24
_PICTURE = 1_000_000  # characters of one in base64
_ATTACHED = 4_000_000  # of one in a written answer: a photograph of a sheet of paper
_INLINE = re.compile(r"data:(image/(?:png|jpeg));base64,([A-Za-z0-9+/=]{100,})")
_HEADING = re.compile(r"^#{1,6}[ \t]+([^\n]+)", re.MULTILINE)
_MARKUP = re.compile(r"[`*]")
_LONGEST = 80  # characters of a heading
_PAGE = 5_000_000  # characters of all output


@dataclass(frozen=True)
class Outputs:
    """Outputs of one notebook's cells.

    Attributes:
        of_answers: ``grade_id`` of each solution cell to all its outputs.
        pictures: of other cells, or a line in place of one that was left out.
        without_experiments: whether an experiment was not run.
    """

    of_answers: Mapping[str, tuple[Shown, ...]]
    pictures: tuple[Shown, ...]
    without_experiments: bool = False


def collect(notebook: NotebookNode, same_for_all: frozenset[str] = frozenset()) -> Outputs:
    """Gather the outputs of an autograded notebook, and sanitise them once more.

    Outputs of test cells are left out: they could quote a test.

    Args:
        notebook: the autograded one.
        same_for_all: ``id`` of cells whose outputs say nothing of the student's work.
    """
    budget, left = outputs.Budget(characters=_PAGE), _PICTURES
    answers: dict[str, tuple[Shown, ...]] = {}
    pictures: list[Shown] = []
    heading = ""
    for number, cell in enumerate(notebook.cells, 1):
        name = part_of(cell)
        heading = _heading(cell) or heading
        if cell.cell_type == "markdown" and name:
            answers[name] = tuple(_attached(cell, left))
            left -= len(answers[name])
        if cell.cell_type != "code" or is_claim(cell) or cell.get("id") in same_for_all:
            continue
        kept = outputs.sanitise(cell.get("outputs"), budget)
        place = f" ({name})" if name else f" (“{heading}”)" if heading else ""
        shown = list(_page_outputs(kept, f"{number}{place}", left))
        left -= sum(bool(output.png) for output in shown)
        if name:
            answers[name] = (*answers.get(name, ()), *shown)
        else:
            pairs = zip(shown, kept, strict=True)
            pictures += [picture for picture, output in pairs if outputs.has_picture(output)]
    skipped = any(was_left_out(cell) for cell in notebook.cells)
    return Outputs(answers, tuple(pictures), skipped)


def without_pictures(text: str) -> str:
    """A written answer without the characters of the pictures that stand in it: Colab's way."""
    return _INLINE.sub(r"data:\1", text)


def _heading(cell: NotebookNode) -> str:
    """The last heading in a text, by which people find a cell; empty if there is none."""
    if cell.cell_type != "markdown":
        return ""
    lines = _HEADING.findall(cell.source)
    return escape_invisible(_MARKUP.sub("", lines[-1]).strip())[:_LONGEST] if lines else ""


def _attached(cell: NotebookNode, left: int) -> Iterator[Shown]:
    """The pictures in a written answer, encoded once more; at most ``left``."""
    found = [(n, b.get("image/png", "")) for n, b in cell.get("attachments", {}).items()]
    found += [
        (gettext("picture {number}", number=n), m[2])
        for n, m in enumerate(_INLINE.finditer(cell.source), 1)
    ]
    for name, encoded in found[: max(0, left)]:
        try:
            picture = images.photo_as_png(base64.b64decode(encoded))
        except ValueError as error:
            said = gettext("{name} was left out: {error}", name=escape_invisible(name), error=error)
            yield Shown(f"[{said}]")
            continue
        if len(picture.base64) > _ATTACHED:
            said = gettext(
                "{name} was left out: it is too large for this page", name=escape_invisible(name)
            )
            yield Shown(f"[{said}]")
        else:
            yield Shown(escape_invisible(name), picture.base64)


def _page_outputs(kept: list[NotebookNode], cell: str, left: int) -> Iterator[Shown]:
    """Outputs as ``outputs.sanitise`` leaves them, for the page; at most ``left`` pictures."""
    count = 0
    for output in kept:
        if outputs.has_picture(output):
            count += 1
            yield _picture(output, cell, count, left)
        elif output.output_type == "stream":
            yield Shown(output.text, warning=output.name == "stderr")
        elif output.output_type == "error":
            text = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
            yield Shown(text)
        else:
            yield Shown(output.data.get("text/plain", ""))


def _picture(output: NotebookNode, cell: str, count: int, left: int) -> Shown:
    """A cell's picture with its origin, or a line that says why it is missing."""
    png = output.data["image/png"]
    if count > left:
        said = gettext(
            "Picture {count} of cell {cell} was left out: {most} are on this page already",
            count=count,
            cell=cell,
            most=_PICTURES,
        )
        return Shown(f"[{said}]")
    if len(png) > _PICTURE:
        said = gettext(
            "Picture {count} of cell {cell} was left out: it is larger than {most:,} characters",
            count=count,
            cell=cell,
            most=_PICTURE,
        )
        return Shown(f"[{said}]")
    if count == 1:
        return Shown(gettext("Picture drawn by cell {cell}", cell=cell), png)
    return Shown(gettext("Picture {count} drawn by cell {cell}", count=count, cell=cell), png)
