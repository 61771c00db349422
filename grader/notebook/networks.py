"""Whether an assignment is about networks, as its source notebook says."""

from __future__ import annotations

import ast
import re

from nbformat import NotebookNode

from grader.parsing import parse

# In a cell that is no plain Python, because it has a magic for example.
_MENTIONED = re.compile(r"\bkeras\b|\bsklearn\b|(?<=\.)fit\b")
_DECIDING = frozenset(("keras", "fit", "sklearn"))


def uses_networks(notebook: NotebookNode) -> bool:
    """Whether any code of a notebook uses Keras or something that is called ``fit``.

    Where scikit-learn is imported, ``fit`` alone says nothing: its estimators have one, too.

    A class is graded with a referee, and judges are forked from a server that has imported Keras,
    if this holds for the source notebook: its given cells, solutions and tests. So an instructor
    declares nothing. The instructor's own solution must train for the tests to pass, and a network
    comes from Keras. Imports, attributes and names are looked at, not comments and strings. Where
    the rule errs, it errs towards a referee that is not needed, which costs seconds for a class.
    An assignment that hides all of Keras in a module of its own gets none: then ``fit`` is refused
    in words, and the sample with the instructor's solution does not pass (``grader try``).
    """
    used = frozenset().union(
        *(_used(cell.source) for cell in notebook.cells if cell.cell_type == "code")
    )
    return "keras" in used or ("fit" in used and "sklearn" not in used)


def _used(source: str) -> frozenset[str]:
    """Those of the words that decide which a cell's code uses."""
    try:
        tree = parse(source)
    except (SyntaxError, ValueError):
        return frozenset(_MENTIONED.findall(source))
    return frozenset(word for node in ast.walk(tree) for word in _words(node)) & _DECIDING


def _words(node: ast.AST) -> list[str]:
    """The names in one node of the code; ``fit`` counts as an attribute only."""
    match node:
        case ast.Attribute(attr=name):
            return [name]
        case ast.Import(names=aliases):
            return [part for alias in aliases for part in alias.name.split(".")]
        case ast.ImportFrom(module=module, names=aliases):
            return [*(module or "").split("."), *(alias.name for alias in aliases)]
        case ast.Name(id="keras"):
            return ["keras"]
        case _:
            return []
