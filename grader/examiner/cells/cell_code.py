"""The code of a test cell, compiled as a notebook compiles it."""

from __future__ import annotations

import ast
from types import CodeType

from grader.examiner.cells.kept_values import keep_values
from grader.examiner.names import DECORATOR, TYPE, bound

TEST = "<test>"  # the file name of test cells in tracebacks


def compiled(source: str, *, marks: bool = False, keeps: bool = False) -> CodeType:
    """The code of a cell of plain Python; it may ``await``, and then is a coroutine.

    Args:
        source: the cell.
        marks: ``DECORATOR`` is called with each decorator of a class, for it may be a student's,
            and ``TYPE`` in the place of ``type(value)``, for it may be the type of their class.
        keeps: the values of a failing ``assert`` are there for ``asserted.came_to``.

    Raises:
        SyntaxError: it is no Python.
        ValueError: it holds a null character.
    """
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, TEST, "exec", flags=flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    if marks:
        _mark_decorators(tree)
        if "type" not in bound(source):
            _mark_types(tree)
    if keeps:
        keep_values(tree)
    code: CodeType = compile(tree, TEST, "exec", flags=flags, dont_inherit=True)
    return code


def _mark_decorators(tree: ast.AST) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            node.decorator_list = [_marked(each) for each in node.decorator_list]


def _mark_types(tree: ast.AST) -> None:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="type") as name, args=[value], keywords=[]):
                if not isinstance(value, ast.Starred):
                    name.id = TYPE


def _marked(decorator: ast.expr) -> ast.expr:
    name = ast.Name(DECORATOR, ast.Load())
    marked = ast.Call(ast.copy_location(name, decorator), [decorator], [])
    return ast.copy_location(marked, decorator)
