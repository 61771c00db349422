"""Which names the course's own cells import, and by which statements.

A test may use them without importing them. While it is graded they are the examiner's own modules,
since a student may have replaced the functions of theirs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbformat import NotebookNode

from grader.examiner import names
from grader.notebook.magics import seen_through
from grader.parsing import parse

_Imports = dict[str, set[str]]


def given_imports(source: NotebookNode) -> dict[str, str]:
    """For each name that nothing but given cells' imports binds, its import statements.

    Args:
        source: the instructor's notebook, solutions included. A solution cell may repeat an import;
            a name that it binds in another way is the student's.
    """
    given, others, bound = _Imports(), _Imports(), set[str]()
    for cell in source.cells:
        if cell.cell_type != "code" or _is_test(cell) or (tree := _tree(cell)) is None:
            continue
        for name, statement in imports(tree):
            (others if _is_solution(cell) else given).setdefault(name, set()).add(statement)
        rest = [node for node in tree.body if not isinstance(node, (ast.Import, ast.ImportFrom))]
        bound |= names.bound(ast.unparse(ast.Module(rest, [])))
    return {
        name: "\n".join(sorted(statements))
        for name, statements in given.items()
        if name not in bound and others.get(name, set()) <= statements
    }


def _tree(cell: NotebookNode) -> ast.Module | None:
    text = seen_through(cell.source)
    return parse(text) if names.is_python(text) else None


def imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each name that an import at the top level binds, with a statement that binds it alone."""
    for node in tree.body:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        for alias in (one for one in node.names if one.name != "*"):
            statement = (
                ast.ImportFrom(node.module, [alias], node.level)
                if isinstance(node, ast.ImportFrom)
                else ast.Import([alias])
            )
            yield alias.asname or alias.name.partition(".")[0], ast.unparse(statement)


def _is_solution(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _is_test(cell: NotebookNode) -> bool:
    known = cell.metadata.get("nbgrader", {})
    return bool(known.get("grade")) and not known.get("solution")
