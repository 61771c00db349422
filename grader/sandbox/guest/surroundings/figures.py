"""pyplot's figures of this kernel: those of one cell or test cell are closed at its end.

A notebook closes them as soon as it has shown them. A sandbox shows nothing, and a test cell is
many short questions, between which nothing is closed.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from typing import Any

from IPython import get_ipython


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


def keep_open() -> None:
    """Let the figures of one question be there for the next, where the notebook shows figures."""
    inline: Any = sys.modules.get("matplotlib_inline.backend_inline")
    if inline is not None:
        inline.show._draw_called = False


def close_after_cells() -> None:
    """Close figures ahead of each of the student's cells and after it.

    A question is a silent cell, of which these two events do not tell.
    """
    shell = get_ipython()
    if shell is None:  # a test of ours
        return
    warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")
    shell.events.register("pre_run_cell", close_all)
    shell.events.register("post_run_cell", close_all)
