"""pyplot of a test cell: its figures are those of the student's kernel.

``plt.gcf()`` gives the figure that a call has drawn, and ``plt.subplots()`` one that a student's
function can draw on: both are handles. The current figure is the kernel's, as in a notebook. A
figure that the test makes for itself is a ``matplotlib.figure.Figure``.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from grader.examiner.replaced import replaced

# What concerns the process in which it is called, and no figure.
_STAY = (
    *("get_cmap", "install_repl_displayhook", "ioff", "ion", "isinteractive", "rc", "rc_context"),
    *("rcdefaults", "set_loglevel", "switch_backend", "uninstall_repl_displayhook", "xkcd"),
)
_SHOW = ("draw", "pause", "show")  # for people


@contextlib.contextmanager
def of_the_kernel(source: str, function: Callable[[str], Any]) -> Iterator[None]:
    """Let pyplot's functions be the kernel's in the body.

    Args:
        source: the test cell with what it imports; pyplot is left alone where neither names it.
        function: asks for the kernel's function of a name.
    """
    pyplot = _pyplot() if "matplotlib" in source else None
    with contextlib.ExitStack() as stack:
        known: dict[str, Any] = {}
        for name in _names(pyplot):
            there = _nothing if name in _SHOW else _passed_on(name, function, known)
            stack.enter_context(replaced(pyplot, name, there))
        yield


def _pyplot() -> Any:
    try:
        return importlib.import_module("matplotlib.pyplot")
    except ImportError:
        return None


def _names(pyplot: Any) -> list[str]:
    """The functions that concern figures; none where there is no pyplot."""
    return [
        name
        for name, value in vars(pyplot or object).items()
        if inspect.isfunction(value)
        and value.__module__ == "matplotlib.pyplot"
        and not name.startswith("_")
        and name not in _STAY
    ]


def _passed_on(
    name: str, function: Callable[[str], Any], known: dict[str, Any]
) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        if name not in known:
            known[name] = function(name)
        return known[name](*arguments, **named)

    return call


def _nothing(*_: Any, **__: Any) -> None:
    """Show nothing."""
