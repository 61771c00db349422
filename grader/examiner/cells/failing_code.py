"""Where in a test cell an error arose: the expression, by the exact positions of Python's code."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from types import TracebackType

from grader.parsing import parse

_SHOWN = 100  # characters of code


class Cell:
    """A test cell's text and syntax tree.

    Args:
        source: valid Python.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self.tree = parse(source)
        self._parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }

    def node_at(self, trace: TracebackType) -> ast.AST | None:
        """What was computed when an error passed through a frame of the cell."""
        positions = trace.tb_frame.f_code.co_positions()
        at = next(itertools.islice(positions, trace.tb_lasti // 2, None), None)
        if at is None or at[0] is None or at[2] is None:
            at = None
        matching = [node for node in ast.walk(self.tree) if at and _position(node) == at]
        # Of a call that is a statement by itself, the call; walking goes from the outside in.
        return matching[-1] if matching else self._statement_in(trace.tb_lineno)

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node is part of, from the inside out; the node itself is the first."""
        current: ast.AST | None = node
        while current is not None:
            yield current
            current = self._parents.get(current)

    def in_message(self, node: ast.AST) -> bool:
        """Whether it is in the part of an ``assert`` that is computed where it does not hold."""
        inside = list(self.around(node))
        return any(
            isinstance(outer, ast.Assert) and inner is outer.msg
            for inner, outer in itertools.pairwise(inside)
        )

    def text(self, node: ast.AST) -> str:
        """The code of a node in one line; of a compound statement its head."""
        around = self._parents.get(node)
        if isinstance(around, ast.Assert) and node is around.test:
            node = around
        shown = node if isinstance(node, ast.expr) and not _is_target(node) else self._owner(node)
        if isinstance(shown, ast.Assert):
            return f"assert {self.segment(shown.test)}"[:_SHOWN]
        body = getattr(shown, "body", None)
        if isinstance(shown, ast.stmt) and isinstance(body, list) and body:
            lines = self._source.splitlines()[shown.lineno - 1 : max(shown.lineno, _first(body))]
            return " ".join(" ".join(lines).split())[:_SHOWN]
        return self.segment(shown)

    def segment(self, node: ast.AST) -> str:
        """The code of an expression or a simple statement, in one line."""
        segment = ast.get_source_segment(self._source, node) or ""
        return " ".join(segment.split())[:_SHOWN]

    def _owner(self, node: ast.AST) -> ast.AST:
        """The statement or comprehension that a target or pattern belongs to."""
        kinds = (ast.stmt, ast.expr)
        found = (each for each in self.around(node) if isinstance(each, kinds))
        return next((each for each in found if not _is_target(each)), node)

    def _statement_in(self, line: int) -> ast.AST | None:
        """The innermost statement on a line."""
        return max(
            (
                node
                for node in ast.walk(self.tree)
                if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
            ),
            key=lambda node: node.lineno,
            default=None,
        )


def basis(cell: Cell, node: ast.AST) -> tuple[ast.AST | None, ...]:
    """The expressions whose values decide whether an error arises at ``node``."""
    if isinstance(node, ast.expr) and not _is_target(node):
        return (node,)
    for each in cell.around(node):
        match each:
            case ast.AugAssign():
                return (each.value, each.target)
            case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
                return (each.value, *_parts_of_target(node))
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                return (each.iter,)
            case ast.With() | ast.AsyncWith():
                return tuple(each.items)
            case ast.If(test=test) | ast.While(test=test) | ast.Assert(test=test):
                return (test,)
            case ast.Match(subject=subject):
                return (subject,)
            case ast.Try() | ast.TryStar() | ast.FunctionDef() | ast.AsyncFunctionDef():
                return tuple(getattr(each, "decorator_list", ()))
            case ast.Import() | ast.ImportFrom():
                return ()
            case ast.stmt():
                return (each,)
    return (node,)


def conditions(cell: Cell, node: ast.AST) -> Iterator[ast.AST]:
    """The conditions that decide whether the code at ``node`` runs."""
    for each in cell.around(node):
        match each:
            case ast.If(test=test) | ast.While(test=test):
                yield test
            case ast.For() | ast.AsyncFor():
                yield each.iter
            case ast.Match(subject=subject):
                yield subject
            case ast.Try() | ast.TryStar():
                yield from each.body
            case ast.With() | ast.AsyncWith():
                yield from each.items


def _parts_of_target(node: ast.AST) -> tuple[ast.AST, ...]:
    """What a target names besides what it binds: ``d`` and ``k`` in ``d[k] = ...``."""
    return (node,) if isinstance(node, ast.Attribute | ast.Subscript) else ()


def _position(node: ast.AST) -> tuple[int, int, int, int] | None:
    if isinstance(node, ast.stmt | ast.expr | ast.pattern | ast.ExceptHandler):
        return (
            node.lineno,
            node.end_lineno or node.lineno,
            node.col_offset,
            node.end_col_offset or node.col_offset,
        )
    return None


def _is_target(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store)


def _first(body: list[ast.stmt]) -> int:
    """The last line ahead of a body."""
    return body[0].lineno - 1
