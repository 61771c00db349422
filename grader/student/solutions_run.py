"""Which solution cells a student's kernel has run, and whether they are saved as they were run.

IPython keeps the text of all that a kernel has run under the name ``In``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from nbformat import NotebookNode

from grader.model import Claim
from grader.notebook.assignment import grade_id, is_solution
from grader.notebook.submission import cell_text
from grader.notebook.submission.rebuild import Rebuilt
from grader.student.visible_claims import Plan

_DEFINITION = re.compile(r"^(?:async )?(?:def|class)\b", re.MULTILINE)


def untouched(
    notebook: NotebookNode, claims_plan: Plan, space: Mapping[str, Any]
) -> tuple[str, ...]:
    """The solution cells in which nothing is written, neither as saved nor as run last.

    A notebook is saved every two minutes, so the kernel often knows more than the file.

    Args:
        notebook: as it is saved.
        claims_plan: of it.
        space: the kernel's names.
    """
    texts = {grade_id(cell): cell.source for cell in notebook.cells if is_solution(cell)}
    return tuple(
        cell
        for cell in claims_plan.untouched
        if not _written(texts[cell], _promised(cell, texts, claims_plan.definers), space)
    )


def not_run(claim: Claim, saved: Rebuilt, space: Mapping[str, Any]) -> tuple[str, ...]:
    """The written solution cells that a claim rests on and that were not run as they are saved.

    Args:
        claim: of the notebook.
        saved: the notebook.
        space: the kernel's names.
    """
    run = {text.strip() for text in _inputs(space)}
    return tuple(
        name
        for cell in saved.notebook.cells
        if (name := grade_id(cell)) in claim.needs
        and name not in saved.untouched
        and cell.source.strip() not in run
    )


def _promised(cell: str, texts: Mapping[str, str], wanted: Iterable[str]) -> frozenset[str]:
    """Names that a solution cell is to define: its functions, else all that it alone mentions."""
    bound = cell_text.bound_names(texts[cell])
    if _DEFINITION.search(texts[cell]):
        return bound
    others = (cell_text.bound_names(text) for name, text in texts.items() if name != cell)
    mentioned = {name for name in wanted if re.search(rf"\b{name}\b", texts[cell])}
    return bound | frozenset(mentioned).difference(*others)


def _written(stub: str, names: frozenset[str], space: Mapping[str, Any]) -> bool:
    """Whether what the kernel has run last of a stub's names is more than that stub."""
    for text in reversed(_inputs(space)):
        if cell_text.bound_names(text) & names:
            return not cell_text.is_stub(text, names, given=cell_text.bound_names(stub))
    return False


def _inputs(space: Mapping[str, Any]) -> list[str]:
    return [text for text in space.get("In", ()) if isinstance(text, str)]
