"""Which names a cell of code reads before it has bound them itself, found without running it.

``names.free`` asks whether a cell binds a name at all. Here the order counts: ``x = x + 1`` reads
``x``. Where the order is not certain, a name counts as read.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Sequence

from grader.examiner import names
from grader.parsing import parse

_Names = frozenset[str]


def reads(source: str) -> frozenset[str]:
    """Names that ``source`` has from its surroundings, though it may bind them later itself."""
    read: set[str] = set()
    _block(parse(source).body, frozenset(), read)
    return frozenset(read)


def stores_into(source: str) -> frozenset[str]:
    """Names whose values ``source`` changes by ``name[...] = ...`` or ``name.attribute = ...``."""
    tree = parse(source)
    stored = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load)
    )
    return frozenset(name for node in stored if (name := _root(node)))


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _block(statements: Sequence[ast.stmt], bound: _Names, read: set[str]) -> _Names:
    """Add what statements read to ``read``; returns the names that are certainly bound behind."""
    for statement in statements:
        bound = _statement(statement, bound, read)
    return bound


def _statement(statement: ast.stmt, bound: _Names, read: set[str]) -> _Names:
    match statement:
        case ast.If(test=test, body=body, orelse=other):
            read |= _uses(test) - bound
            return _block(body, bound, read) & _block(other, bound, read)
        case ast.For(target=target, iter=items, body=body, orelse=other):
            read |= _uses(items) - bound
            _block(body, bound | _targets(target), read)
            _block(other, bound, read)
            return bound
        case ast.While(test=test, body=body, orelse=other):
            read |= _uses(test) - bound
            _block(body, bound, read)
            _block(other, bound, read)
            return bound
        case ast.With(items=opened, body=body):
            for item in opened:
                read |= _uses(item.context_expr) - bound
                bound |= _targets(item.optional_vars)
            return _block(body, bound, read)
        case ast.Try(body=body, handlers=handlers, orelse=other, finalbody=final):
            ends = [_block([*body, *other], bound, read)]
            ends += [_block(h.body, bound | {h.name or ""}, read) for h in handlers]
            return _block(final, frozenset.intersection(*ends), read)
    text = ast.unparse(statement)
    read |= _uses(statement) - bound
    return bound | names.bound(text)


def _targets(target: ast.expr | None) -> _Names:
    """Names that the target of a loop or of ``with`` binds."""
    nodes = ast.walk(target) if target is not None else ()
    return frozenset(
        n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    )


def _uses(node: ast.stmt | ast.expr) -> _Names:
    """Names that a statement or an expression reads, its functions' bodies included."""
    text = ast.unparse(node)
    table = symtable.symtable(text, "cell", "exec")
    used = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        used.add(node.target.id)
    if isinstance(node, ast.Delete):
        used |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        used.discard(node.name)
    return (frozenset(used) | names.free(text)) - names.BUILTINS
