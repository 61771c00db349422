"""What a notebook's cells put out, as the feedback page shows it: bounded, and sanitised again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader import utils

from grader.notebook import outputs
from grader.notebook.assignments import grade_id, is_claim
from grader.reports.feedback import Shown

# A page is read on phones: a notebook of the course draws a handful, of some 50,000 characters.
_PICTURES = 24
_PICTURE = 1_000_000  # characters of one in base64
_PAGE = 5_000_000  # characters of all output


@dataclass(frozen=True)
class Outputs:
    """What the cells of one notebook put out.

    Attributes:
        of_answers: ``grade_id`` of each solution cell to all that it put out.
        pictures: that other cells drew, or a line in place of one that was left out.
    """

    of_answers: Mapping[str, tuple[Shown, ...]]
    pictures: tuple[Shown, ...]


def collect(notebook: NotebookNode) -> Outputs:
    """The outputs of an autograded notebook, which is not believed to be sanitised.

    Test cells have none of their own: what stands there could quote a test.
    """
    budget, left = outputs.Budget(characters=_PAGE), _PICTURES
    answers: dict[str, tuple[Shown, ...]] = {}
    pictures: list[Shown] = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code" or is_claim(cell):
            continue
        name = grade_id(cell)
        kept = outputs.sanitise(cell.get("outputs"), budget)
        found = list(_shown(kept, f"cell {number}" + (f" ({name})" if name else ""), left))
        left -= sum(bool(one.png) for one in found)
        if utils.is_solution(cell):
            answers[name] = tuple(found)
        else:
            drawn = zip(found, kept, strict=True)
            pictures += [one for one, output in drawn if _has_picture(output)]
    return Outputs(answers, tuple(pictures))


def _has_picture(output: NotebookNode) -> bool:
    return "image/png" in output.get("data", {})


def _shown(kept: list[NotebookNode], cell: str, left: int) -> Iterator[Shown]:
    """Outputs as ``outputs.sanitise`` leaves them, for the page; at most ``left`` pictures."""
    count = 0
    for output in kept:
        if _has_picture(output):
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
    """A cell's picture and where it comes from, or why it is not there."""
    png = output.data["image/png"]
    where = f"Picture {count}" if count > 1 else "Picture"
    if count > left:
        return Shown(f"[{where} of {cell} was left out: {_PICTURES} are on this page already]")
    if len(png) > _PICTURE:
        return Shown(f"[{where} of {cell} was left out: it is larger than {_PICTURE:,} characters]")
    return Shown(f"{where} drawn by {cell}", png)
