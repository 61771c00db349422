"""The syntax of a test cell, and what is asked of it to find tests that cannot fail."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.parsing import parse

# Of blocks that wait for an exception or a warning: what stands alone there may raise it.
_WAITING = ("raises", "suppress", "warn")
_SHOWN = 60  # characters of code


class CellSyntax:
    """A test cell's syntax tree.

    Args:
        source: its text, which is Python.

    Attributes:
        nodes: all of its nodes.
    """

    def __init__(self, source: str) -> None:
        self.nodes = list(ast.walk(parse(source)))
        self._source = source
        self._read = {
            node.id
            for node in self.nodes
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        self._waited_for = {
            inner
            for node in self.nodes
            if _waits(node)
            for statement in getattr(node, "body", ())
            for inner in ast.walk(statement)
        }

    def reads(self, name: str) -> bool:
        """Whether the cell reads a name."""
        return name in self._read

    def text(self, node: ast.AST) -> str:
        """The code of a node, in one line."""
        code = " ".join((ast.get_source_segment(self._source, node) or "").split())
        return code if len(code) <= _SHOWN else f"{code[:_SHOWN]}..."

    @property
    def asserted(self) -> Iterator[ast.expr]:
        """What each ``assert`` tests."""
        yield from (node.test for node in self.nodes if isinstance(node, ast.Assert))

    @property
    def alone(self) -> Iterator[ast.expr]:
        """Each expression that is a statement by itself; not where a block waits for an error."""
        for node in self.nodes:
            if isinstance(node, ast.Expr) and node not in self._waited_for:
                yield node.value

    @property
    def unread(self) -> Iterator[ast.expr]:
        """What is given to names that the cell never reads."""
        for node in self.nodes:
            if isinstance(node, ast.Assign) and not any(map(self._may_be_read, node.targets)):
                yield node.value

    def _may_be_read(self, target: ast.expr) -> bool:
        return not isinstance(target, ast.Name) or self.reads(target.id)


def name_of(node: ast.expr | None) -> str:
    """The last part of a name, or of the name of what is called; empty for all else."""
    match node:
        case ast.Call(func=function):
            return name_of(function)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def first_assert(body: Iterable[ast.stmt]) -> ast.Assert | None:
    """The first ``assert`` in some statements."""
    nodes = (node for statement in body for node in ast.walk(statement))
    return next((node for node in nodes if isinstance(node, ast.Assert)), None)


def _waits(node: ast.AST) -> bool:
    if isinstance(node, ast.With | ast.AsyncWith):
        names = (name_of(item.context_expr).lower() for item in node.items)
        return any(word in name for name in names for word in _WAITING)
    return isinstance(node, ast.Try)
