"""Finds submissions whose code or trainings are alike: a reason to look, not a finding."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from grader.model import Run
from grader.parsing import parse
from grader.reports.similar_texts import near

ALIKE = 0.95  # similarity of two normalised texts: about a line in twenty differs
LONG = 20_000  # characters of normalised code that are compared: the time rises with its square
SHORT = 200  # characters of normalised code; shorter code has too few ways to be written

_READ = 100_000  # characters of a student's code that are read; honest work has some thousand

# Nodes with names that an author chooses, and the field that holds the name.
_OWN = {ast.Name: "id", ast.arg: "arg", ast.FunctionDef: "name", ast.ClassDef: "name"}


@dataclass(frozen=True)
class Alike:
    """A group of submissions that have something in common.

    Attributes:
        students: two or more.
        what: a description of what they have in common.
        similarity: of the least similar pair, from 0 to 1.
    """

    students: tuple[str, ...]
    what: str
    similarity: float


def of_code(texts: Mapping[str, Sequence[str]]) -> tuple[Alike, ...]:
    """Group submissions whose code is (nearly) the same, apart from names, comments and layout.

    Args:
        texts: student to the text of every solution cell that the student wrote.
    """
    same: dict[str, list[str]] = defaultdict(list)
    for student, cells in texts.items():
        code = _cut("\n".join(map(normalised, _read(cells))))
        if len(code) >= SHORT:
            same[code].append(student)
    exact = [
        Alike(tuple(group), "the same code but for names, comments and layout", 1.0)
        for group in same.values()
        if len(group) > 1
    ]
    nearly = [
        Alike(
            tuple(sorted(student for code in group for student in same[code])),
            "nearly the same code",
            similarity,
        )
        for group, similarity in near(list(same), ALIKE)
    ]
    return (*exact, *sorted(nearly, key=lambda group: (-group.similarity, len(group.students))))


def _read(cells: Sequence[str]) -> Iterator[str]:
    """The cells, as far as they are read."""
    left = _READ
    for cell in cells:
        yield cell[:left]
        left -= len(cell[:left])


def _cut(code: str) -> str:
    """Code, or as much of it as is compared, with a digest of all: the same is the same whole."""
    if len(code) <= LONG:
        return code
    return f"{code[:LONG]} {sha256(code.encode(errors='replace')).hexdigest()}"


def of_trainings(runs: Mapping[str, Sequence[Run]]) -> tuple[Alike, ...]:
    """Group submissions whose trainings began with the same epoch, small groups first.

    Network, data, batches and optimizer decide a training. Two different trainings do not log the
    same digits by chance.

    Args:
        runs: student to the referee's trainings for that student.
    """
    begun: dict[object, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for student, trained in runs.items():
        for run in trained:
            if run.logs:
                begun[tuple(sorted(run.logs[0].items()))][student].add(run.key)
    groups = []
    for keys in begun.values():
        same = len(set.union(*keys.values())) == 1
        what = "the same training" if same else "trainings that began alike and went on otherwise"
        if len(keys) > 1:
            groups.append(Alike(tuple(keys), what, 1.0))
    return tuple(sorted(groups, key=lambda group: len(group.students)))


def normalised(code: str) -> str:
    """Code without comments, docstrings and layout, and with its own names replaced by numbers."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about invalid escapes, for example
            tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return " ".join(_words(code))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [statement for statement in body if not _says_only(statement)]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]  # all with a list have it
    _rename(tree)
    try:
        return ast.unparse(tree)
    except RecursionError:
        return " ".join(_words(code))


def _says_only(node: ast.stmt) -> bool:
    """Whether a statement is only a string, as a docstring is."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _rename(tree: ast.Module) -> None:
    """Number the names that the code binds, in the order in which they come."""
    bound = {
        getattr(node, _OWN[type(node)])
        for node in ast.walk(tree)
        if type(node) in _OWN and not isinstance(getattr(node, "ctx", None), ast.Load)
    }
    numbers: dict[str, str] = {}
    for node in ast.walk(tree):
        if type(node) in _OWN and (name := getattr(node, _OWN[type(node)])) in bound:
            setattr(node, _OWN[type(node)], numbers.setdefault(name, f"n{len(numbers)}"))


def _words(code: str) -> list[str]:
    """The words of what is no Python, without comments as far as these can be told."""
    tokens = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type != tokenize.COMMENT and token.string.strip():
                tokens.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        return code.split()
    return tokens
