"""What a test has put in place of functions that a student's code calls, for one question.

A test may replace ``builtins.input``, ``random.randint`` or ``time.sleep``, as with
``unittest.mock.patch``, and names of the notebook, which are those of the module ``__main__``. Then
the student's code finds the replacement there, too.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from ..data.decoder import Decoder

_NO_INPUT = "raw_input was called, but this frontend does not support input requests."


@contextlib.contextmanager
def applied(
    patched: Mapping[str, Any],
    decoder: Decoder,
    bind: Callable[[str, Any], Callable[[], None]],
    named: Callable[[str], Any],
) -> Iterator[None]:
    """Replace functions in the body.

    Args:
        patched: by place, such as ``random:randint``, the encoded replacements.
        decoder: for these.
        bind: lets a name of the notebook be something else; returns what undoes that.
        named: tells what a name of the notebook is; None where it is not defined.
    """
    with contextlib.ExitStack() as stack:
        _replace(stack, builtins, "input", _read_line if "sys:stdin" in patched else _refuse)
        for place, encoded in patched.items():
            module, _, name = place.partition(":")
            if module == "__main__":
                stack.callback(bind(name, decoder.decode(encoded)))
                continue
            value = decoder.decode(encoded)
            _replace(stack, importlib.import_module(module), name, value)
            if place == "builtins:open" and is_ipythons_open(named("open")):
                stack.callback(bind("open", value))
        yield


def is_ipythons_open(value: Any) -> bool:
    """Whether a notebook's name ``open`` is the one that IPython puts in front of Python's."""
    return isinstance(value, types.FunctionType) and vars(value).get("__wrapped__") is io.open


def _replace(stack: contextlib.ExitStack, module: Any, name: str, value: Any) -> None:
    stack.callback(setattr, module, name, getattr(module, name))
    setattr(module, name, value)


def _refuse(_: object = "") -> NoReturn:
    """Say that nobody answers, as in a cell that is graded."""
    from IPython.core.error import StdinNotImplementedError

    raise StdinNotImplementedError(_NO_INPUT)


def _read_line(prompt: object = "") -> str:
    """Read a line of what the test has put in place of the standard input."""
    print(prompt, end="")
    if not (line := sys.stdin.readline()):
        raise EOFError("EOF when reading a line")
    return line.removesuffix("\n")
