"""Which names of a test cell rest on the student's work: a taint analysis of its syntax tree.

The names that were looked up in the student's kernel are the sources. What is assigned from them,
changed by them, or done only under a condition on them is tainted, too. Where it is not certain, a
name is taken for tainted: what the test itself does wrong also shows with the reference solution.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Set

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_LOOPS = ast.For | ast.AsyncFor

# They give whatever the cell has, by text.
_ANYTHING = frozenset({"eval", "exec", "globals", "locals", "vars"})
# Where a student's code draws and prints: nothing is handed over by name.
_SHARED_MODULES = frozenset({"matplotlib.pyplot", "pylab"})
_STREAMS = frozenset({"stdout", "stderr"})


class Taint:
    """What rests on the student's work in a test cell.

    Args:
        tree: of the test cell.
        student: the names that were looked up in the student's kernel.
    """

    def __init__(self, tree: ast.Module, student: Set[str]) -> None:
        self._tree = tree
        self._imported = frozenset(_imported(tree)) - student
        self._functions = {
            node.name: node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        self._handed_out = frozenset(_handed_out(tree, self._functions))
        self._names = set(student) | set(_shared(tree))
        self._texts: set[str] = set()
        self._given: set[str] = set()  # names of what tainted code is given, and may call
        known = -1
        while known < (known := len(self._names) + len(self._texts)):
            for node in ast.walk(tree):
                self._visit(node)

    def rests(self, *nodes: ast.AST | None) -> bool:
        """Whether anything in one of the expressions or statements is tainted."""
        return any(
            self._tainted(each) for node in nodes if node is not None for each in ast.walk(node)
        )

    def names_file(self, node: ast.AST) -> bool:
        """Whether an expression holds a text that the student's code was given: a file's name."""
        return bool(self._texts.intersection(_texts(node)))

    def called_with_work(self, part: Function | ast.ClassDef) -> bool:
        """Whether a function of the test's is called with what is tainted, or by the student.

        Args:
            part: the function, or a class whose methods may be called.
        """
        if not isinstance(part, ast.Lambda) and part.name in self._given:
            return True
        return not isinstance(part, ast.ClassDef) and not self._names.isdisjoint(_parameters(part))

    def _tainted(self, node: ast.AST) -> bool:
        match node:
            case ast.Name(id=name):
                return name in self._names or name in _ANYTHING
            case ast.Attribute(value=ast.Name(id="sys"), attr=name):
                return name in _STREAMS
        return False

    def _add(self, names: Iterable[str]) -> None:
        self._names.update(name for name in names if name not in self._imported)

    def _visit(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                self._assigned(targets, value)
            case (
                ast.AugAssign(target=target, value=value)
                | ast.NamedExpr(target=target, value=value)
            ):
                self._assigned([target], value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assigned([target], value)
            case ast.comprehension(target=target, iter=source) if self.rests(source):
                self._add(_roots(target))
            case ast.Call():
                self._called(node)
            case ast.ClassDef(name=name) if self.rests(
                *node.body, *node.bases, *node.keywords, *node.decorator_list
            ):
                self._add([name])
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                self._defined(node)
            case _:
                self._compound(node)

    def _compound(self, node: ast.AST) -> None:
        """What is bound under a condition on tainted values is tainted."""
        match node:
            case ast.For() | ast.AsyncFor() if self.rests(node.iter):
                self._add(_bound(node))
            case ast.While(test=test) | ast.If(test=test) if self.rests(test):
                self._add(_bound(node))
            case ast.Match(subject=subject) if self.rests(subject):
                self._add(_bound(node))
            case ast.Try() | ast.TryStar() if self.rests(*node.body):
                self._add(_bound(node))
            case ast.With() | ast.AsyncWith() if self.rests(*node.body, *node.items):
                for item in node.items:
                    self._add(_roots(item.optional_vars))
                    self._add(_arguments(item.context_expr))

    def _assigned(self, targets: list[ast.expr], value: ast.expr) -> None:
        if self.rests(value, *targets):
            for target in targets:
                self._add(_roots(target))
        if any(isinstance(target, ast.Attribute) for target in targets):
            self._add(_names(value))  # from there on another may use and change it

    def _called(self, call: ast.Call) -> None:
        """What is handed to tainted code may be changed; what takes tainted values is changed."""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if self.rests(call.func):
            for value in given:
                self._add(_names(value))
                self._given.update(_names(value))
                self._texts.update(_texts(value))
        if not self.rests(*given):
            return
        match call.func:
            case ast.Attribute(value=value):
                self._add(_roots(value))
            case ast.Name(id=name) if name in self._functions:
                self._add(_parameters(self._functions[name]))

    def _defined(self, function: Function) -> None:
        if isinstance(function, ast.Lambda) or function.name in self._handed_out:
            self._add(_parameters(function))
        if isinstance(function, ast.Lambda):
            return
        if self.rests(*function.decorator_list):  # the name is what the decorator made of it
            self._add([function.name, *_parameters(function)])
            self._given.add(function.name)
        own = {*_parameters(function), *(name for part in function.body for name in _bound(part))}
        used = {name for part in function.body for name in _names(part)}
        if not (used - own).isdisjoint(self._names):
            self._add([function.name])


def _names(node: ast.AST) -> Iterator[str]:
    """All names in an expression or statement."""
    return (each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def _texts(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _roots(target: ast.expr | None) -> Iterator[str]:
    """The names that an assignment to ``target`` binds or changes."""
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
            yield from _roots(value)
        case ast.Call(func=function):
            yield from _roots(function)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _roots(part)


def _arguments(node: ast.expr) -> Iterator[str]:
    """Names that a context manager is made with."""
    if isinstance(node, ast.Call):
        for value in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield from _names(value)


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that are bound or changed anywhere in a statement."""
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                yield from _roots(each)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name


def _parameters(function: Function) -> Iterator[str]:
    given = function.args
    every = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
    return (each.arg for each in every if each is not None)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _shared(tree: ast.AST) -> Iterator[str]:
    """Names of modules whose state the student's code changes."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                modules = [(alias.name, alias.asname or alias.name) for alias in aliases]
            case ast.ImportFrom(module=str(module), names=aliases):
                modules = [(f"{module}.{a.name}", a.asname or a.name) for a in aliases]
            case _:
                continue
        yield from (name for module, name in modules if module in _SHARED_MODULES)


def _handed_out(tree: ast.AST, functions: Iterable[str]) -> Iterator[str]:
    """The test's functions that other code may call."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    for name in functions:
        own = [node for node in uses if node.id == name and isinstance(node.ctx, ast.Load)]
        if not own or any(id(node) not in called for node in own):
            yield name
