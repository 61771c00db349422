"""Has a test cell keep the values in an ``assert`` until it is known that it holds.

They are kept in names that no test has, and no longer: a value that the test holds is a value that
both sides have.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

_MOST = 3  # values
# Of a call of these, its arguments say more than False.
_COMPARING = frozenset(("allclose", "array_equal", "isclose", "isinstance", "issubclass"))
_LISTING = frozenset(("dir", "eval", "globals", "locals", "vars"))

KEPT = "__asserted"
"""What the names of the values begin with."""

NOT_COMPUTED = ...
"""In place of a value that a chain of comparisons did not come to: ``b`` in ``5 < a < b``."""


def kept_as(number: int) -> str:
    """The name of one of the values, from 0."""
    return f"{KEPT}{number}__"


class _Keeping(ast.NodeTransformer):
    """Has an ``assert`` without a message keep its values until it is known that it holds."""

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        """Called by ``ast`` with each ``assert``."""
        inner = parts(node.test) if node.msg is None and not _lists_names(node.test) else ()
        if not inner:
            return [node]
        names = {id(part): kept_as(number) for number, part in enumerate(inner)}
        node.test = _Naming(names).visit(node.test)
        forgets = ast.Delete([ast.Name(name, ast.Del()) for name in names.values()])
        around = [*_bound_before(tuple(names.values())), node, forgets]
        return [ast.fix_missing_locations(ast.copy_location(each, node)) for each in around]


def _bound_before(names: Sequence[str]) -> list[ast.stmt]:
    """What binds the names that a chain of comparisons may end ahead of."""
    late = [ast.Name(name, ast.Store()) for name in names[2:]]
    return [ast.Assign(list[ast.expr](late), ast.Constant(NOT_COMPUTED))] if late else []


def _lists_names(test: ast.expr) -> bool:
    """Whether a condition looks at all names that there are, and would see those of the values."""
    return any(isinstance(node, ast.Name) and node.id in _LISTING for node in ast.walk(test))


class _Naming(ast.NodeTransformer):
    """Gives values names, at their own places in the code.

    Args:
        names: by the ``id`` of a node.
    """

    def __init__(self, names: dict[int, str]) -> None:
        self._names = names

    def visit(self, node: ast.AST) -> Any:
        """Called by ``ast`` with each node."""
        if (name := self._names.get(id(node))) is None or not isinstance(node, ast.expr):
            return super().visit(node)
        target = ast.copy_location(ast.Name(name, ast.Store()), node)
        return ast.copy_location(ast.NamedExpr(target, node), node)


def keep_values(tree: ast.AST) -> None:
    """Change a test cell's syntax tree so that ``came_to`` finds what its asserts have compared."""
    _Keeping().visit(tree)


def parts(test: ast.expr) -> tuple[ast.expr, ...]:
    """The expressions of an asserted condition whose values say why it does not hold."""
    match test:
        case ast.Compare(left=left, comparators=others):
            found: Sequence[ast.expr] = (left, *others)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return parts(operand)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _COMPARING:
            found = [each for each in test.args if not isinstance(each, ast.Starred)]
        case ast.Call() | ast.Name() | ast.Attribute() | ast.Subscript() | ast.Await():
            found = (test,)
        case _:
            found = ()
    return tuple(found)[:_MOST]
