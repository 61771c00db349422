"""Which names a test cell wants of the student's kernel, found without running it.

Most of them it reads. It may also ask for one by its text: ``"total" in globals()``,
``globals()[f"question_{number}"]``, ``eval("double(2)")``, ``patch("__main__.roll")``.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator

from grader.examiner import names
from grader.examiner.reads import reads
from grader.parsing import parse
from grader.sandbox.guest.name_patterns import ANY

MAIN = "__main__"
_WHOLE = frozenset({"globals", "eval", "exec", MAIN})
_WITHOUT_ARGUMENTS = frozenset({"locals", "vars", "dir"})
_PLACE = re.compile(r"%\w|\{\w*\}")  # in a text of which `%` or `format` makes a name
_PATTERN = re.compile(r"[A-Za-z]\w*\*[\w*]*")


def wanted(source: str) -> frozenset[str]:
    """The names, and patterns of names, that a cell wants from its surroundings.

    A name counts where the cell binds it itself, but reads it first: ``x = x + 1``. A pattern is a
    name with ``*`` in it; see ``grader.sandbox.guest.name_patterns``.
    """
    return names.free(source) | reads(source) | by_text(source) | in_examples(source)


def asks_by_text(source: str) -> bool:
    """Whether a cell looks at its names as a whole, or at the module that they are in."""
    return any(_asks(node) for node in ast.walk(parse(source)))


def by_text(source: str) -> frozenset[str]:
    """The names, and patterns of names, that a cell may ask for by their text."""
    if not asks_by_text(source):
        return frozenset()
    found = (name for node in ast.walk(parse(source)) for name in _named(node))
    return frozenset(name for name in found if name not in names.BUILTINS)


def in_examples(source: str) -> frozenset[str]:
    """The names that examples for ``doctest`` in a cell's texts want."""
    if ">>>" not in source:
        return frozenset()
    import doctest

    parser, found = doctest.DocTestParser(), set[str]()
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            with contextlib.suppress(ValueError):  # it is laid out as no examples are
                code = "".join(example.source for example in parser.get_examples(node.value))
                found |= names.free(code) if names.is_python(code) else set()
    return frozenset(found)


def _asks(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name):
            return name in _WHOLE
        case ast.Call(func=ast.Name(id=name), args=[], keywords=[]):
            return name in _WITHOUT_ARGUMENTS
        case ast.alias(name=name) | ast.ImportFrom(module=name):
            return name == MAIN
        case ast.Constant(value=str(text)):
            return text == MAIN or text.startswith(f"{MAIN}.")
    return False


def _named(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner == MAIN:
            yield name
        case ast.ImportFrom(module=module, names=aliases) if module == MAIN:
            yield from (alias.name for alias in aliases if alias.name != ANY)
        case ast.keyword(arg=str(name)):
            yield name
        case ast.Constant(value=str(text)):
            yield from _in_text(text)
        case ast.JoinedStr(values=parts):
            yield from _pattern("".join(map(_part, parts)))
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Add()):
            yield from _pattern(text + ANY)


def _in_text(text: str) -> Iterator[str]:
    """The names that a text uses as Python, and the pattern that it may be."""
    text = text.removeprefix(f"{MAIN}.")
    yield from _pattern(_PLACE.sub(ANY, text))
    if names.is_python(text):
        yield from names.free(text)


def _part(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ANY


def _pattern(text: str) -> Iterator[str]:
    if _PATTERN.fullmatch(text):
        yield text
