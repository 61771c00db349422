"""The code of a test cell, compiled as a notebook compiles it."""

from __future__ import annotations

import ast
from types import CodeType

TEST = "<test>"  # the file name of test cells in tracebacks


def compiled(source: str) -> CodeType:
    """The code of a cell of plain Python; it may ``await``, and then is a coroutine.

    Raises:
        SyntaxError: it is no Python.
        ValueError: it holds a null character.
    """
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code: CodeType = compile(source, TEST, "exec", flags=flags, dont_inherit=True)
    return code
