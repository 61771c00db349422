"""Which names a cell of code binds and uses, found without running it."""

from __future__ import annotations

import builtins
import functools
import symtable
from collections.abc import Iterator

from grader.parsing import parse

BUILTINS = frozenset(dir(builtins))
TYPE = "__type__"  # what ``type(value)`` is in a test cell
DECORATOR = "__decorator__"  # a test cell's function that a class's decorators go through

# Each claim asks about the same cells; a judge meets some dozens of them.
_KEPT = 256


@functools.lru_cache(_KEPT)
def bound(source: str) -> frozenset[str]:
    """Names that ``source`` binds at its top level: assignments, definitions, imports, loops."""
    table = symtable.symtable(source, "cell", "exec")
    return frozenset(s.get_name() for s in table.get_symbols() if _binds(s))


@functools.lru_cache(_KEPT)
def free(source: str) -> frozenset[str]:
    """Names that ``source`` reads from its surroundings: neither its own nor Python's."""
    table = symtable.symtable(source, "cell", "exec")
    own = bound(source)
    used = {s.get_name() for t in _tables(table) for s in t.get_symbols() if _reads_global(t, s)}
    return frozenset(used - own - BUILTINS)


def is_python(source: str) -> bool:
    """Whether ``source`` is Python: a cell with magics or a syntax error is not."""
    try:
        parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _binds(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _reads_global(table: symtable.SymbolTable, symbol: symtable.Symbol) -> bool:
    if not symbol.is_referenced():
        return False
    return table.get_type() == "module" or symbol.is_global()
