"""``%check``: the claims of a student's notebook, tested in the kernel in which it is written.

The saved test cells run on what is defined in the kernel now. No other cell is run.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.display import DisplayHandle

from grader.errors import GraderError
from grader.language import gettext
from grader.student.check_html import check_html
from grader.student.check_text import check_text
from grader.student.checked import Checked
from grader.student.kernel_check import states

# Jupyter names the notebook here; see jupyter_server.services.sessions.
_NOTEBOOK = "JPY_SESSION_NAME"


class CheckInterrupted(KeyboardInterrupt):
    """The student has interrupted a check; the cells below are not run."""

    def _render_traceback_(self) -> list[str]:
        """Called by IPython in place of a traceback."""
        return [gettext("Interrupted: the claims that are left were not tested.")]


def check(line: str) -> None:
    """Show the verdict on every claim of the notebook; ``line`` may name the notebook.

    The table grows: each claim is shown while it is tested.
    """
    shell: Any = get_ipython()
    table = _GrowingTable()
    try:
        for known in states(notebook(line), shell.user_ns):
            table.show(known)
    except GraderError as error:
        raise UsageError(str(error)) from error
    except KeyboardInterrupt:
        table.end()
        raise CheckInterrupted from None


class _Table:
    """What is known of a notebook's claims, for a front end of Jupyter's."""

    def __init__(self, known: Checked) -> None:
        self._known = known

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Called by IPython."""
        return {"text/html": check_html(self._known), "text/plain": check_text(self._known)}


class _GrowingTable:
    """A table that is shown once, and then replaced by what is known later."""

    def __init__(self) -> None:
        self._handle: Any = DisplayHandle()  # type: ignore[no-untyped-call]  # IPython's
        self._known: Checked | None = None

    def show(self, known: Checked) -> None:
        """Show what is known now."""
        show = self._handle.display if self._known is None else self._handle.update
        self._known = known
        show(_Table(known))

    def end(self) -> None:
        """Show what is known, with nothing running."""
        if self._known is not None:
            self.show(replace(self._known, running=""))


def notebook(line: str, magic: str = "%check") -> Path:
    """The path of the notebook: named by ``line``, else by Jupyter, else the only one here.

    Args:
        line: names the notebook, or is empty.
        magic: which asks for it, for the message where there is none.
    """
    named = line.strip().strip("'\"") or os.environ.get(_NOTEBOOK, "")
    if named and Path(named).is_file():
        return Path(named)
    present = sorted(path.name for path in Path().glob("*.ipynb"))
    if not named and len(present) == 1:
        return Path(present[0])
    example = f"{magic} {present[0] if present else 'mnist_998.ipynb'}"
    if named:
        raise UsageError(
            gettext(
                "{magic} cannot find {name}: name your notebook, as in {example}",
                magic=magic,
                name=named,
                example=example,
            )
        )
    raise UsageError(
        gettext(
            "{magic} cannot find this notebook: name it, as in {example}",
            magic=magic,
            example=example,
        )
    )
