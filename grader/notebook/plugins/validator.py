"""Lets nbgrader's Validate, button and command, show one table in place of tests and tracebacks.

nbgrader names its validator nowhere in its configuration. So a configuration file calls
``validate_with``, which puts another class into the modules that make one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

# Who makes a validator has imported its module before it reads the configuration.
_MAKERS = (
    "nbgrader.apps.validateapp",
    "nbgrader.server_extensions.validate_assignment.handlers",
)


# The dialog says "The following cell failed:", over the test's source and its traceback in lines
# that do not wrap. Here one table stands for all cells.
_DIALOG_STYLE = """<style>
#validation-message.validation-failed > div:not(:has(.grader-box)) { display: none; }
#validation-message.validation-failed pre:has(.grader-box) { white-space: normal; border: 0; }
</style>"""


@dataclass(frozen=True)
class Validation:
    """What became of a notebook that was run from top to bottom.

    Attributes:
        claims: ``grade_id`` of each claim in the table.
        failed: how many of them do not hold.
        page: a table of all claims, as HTML.
        text: the same as text.
        answers: ``grade_id`` of each answer that a person grades; the table counts them.
    """

    claims: frozenset[str]
    failed: int
    page: str
    text: str
    answers: frozenset[str] = frozenset()


Judge = Callable[["NotebookNode", str], Validation]


def validate_with(judge: Judge) -> None:
    """From now on, let Validate show what ``judge`` makes of an executed notebook and its name.

    In a process in which nothing validates it does nothing, and imports nothing.
    """
    for name in _MAKERS:
        if name in sys.modules:
            setattr(sys.modules[name], "Validator", _validator(judge))  # noqa: B010 -- mypy's


def _validator(judge: Judge) -> type[Any]:
    from nbgrader.validator import Validator

    from grader.notebook.assignment import grade_id

    class TableValidator(Validator):
        """Tells ``judge``'s table as one failure; other cells as nbgrader does."""

        def validate(self, filename: str) -> dict[str, list[dict[str, str]]]:
            """Run a notebook, and tell what changed or failed in it; called by nbgrader."""
            self._name, self._table = filename, Validation(frozenset(), 0, "", "")
            results: dict[str, list[dict[str, str]]] = super().validate(filename)
            if "changed" in results or not self._table.failed:
                return results
            others = results.get("failed", [])
            page = self._table.page if others else _DIALOG_STYLE + self._table.page
            table = {"source": "", "error": page, "raw_error": self._table.text}
            return {**results, "failed": [table, *others]}

        def _get_failed_cells(self, nb: NotebookNode) -> list[NotebookNode]:
            """Called with the executed notebook."""
            self._table = judge(nb, self._name)
            failed: list[NotebookNode] = super()._get_failed_cells(nb)
            # An answer in words that is missing is told once the claims hold.
            told = self._table.claims | (self._table.answers if self._table.failed else frozenset())
            return [cell for cell in failed if grade_id(cell) not in told]

        def _print_num_failed(self, num_failed: int) -> None:
            others = num_failed - 1 if self._table.failed else num_failed
            super()._print_num_failed(others + self._table.failed)
            self.stream.write("\n\n" if num_failed else "")

        def _print_error(self, source: str, error: str) -> None:
            if source:
                super()._print_error(source, error)
            else:
                self.stream.write(f"{error}\n")

    return TableValidator
