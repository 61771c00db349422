"""pyplot's figures of this kernel: shown and closed at the end of a cell, and kept for questions.

A notebook shows the figures of a cell at its end, and closes them. A test cell is many short
questions: between these nothing is closed, and during them nothing is drawn, since nobody sees the
outputs of a question.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from IPython import get_ipython

from . import pictures


class Screen:
    """What cells draw on; it is off during questions and between cells."""

    def __init__(self) -> None:
        self._questions = 0  # each within the one before
        self._interactive = False  # whether matplotlib draws by itself in cells

    def switch_off(self) -> None:
        """Let matplotlib draw nothing by itself until the next cell."""
        matplotlib = sys.modules.get("matplotlib")
        if matplotlib is not None and matplotlib.is_interactive():
            self._interactive = True
            matplotlib.interactive(False)

    def switch_on(self) -> None:
        """Be as the student left it."""
        if self._interactive:
            self._interactive = False
            sys.modules["matplotlib"].interactive(True)

    @contextlib.contextmanager
    def unused(self) -> Iterator[None]:
        """Be off for a question."""
        self._questions += 1
        try:
            yield
        finally:
            self._questions -= 1
            self.switch_off()
            inline: Any = sys.modules.get("matplotlib_inline.backend_inline")
            if inline is not None:  # it would show and close all when the question's line ends
                inline.show._draw_called = False

    def show_unless_asked(
        self, show: Any, _: object, args: tuple[Any, ...], named: dict[str, Any]
    ) -> None:
        """``pyplot.show``: nothing during questions, whose figures stay open."""
        if not self._questions:
            show(*args, **named)


_screen = Screen()


def function(name: str) -> Any:
    """A function of pyplot."""
    from matplotlib import pyplot

    return getattr(pyplot, name)


def close_all(*_: object) -> None:
    """Close the figures of the cell that has ended."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        with contextlib.suppress(Exception):  # students may have changed pyplot
            pyplot.close("all")


@contextlib.contextmanager
def unseen() -> Iterator[None]:
    """Draw nothing for the time of a question, and leave its figures open for the next one."""
    shell = get_ipython()
    with _screen.unused(), pictures.only_texts(shell.display_formatter if shell else None):
        yield


def show_in_cells() -> None:
    """Show figures at the end of each of the student's cells, and close them there.

    A question is a silent cell, of which these two events do not tell.
    """
    shell = get_ipython()
    if shell is None:  # a test of ours
        return
    import wrapt

    warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")
    pictures.prepare(shell)
    wrapt.when_imported("matplotlib.pyplot")(
        lambda pyplot: wrapt.wrap_function_wrapper(pyplot, "show", _screen.show_unless_asked)
    )
    shell.events.register("pre_run_cell", _begin_cell)
    shell.events.register("post_run_cell", _end_cell)


def _begin_cell(*_: object) -> None:
    close_all()
    with contextlib.suppress(Exception):
        _screen.switch_on()


def _end_cell(*_: object) -> None:
    close_all()
    with contextlib.suppress(Exception):
        _screen.switch_off()
