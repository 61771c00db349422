"""Whether an assignment is about networks, as its source notebook says."""

from __future__ import annotations

import ast
import re

from nbformat import NotebookNode

# In a cell that is no plain Python, because it has a magic for example.
_MENTIONED = re.compile(r"\bkeras\b|\.fit\b")


def uses_networks(notebook: NotebookNode) -> bool:
    """Whether any code of a notebook uses Keras or something that is called ``fit``.

    A class is graded with a referee, and judges are forked from a server that has imported Keras,
    if this holds for the source notebook: its given cells, solutions and tests. So an instructor
    declares nothing. The instructor's own solution must train for the tests to pass, and a network
    comes from Keras. Imports, attributes and names are looked at, not comments and strings. Where
    the rule errs, it errs towards a referee that is not needed, which costs seconds for a class.
    An assignment that hides all of Keras in a module of its own gets none: then ``fit`` is refused
    in words, and the sample with the instructor's solution does not pass (``grader try``).
    """
    return any(cell.cell_type == "code" and _uses_networks(cell.source) for cell in notebook.cells)


def _uses_networks(source: str) -> bool:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return bool(_MENTIONED.search(source))
    return any(_is_keras_or_fit(node) for node in ast.walk(tree))


def _is_keras_or_fit(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name in ("fit", "keras")
        case ast.Import(names=aliases):
            return any("keras" in alias.name.split(".") for alias in aliases)
        case ast.ImportFrom(module=module, names=aliases):
            imported = [alias.name for alias in aliases]
            return "keras" in [*(module or "").split("."), *imported]
        case ast.Name(id=name):
            return name == "keras"
        case _:
            return False
