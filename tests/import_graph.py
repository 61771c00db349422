"""Reads the import statements of Python files, and finds circles among them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Graph = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Import:
    """One name that a module imports.

    Attributes:
        name: in full, ``grader.model.Budget``; relative imports are resolved.
        line: where the statement stands.
        deferred: stands in a function, so that importing the module does not run it.
        typing: stands under ``if TYPE_CHECKING``, so that it never runs.
    """

    name: str
    line: int
    deferred: bool
    typing: bool


@dataclass(frozen=True)
class Module:
    """A module and what it imports."""

    name: str
    imports: tuple[Import, ...]


def read(root: Path, package: str) -> list[Module]:
    """All modules of ``package``, a folder in ``root``."""
    return [read_module(root, path) for path in sorted((root / package).rglob("*.py"))]


def read_module(root: Path, path: Path) -> Module:
    """The module in ``path``, named from ``root``."""
    parts = path.relative_to(root).with_suffix("").parts
    package = ".".join(parts[:-1])
    name = package if parts[-1] == "__init__" else ".".join(parts)
    return Module(name, tuple(_imports(ast.parse(path.read_text()), package)))


def within(name: str, *packages: str) -> bool:
    """Whether ``name`` is one of ``packages`` or stands in one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def module_graph(modules: list[Module]) -> Graph:
    """Which of ``modules`` imports which, in functions too; imports for types apart."""
    names = {module.name for module in modules}
    return {
        module.name: frozenset(
            target
            for each in module.imports
            if not each.typing and (target := _module_of(each.name, names)) not in (module.name, "")
        )
        for module in modules
    }


def package_graph(modules: list[Module]) -> Graph:
    """Which package imports which.

    A module that stands beside packages (``grader.settings``) counts as a package of its own.
    """
    names = {module.name for module in modules}
    packages = {name.rpartition(".")[0] for name in names} - {""}
    parents = {package.rpartition(".")[0] for package in packages}

    def place(name: str) -> str:
        package = name if name in packages else name.rpartition(".")[0]
        return name if package in parents else package

    graph: dict[str, frozenset[str]] = {}
    for name, targets in module_graph(modules).items():
        places = {place(target) for target in targets} - {place(name)}
        graph[place(name)] = graph.get(place(name), frozenset()) | places
    return graph


def circles(graph: Graph) -> list[list[str]]:
    """The strongly connected components of more than one node, each sorted."""
    reached = {node: _reachable(graph, node) for node in graph}
    components = {
        frozenset(other for other in reached[node] if node in reached.get(other, ()))
        for node in graph
        if node in reached[node]
    }
    return sorted(sorted(component) for component in components)


def _reachable(graph: Graph, start: str) -> set[str]:
    reached, waiting = set[str](), [start]
    while waiting:
        new = graph.get(waiting.pop(), frozenset()) - reached
        reached |= new
        waiting += new
    return reached


def _module_of(name: str, names: set[str]) -> str:
    """The module that ``name`` stands in, or an empty text if it is none of ``names``."""
    while name and name not in names:
        name = name.rpartition(".")[0]
    return name


def _imports(
    node: ast.AST, package: str, deferred: bool = False, typing: bool = False
) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            for name in _names(child, package):
                yield Import(name, child.lineno, deferred, typing)
        elif isinstance(child, ast.If) and _is_for_types(child.test):
            body, otherwise = ast.Module(child.body, []), ast.Module(child.orelse, [])
            yield from _imports(body, package, deferred, typing=True)
            yield from _imports(otherwise, package, deferred, typing)
        elif not isinstance(child, ast.expr):  # no statement stands in an expression
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _imports(child, package, deferred or function, typing)


def _is_for_types(test: ast.expr) -> bool:
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(test)}
    return "TYPE_CHECKING" in names


def _names(statement: ast.Import | ast.ImportFrom, package: str) -> list[str]:
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    base = statement.module or ""
    if statement.level:
        parents = package.split(".")
        above = parents[: len(parents) - statement.level + 1]
        base = ".".join([*above, base] if base else above)
    return [f"{base}.{alias.name}" for alias in statement.names]
