"""Adds a name to the list of assignments in course_config.py, and changes nothing else."""

from __future__ import annotations

import ast

from grader.errors import ConfigurationError
from grader.parsing import parse

FILE = "course_config.py"
_LIST = "c.Course.assignments"


def with_assignment(text: str, name: str) -> str:
    """Add an assignment at the end of the configuration's list; returns the new text.

    Args:
        text: the text of course_config.py; its layout and comments are kept.
        name: name of the new assignment.

    Raises:
        ConfigurationError: there is no such list, more than one, or one that is calculated; the
            message names the line to change by hand.
    """
    names = _only_list(text, name)
    lines = text.splitlines(keepends=True)
    if not names.elts:
        return _inserted(lines, names.end_lineno or 0, (names.end_col_offset or 0) - 1, f'"{name}"')
    last = names.elts[-1]
    row, column = last.end_lineno or 0, last.end_col_offset or 0
    if row == names.end_lineno:
        return _inserted(lines, row, column, f', "{name}"')
    # One name on each line: add a line below the last, which may end with a comment.
    line = lines[row - 1]
    indent = line[: len(line) - len(line.lstrip())]
    ending = line[len(line.rstrip("\r\n")) :]
    after = line.encode()[column:].lstrip()
    lines.insert(row, f'{indent}"{name}",{ending}')
    return "".join(lines) if after.startswith(b",") else _inserted(lines, row, column, ",")


def line_of(text: str) -> int:
    """The number of the line where the list begins; 0 if it cannot be found."""
    return min((node.lineno for node in _assignments(text)), default=0)


def _only_list(text: str, name: str) -> ast.List:
    assignments = _assignments(text)
    if len(assignments) != 1:
        where = ", ".join(str(node.lineno) for node in assignments)
        raise ConfigurationError(
            f"{FILE} sets {_LIST} {len(assignments)} times{f' (lines {where})' if where else ''}: "
            f'expected once; add "{name}" to the list that counts by hand and try again'
        )
    value = assignments[0].value
    if isinstance(value, ast.List) and all(
        isinstance(item, ast.Constant) and isinstance(item.value, str) for item in value.elts
    ):
        return value
    raise ConfigurationError(
        f"{FILE}, line {value.lineno}: {_LIST} is no plain list of names; "
        f'add "{name}" to it by hand and try again'
    )


def _assignments(text: str) -> list[ast.Assign]:
    return [
        node
        for node in ast.walk(parse(text))
        if isinstance(node, ast.Assign) and _LIST in map(ast.unparse, node.targets)
    ]


def _inserted(lines: list[str], row: int, column: int, addition: str) -> str:
    """Insert text; Python counts columns in bytes of UTF-8, and rows from 1."""
    line = lines[row - 1].encode()
    changed = (line[:column] + addition.encode() + line[column:]).decode()
    return "".join([*lines[: row - 1], changed, *lines[row:]])
