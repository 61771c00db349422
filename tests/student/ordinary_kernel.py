"""A student's own kernel, warm for a whole session of tests: the visible claims of notebooks in it.

It is the course's kernel as a student starts it in JupyterLab: no sandbox, no examiner. TensorFlow,
which takes seconds to import, stays imported from one notebook to the next; names do not stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel
from nbformat import NotebookNode

from grader import kernelspec
from grader.model import Outcome
from grader.notebook.assignment import grade_id, is_solution
from grader.notebook.networks import uses_networks
from grader.notebook.submission import cell_text
from grader.student.visible_claims import Plan, plan
from tests import patience

_VERDICTS = """
import json as _json
from pathlib import Path as _Path
from grader.student.kernel_check import checked as _checked
_found = _checked(_Path({path!r}), get_ipython().user_ns)
print("VERDICTS" + _json.dumps({{v.claim: [v.outcome, v.message] for v in _found.verdicts}}))
"""


@dataclass(frozen=True)
class Seen:
    """What a student sees of the claims that need no training.

    Attributes:
        passed: of each visible test cell, whether it ran to its end: what Validate goes by.
        verdicts: of ``%check``.
        messages: of ``%check``.
    """

    passed: dict[str, bool]
    verdicts: dict[str, Outcome]
    messages: dict[str, str]


class OrdinaryKernel:
    """Runs one notebook after the other.

    Args:
        client: of the kernel.
    """

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def see(self, notebook: NotebookNode, folder: Path, name: str) -> Seen:
        """Run a notebook from top to bottom, without trainings, and then ``%check``.

        Args:
            notebook: as the student has it.
            folder: in which it stands, with its files.
            name: of the assignment.
        """
        passed = self.passed(notebook, folder, name)
        path = folder / f"{name}.ipynb"
        ran, printed = self._run(_VERDICTS.format(path=str(path)))
        assert ran, printed
        found = json.loads(printed.rpartition("VERDICTS")[2])
        return Seen(
            passed,
            {claim: Outcome(outcome) for claim, (outcome, _) in found.items()},
            {claim: message for claim, (_, message) in found.items()},
        )

    def passed(self, notebook: NotebookNode, folder: Path, name: str) -> dict[str, bool]:
        """Whether each test cell ran, in a notebook that is run as ``see`` does."""
        nbformat.write(notebook, folder / f"{name}.ipynb")
        # What stays, TensorFlow above all, is collected once: it would take a second each time.
        self._run("%reset -f\nimport gc\ngc.freeze()\ndel gc")
        self._run(f"import os; os.chdir({str(folder)!r}); del os")
        planned = plan(notebook)
        tests = {planned.tests[claim.name]: claim.name for claim in planned.checkable}
        passed = {}
        for place in _without_play(notebook, planned):
            ran, _ = self._run(notebook.cells[place].source)
            if place in tests:
                passed[tests[place]] = ran
        return passed

    def _run(self, code: str) -> tuple[bool, str]:
        """Whether a cell ran to its end, and what it wrote to stdout."""
        printed: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed.append(message["content"]["text"])
            if message["msg_type"] == "error":
                printed.extend(message["content"]["traceback"])

        reply = self._client.execute_interactive(
            code, allow_stdin=False, output_hook=keep, timeout=patience.PATIENCE
        )
        return reply["content"]["status"] == "ok", "".join(printed)


def _without_play(notebook: NotebookNode, planned: Plan) -> Sequence[int]:
    """The code cells to be run: without trainings, and without given cells that draw the work."""
    solutions = frozenset().union(
        *(cell_text.bound_names(c.source) for c in notebook.cells if is_solution(c))
    )
    trains, places = uses_networks(notebook), []
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or (trains and ".fit(" in cell.source):
            continue
        name = grade_id(cell)
        needed = place in planned.cells or name in planned.tests
        own = is_solution(cell) or cell.id.startswith(("before-", "after-", "first-"))
        if needed or own or not cell_text.used_names(cell.source) & solutions:
            places.append(place)
    return places


@contextmanager
def started(folder: Path) -> Iterator[OrdinaryKernel]:
    """The course's kernel, started in ``folder``; it is ended with the block."""
    manager, client = start_new_kernel(
        startup_timeout=patience.PATIENCE, kernel_name=kernelspec.NAME, cwd=str(folder)
    )
    try:
        yield OrdinaryKernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
