"""The module ``__main__`` in which a test cell runs, as any cell of a notebook does.

``unittest.main()``, ``patch("__main__.roll")`` and ``globals()`` look there.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, MutableMapping
from types import ModuleType
from typing import Any

from grader.examiner import names
from grader.examiner.names import DECORATOR, TYPE
from grader.examiner.objects.decorated import decorator
from grader.examiner.objects.derived import super_of
from grader.examiner.objects.handles import identity
from grader.examiner.objects.metaclasses import type_of
from grader.examiner.wanted import MAIN, asks_by_text


@contextlib.contextmanager
def of_a_test() -> Iterator[ModuleType]:
    """A module for a test cell alone, which is ``__main__`` in the body."""
    module = ModuleType(MAIN)
    vars(module).update({"super": super_of, "id": identity, DECORATOR: decorator, TYPE: type_of})
    before = sys.modules[MAIN]
    sys.modules[MAIN] = module
    try:
        yield module
    finally:
        sys.modules[MAIN] = before


@contextlib.contextmanager
def of_this_kernel(source: str, space: MutableMapping[str, Any]) -> Iterator[ModuleType]:
    """The module for a test cell in the kernel that it tests.

    A cell that asks for names by their text runs in the notebook's own: what it binds there is as
    it was afterwards. Any other has a module of its own.

    Args:
        source: the test cell.
        space: the kernel's names.
    """
    main = sys.modules[MAIN]
    if vars(main) is not space or not names.is_python(source) or not asks_by_text(source):
        yield ModuleType(MAIN)
        return
    before = {name: space[name] for name in names.bound(source) if name in space}
    try:
        yield main
    finally:
        for name in names.bound(source):
            space.pop(name, None)
        space.update(before)


def missing_in_main(error: BaseException) -> str:
    """The name that was asked of the module and is not there; empty where an error says else."""
    match error:
        case AttributeError(obj=ModuleType(__name__="__main__"), name=str(name)):
            return name
        case ImportError(name="__main__", msg=str(message)):
            return message.removeprefix("cannot import name '").partition("'")[0]
    return ""
