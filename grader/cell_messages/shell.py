"""Puts the messages into the IPython that runs in this process.

IPython calls a handler for exceptions that end a cell (``set_custom_exc``), and another one after
each cell. What the handler does not know is shown as before.
"""

from __future__ import annotations

import contextlib
import os
import sys
from types import TracebackType
from typing import Any

from grader.cell_messages import boxes, test_cells
from grader.cell_messages.failures import Failure, explained
from grader.cell_messages.frames import cell_frames, only_cells
from grader.language import N_, gettext

JUDGED = "COURSE_JUDGED"
"""Set where a kernel is judged: its errors are read there, as Python tells them."""

_VALIDATING = "NBGRADER_VALIDATING"  # set by nbgrader's Validator, which shows errors alone

_GREEN, _GREY = "#1a7f37", "#8c8c8c"


def install() -> None:
    """Show short messages in this process' notebook, if it runs one; a second call does nothing."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    if shell is None or os.environ.get(JUDGED) or hasattr(shell, "course_messages"):
        return
    shell.course_messages = Messages(shell)


class Messages:
    """The handlers in an IPython shell, and the handler of exceptions that was there before.

    Args:
        shell: of this process.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._before = (shell.custom_exceptions, shell.CustomTB)
        shell.set_custom_exc((BaseException,), self._show)
        self._cell_id: str | None = None
        shell.events.register("pre_run_cell", self._before_cell)
        shell.events.register("post_run_cell", self._after_cell)

    def _show(
        self,
        shell: Any,
        etype: type[BaseException],
        error: BaseException,
        trace: TracebackType,
        tb_offset: int | None = None,
    ) -> None:
        """Called by IPython with what ended a cell."""
        _complete_characters(error)
        frames = cell_frames(error, shell.user_ns)
        in_test = bool(frames) and test_cells.is_claim(frames[0].source)
        failure = None if hasattr(error, "_render_traceback_") else explained(error, frames)
        if failure is not None:
            self._show_failure(etype, error, trace, failure)
        elif in_test and (kept := only_cells(error, shell.user_ns)) is not None:
            shell.showtraceback((etype, error, kept), tb_offset=0)
        elif isinstance(error, self._before[0]):
            self._before[1](etype, error, trace, tb_offset)
        else:
            shell.showtraceback((etype, error, trace), tb_offset=tb_offset)

    def _show_failure(
        self,
        etype: type[BaseException],
        error: BaseException,
        trace: TracebackType,
        failure: Failure,
    ) -> None:
        """A line where errors stand, and what follows from it below; all of it as lines elsewhere.

        JupyterLab wraps HTML to the window's width, and no error.
        """
        sys.last_type, sys.last_value, sys.last_traceback = etype, error, trace  # for %tb, %debug
        source = failure.places[0].source if failure.places else ""
        graded = test_cells.graded(source, self._cell_id, self._shell.user_ns)
        points = boxes.points_text(graded)
        lines = boxes.failure_lines(failure, points)
        if not self._shows_html:
            self._shell._showtraceback(etype, error, lines)
            return
        named = f"{graded.name} ({points})" if graded is not None and points else ""
        head = f"\x1b[1;31m{failure.verdict}\x1b[0m{': ' if named else ''}{named}"
        self._shell._showtraceback(etype, error, [head])
        self._publish(boxes.failure_html(failure), "\n".join(lines))

    def _before_cell(self, info: Any) -> None:
        """Called by IPython before each cell; IPython before 8 tells no id."""
        self._cell_id = getattr(info, "cell_id", None)

    def _after_cell(self, result: Any) -> None:
        """Called by IPython after each cell: says that a claim holds, or is a hidden one."""
        source = result.info.raw_cell if result.info is not None else ""
        if not result.success or not self._shows_html:
            return
        if test_cells.is_claim(source):
            known = test_cells.graded(source, self._cell_id, self._shell.user_ns)
            worth = boxes.points_text(known)
            said = gettext("Passed")
            self._note(f"{said}: {known.name} ({worth})" if known and worth else said, _GREEN)
        elif test_cells.is_comment(source):
            known = test_cells.graded(source, self._cell_id, self._shell.user_ns)
            if known is not None and (worth := boxes.points_text(known)):
                said = N_("Hidden claim ({points}): tested when your work is graded.")
                self._note(gettext(said, points=worth), _GREY)

    @property
    def _shows_html(self) -> bool:
        """Whether a person looks at this in a front end of Jupyter's."""
        return hasattr(self._shell, "kernel") and not os.environ.get(_VALIDATING)

    def _note(self, text: str, colour: str) -> None:
        self._publish(boxes.note_html(text, colour), text)

    def _publish(self, page: str, text: str) -> None:
        self._shell.display_pub.publish(data={"text/html": page, "text/plain": text}, metadata={})


def _complete_characters(error: BaseException) -> None:
    """Replace halves of characters in an error's text: the kernel could send no reply with them.

    IPython catches what its handler raises, and the reply that tells the error's text would be lost
    without a word.
    """
    with contextlib.suppress(Exception):  # a student's exception may refuse
        error.args = tuple(
            each.encode(errors="replace").decode() if isinstance(each, str) else each
            for each in error.args
        )
