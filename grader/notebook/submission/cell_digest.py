"""Digests of the texts of cells: equal where two texts differ in what editors change unasked.

They are kept in files, so they are the same for every version of Python.
"""

from __future__ import annotations

import ast
import functools
from hashlib import sha256

from grader.notebook.magics import magic_lines, seen_through
from grader.notebook.submission.cell_text import comments, join_documentation, lines, parsed, words
from grader.parsing import parse

_LENGTH = 24  # hex digits: enough for some thousand texts
_UNSAID = ("ctx", "kind", "type_comment")  # of a node: told by its place, or without effect


@functools.lru_cache(maxsize=2048)  # more than the cells of one notebook
def code_digest(source: str) -> str:
    """Of a cell of code: its statements and comments, in any layout."""
    try:
        if parsed(source) is not None:
            tree = join_documentation(parse(seen_through(source)))
            return _digest("code", _shape(tree), magic_lines(source), *comments(source))
    except (RecursionError, MemoryError):  # nested deeper than can be walked
        pass
    return _digest("lines", *lines(source))


@functools.lru_cache(maxsize=2048)
def text_digest(source: str) -> str:
    """Of a text: its words."""
    return _digest("text", *words(source))


def digest_of(cell_type: str, source: str) -> str:
    """Of a cell of the course's."""
    return code_digest(source) if cell_type == "code" else text_digest(source)


def _digest(*parts: object) -> str:
    return sha256(repr(parts).encode(errors="replace")).hexdigest()[:_LENGTH]


def _shape(node: object) -> object:
    """A syntax tree without its empty fields: which ones a node has differs between versions."""
    if isinstance(node, list):
        return [_shape(each) for each in node]
    if isinstance(node, ast.JoinedStr):  # Python 3.12 puts empty strings in
        return ("JoinedStr", [_shape(part) for part in node.values if not _is_empty(part)])
    if not isinstance(node, ast.AST):
        return node
    fields = [(name, value) for name, value in ast.iter_fields(node) if name not in _UNSAID]
    filled = [(name, _shape(value)) for name, value in fields if value is not None and value != []]
    return (type(node).__name__, *filled)


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == ""
