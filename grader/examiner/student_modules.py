"""Modules that a student is asked to write, as with ``%%writefile``: a test may import them.

The module stays in the student's kernel, where it is imported; the test has a handle of it. Nothing
of its file is run here.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.machinery
import re
import sys
from collections.abc import Callable, Iterator, Set
from types import ModuleType
from typing import Any

from grader.parsing import parse

_WRITTEN = re.compile(r"^%%(?:writefile|file)\s+(?:-a\s+)?[\"']?(?:\./)?(\w+)\.py\b", re.MULTILINE)


def promised(solutions: str) -> frozenset[str]:
    """The names of the modules that the course's solutions write."""
    return frozenset(_WRITTEN.findall(solutions))


def bound(source: str, modules: Set[str]) -> frozenset[str]:
    """The names to which a test cell binds such modules, or what it imports from them."""
    return frozenset(_bound(parse(source), modules)) if modules else frozenset()


def _bound(tree: ast.AST, modules: Set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.asname or a.name for a in node.names if a.name in modules)
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            yield from (alias.asname or alias.name for alias in node.names)


@contextlib.contextmanager
def importable(modules: Set[str], ask: Callable[[str], Any]) -> Iterator[None]:
    """Let the body import modules that nothing here has, from the student's kernel.

    Args:
        modules: their names.
        ask: imports one there.
    """
    finder: Any = _Finder(modules, ask)
    sys.meta_path.append(finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in finder.found:
            sys.modules.pop(name, None)


class _Finder:
    """Finds the modules after all that this process finds itself."""

    def __init__(self, modules: Set[str], ask: Callable[[str], Any]) -> None:
        self.found: list[str] = []
        self._modules, self._ask = modules, ask

    def find_spec(self, name: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        """What Python's import asks for."""
        loader: Any = self
        return importlib.machinery.ModuleSpec(name, loader) if name in self._modules else None

    def create_module(self, _: Any) -> None:
        """Let Python make an empty one."""

    def exec_module(self, module: ModuleType) -> None:
        """Put the proxy of the student's module in its place."""
        sys.modules[module.__name__] = self._ask(module.__name__)
        self.found.append(module.__name__)
