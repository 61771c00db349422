"""Finds what looks like a test in a test cell, and cannot fail: release warns of it.

It is found in the text alone. Each kind passes any work in a notebook, too: so nothing is refused,
and the author decides.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from grader.authoring.cell_syntax import CellSyntax, first_assert, name_of
from grader.examiner.wanted import asks_by_text
from grader.notebook.assignment import Assignment, grade_id, is_claim

# Functions that answer True or False, and do nothing else.
_ASKING = frozenset(
    (
        *("all", "allclose", "any", "array_equal", "array_equiv", "callable", "hasattr"),
        *("isclose", "isinstance", "issubclass"),
    )
)
_REPORTING = frozenset(("display", "print", "print_exc", "warn"))
# What a Mock makes up when it is asked for: the names of its assertions without `assert_`.
_OF_MOCKS = frozenset(("called_once", "called_once_with", "called_with", "has_calls", "not_called"))
_RUN = 'assert `unittest.main(argv=[""], exit=False).result.wasSuccessful()` below'
_CATCHING = frozenset(("", "AssertionError", "Exception", "BaseException"))

Found = tuple[ast.AST, str]


def warnings(assignment: Assignment) -> Iterator[str]:
    """A line for each kind of test that cannot fail, in each test cell that has one."""
    for cell in assignment.source.cells:
        if is_claim(cell):
            for line, said in cannot_fail(cell.source):
                yield f"cell {grade_id(cell)}, line {line}: {said}"


def cannot_fail(source: str) -> list[tuple[int, str]]:
    """Line and explanation of the first place of each kind, in the order of the cell.

    Args:
        source: a test cell, which is Python.
    """
    cell = CellSyntax(source)
    kinds = _KINDS if asks_by_text(source) else (*_KINDS, _never_called)
    first = (next(kind(cell), None) for kind in kinds)
    return sorted((getattr(node, "lineno", 0), said) for node, said in filter(None, first))


def _always_true(cell: CellSyntax) -> Iterator[Found]:
    for test in cell.asserted:
        if isinstance(test, ast.Tuple) and test.elts:
            yield (
                test,
                f"`assert {cell.text(test)}` tests a tuple, which always holds: write "
                "`assert condition, message`, without the parentheses",
            )
        elif _is_true(test):
            yield test, f"`assert {cell.text(test)}` always holds: compare what you expect"


def _is_true(test: ast.expr) -> bool:
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Lambda() | ast.GeneratorExp() | ast.JoinedStr():
            return True
        case ast.ListComp(elt=part) | ast.SetComp(elt=part):  # of True and False
            return isinstance(part, ast.Compare) or name_of(part) in _ASKING
    return False


def _compares_nothing(cell: CellSyntax) -> Iterator[Found]:
    for value in (*cell.asserted, *cell.alone):
        if name_of(value) == "approx":
            yield (
                value,
                f"`{cell.text(value)}` is compared to nothing: write "
                "`assert answer == pytest.approx(expected)`",
            )


def _without_assert(cell: CellSyntax) -> Iterator[Found]:
    for value in cell.alone:
        if isinstance(value, ast.Compare) or name_of(value) in _ASKING:
            yield (
                value,
                f"nothing looks at what `{cell.text(value)}` comes to: write `assert` first",
            )


def _caught(cell: CellSyntax) -> Iterator[Found]:
    for node in cell.nodes:
        if _hides(node) and (inside := first_assert(getattr(node, "body", ()))):
            yield (
                inside,
                f"the block around `{cell.text(inside)}` hides that it fails: name the exception "
                "that you wait for, or take the assert out of the block",
            )


def _hides(node: ast.AST) -> bool:
    """Whether a block catches what an ``assert`` raises, and goes on as if nothing was."""
    match node:
        case ast.Try(handlers=handlers, orelse=[]):
            return any(_catches(each.type) and all(map(_is_idle, each.body)) for each in handlers)
        case ast.With(items=items):
            calls = (item.context_expr for item in items)
            return any(
                name_of(call) == "suppress" and any(map(_catches, getattr(call, "args", ())))
                for call in calls
            )
    return False


def _catches(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else (kind,)
    return any(name_of(each) in _CATCHING for each in kinds)


def _is_idle(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Continue() | ast.Break() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call() as call):
            return name_of(call) in _REPORTING
    return False


def _never_called(cell: CellSyntax) -> Iterator[Found]:
    classes = [node for node in cell.nodes if isinstance(node, ast.ClassDef)]
    methods = {statement for each in classes for statement in each.body}
    for node in cell.nodes:
        match node:
            case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
                is_idle = node not in methods and first_assert(node.body) is not None
                if is_idle and not cell.reads(node.name):
                    yield node, f"nothing calls {node.name}: call it below, or it tests nothing"
            case ast.ClassDef(bases=bases) if not cell.reads(node.name):
                is_case = any(name_of(base).endswith("TestCase") for base in bases)
                if is_case and not any(map(_runs_tests, cell.nodes)):
                    yield node, f"nothing runs the tests of {node.name}: {_RUN}"


def _runs_tests(node: ast.AST) -> bool:
    """Whether it may run the tests of a class that it does not name."""
    return isinstance(node, ast.Call) and name_of(node).startswith(("main", "run", "loadTests"))


def _not_awaited(cell: CellSyntax) -> Iterator[Found]:
    waiting = {node.name for node in cell.nodes if isinstance(node, ast.AsyncFunctionDef)}
    for value in cell.alone:
        if isinstance(value, ast.Call) and name_of(value) in waiting:
            yield value, f"`{cell.text(value)}` runs nothing: write `await` first"


def _not_looked_at(cell: CellSyntax) -> Iterator[Found]:
    for value in (*cell.alone, *cell.unread):
        if isinstance(value, ast.Call) and (wanted := _result_wanted(value)):
            yield (
                value,
                f"nothing looks at what `{cell.text(value)}` finds, so no failure counts: {wanted}",
            )


def _result_wanted(call: ast.Call) -> str:
    """How to look at what runs tests and raises nothing; empty of other calls."""
    called = ast.unparse(call.func)
    stays = any(each.arg == "exit" and _is_false(each.value) for each in call.keywords)
    if name_of(call) == "main" and stays:
        return "assert `.result.wasSuccessful()` of it"
    if name_of(call) == "testmod":
        return "assert `.failed == 0` of it"
    if name_of(call) == "run" and "TextTestRunner" in called:
        return "assert `.wasSuccessful()` of it"
    return ""


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def _not_called(cell: CellSyntax) -> Iterator[Found]:
    for value in cell.alone:
        match value:
            case ast.Attribute(attr=name) if name.startswith("assert"):
                yield value, f"`{cell.text(value)}` is not called: write parentheses behind it"
            case ast.Call(args=[_]) if name_of(value) in ("raises", "assertRaises"):
                yield value, f"`{cell.text(value)}` tests nothing alone: write `with` first"


def _made_up_by_mock(cell: CellSyntax) -> Iterator[Found]:
    for value in (*cell.asserted, *cell.alone):
        match value:
            case ast.Call(func=ast.Attribute(attr=name) as asked) if name in _OF_MOCKS:
                yield (
                    value,
                    f"`{cell.text(asked)}` is no assertion of a Mock's, which makes it up: write "
                    f"`assert_{name}`, without `assert` before it",
                )


def _two_truths(cell: CellSyntax) -> Iterator[Found]:
    for node in cell.nodes:
        match node:
            case ast.Call(args=[_, second]) if name_of(node) in ("assertTrue", "assertFalse"):
                if _is_no_text(second):
                    yield (
                        node,
                        f"`{cell.text(node)}` asks of its first part alone, since the second is a "
                        "message: write `self.assertEqual` to compare them",
                    )


def _is_no_text(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return not isinstance(value.value, str)
    return isinstance(value, ast.List | ast.Tuple | ast.Dict | ast.Set | ast.UnaryOp)


_KINDS: tuple[Callable[[CellSyntax], Iterator[Found]], ...] = (
    *(_always_true, _compares_nothing, _without_assert, _caught),
    *(_not_awaited, _not_looked_at, _not_called, _made_up_by_mock, _two_truths),
)
