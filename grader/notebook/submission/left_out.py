"""Which experiments of a rebuilt notebook are not run: those that no other cell needs.

A student's code may use what an experiment binds, though the course's own never does. Then the
experiment runs as any given cell does. Where the text does not tell, it runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from nbformat import NotebookNode

from grader.notebook import experiments
from grader.notebook.submission.cell_text import read_names

# Code that may use names that do not stand in it.
READS_UNKNOWN = re.compile(r"\b(?:eval|exec|globals|locals|vars)\(|^[ \t]*%run\b", re.MULTILINE)

# Characters of code that are looked through, statement by statement: some seconds for so many. An
# honest notebook has a tenth.
MOST = 200_000


def left_out(
    cells: Iterable[NotebookNode],
    changed: frozenset[str],
    given: frozenset[str],
    repeatable: Mapping[str, str],
) -> frozenset[str]:
    """Ids of the cells that are not run.

    Args:
        cells: of the rebuilt notebook.
        changed: ids of those that hold a student's changes of an experiment.
        given: ids of those that are the course's and no student's.
        repeatable: see ``experiments.imported``.
    """
    waiting: list[NotebookNode] = []
    running: list[NotebookNode] = []
    for cell in cells:
        if cell.cell_type == "code":
            waits = cell.id in changed or experiments.is_experiment(cell)
            (waiting if waits else running).append(cell)
    if not waiting or _may_use_any_name(running, given):
        return frozenset()
    binds = {cell.id: experiments.binds(cell.source, repeatable) for cell in waiting}
    used = frozenset[str]()
    while running:  # what runs may need an experiment, which may need another
        used = used.union(*(read_names(cell.source) for cell in running))
        running = [cell for cell in waiting if is_needed(binds[cell.id], used)]
        waiting = [cell for cell in waiting if cell not in running]
    return frozenset(cell.id for cell in waiting)


def _may_use_any_name(running: Sequence[NotebookNode], given: frozenset[str]) -> bool:
    """Whether the text does not tell which names these cells use: too much, or code in texts."""
    if sum(len(cell.source) for cell in running) > MOST:
        return True
    students = (cell.source for cell in running if cell.id not in given)
    return any(map(READS_UNKNOWN.search, students))


def is_needed(bound: frozenset[str] | None, used: frozenset[str]) -> bool:
    """Whether code that uses some names needs a cell; it may where ``bound`` is None: not known."""
    return bound is None or not used.isdisjoint(bound)
