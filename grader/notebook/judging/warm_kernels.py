"""Where a class's kernels come from: a process that has imported what its notebook imports.

A student's kernel takes seconds to import TensorFlow, and every kernel of a class imports the same.
So one process imports it, and each kernel is forked from that; see ``grader.sandbox.warm``.
"""

from __future__ import annotations

import ast
import atexit
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from grader.errors import SandboxError
from grader.examiner import names
from grader.notebook.assignment import Assignment, is_claim
from grader.notebook.experiments import is_experiment
from grader.notebook.judging.start_kernel import warm_policy
from grader.parsing import parse
from grader.sandbox.policy import CONVOLVING_PACKAGES
from grader.sandbox.warm.host import WarmParent
from grader.settings import Settings

# What every kernel runs on. First the hook that must be there before Keras is imported; then what
# ipykernel imports as it starts, whose debugger takes longer than all the rest.
KERNEL = (
    "grader.kernel:serve_course_data",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "tornado.platform.asyncio",
    "tornado.queues",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "sqlite3",
    "grader.sandbox.guest.agent",
)

# For notebooks with figures, after matplotlib: the first figure costs more than those that follow.
_FIRST_FIGURE = "grader.sandbox.guest.surroundings.figure_png:draw_first"

# Checks that call functions where numpy is the only library. A claim that calls one under another
# name has its kernel started cold.
_NUMPY_ONLY_CHECKS = {"from_scratch", "call_blocked"}

# Parents by what they have imported and what is blocked; each is started when it is first needed.
_parents: dict[tuple[tuple[str, ...], tuple[str, ...]], WarmParent] = {}
_starter = ThreadPoolExecutor(1, thread_name_prefix="warm kernels")


def address(settings: Settings, assignment: Assignment) -> str:
    """The socket of the warm parent for an assignment's kernels, started if need be.

    Returns:
        Its path; empty where kernels start cold: without a sandbox, where the course says so
        (``c.Course.warm_kernels``), or where no parent can be started here.
    """
    if settings.sandbox == "none" or not settings.warm_kernels:
        return ""
    # By one thread that stays: a sandbox ends with the thread that started it.
    return _starter.submit(_address, parent_modules(settings, [assignment]), ()).result()


def numpy_only_address(settings: Settings, assignment: Assignment) -> str:
    """The socket of the warm parent for kernels in which numpy is the only library.

    Returns:
        As ``address``; empty also where no claim of the assignment needs such a kernel.
    """
    if settings.sandbox == "none" or not settings.warm_kernels or not _needs_numpy_only(assignment):
        return ""
    return _starter.submit(_address, (*KERNEL, "numpy"), CONVOLVING_PACKAGES).result()


def _address(modules: tuple[str, ...], blocked: tuple[str, ...]) -> str:
    parent = _parents.get((modules, blocked))
    if parent is None or not parent.alive:
        if parent is not None:
            _parents.pop((modules, blocked)).close()  # its folder would stay
        try:
            parent = _parents[modules, blocked] = WarmParent(warm_policy(blocked), modules)
        except (OSError, SandboxError):
            return ""
    return str(parent.address)


def _needs_numpy_only(assignment: Assignment) -> bool:
    sources = (cell.source for cell in assignment.source.cells if is_claim(cell))
    return any(
        isinstance(node, ast.Attribute | ast.Name)
        and (node.attr if isinstance(node, ast.Attribute) else node.id) in _NUMPY_ONLY_CHECKS
        for source in sources
        if names.is_python(source)
        for node in ast.walk(parse(source))
    )


def parent_modules(settings: Settings, assignments: Sequence[Assignment]) -> tuple[str, ...]:
    """What a process has imported that gives kernels for these assignments."""
    names_of = (name for assignment in assignments for name in imported(assignment))
    modules = tuple(settings.warm_imports or dict.fromkeys(names_of))
    draws = any(name.partition(".")[0] == "matplotlib" for name in modules)
    return (*KERNEL, *modules, *([_FIRST_FIGURE] if draws else []))


def imported(assignment: Assignment) -> tuple[str, ...]:
    """Modules that an assignment's cells import, in alphabetical order.

    A kernel shows its student what it has imported. So neither tests count, nor the solutions, in
    whose place the master has stubs.
    """
    found: set[str] = set()
    for cell in assignment.master.cells:
        given = not is_claim(cell) and not is_experiment(cell)
        if cell.cell_type == "code" and given and names.is_python(cell.source):
            found |= _modules(parse(cell.source))
    return tuple(sorted(name for name in found if name.partition(".")[0] != "grader"))


def _modules(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def close() -> None:
    """End all parents; also done when Python ends."""
    while _parents:
        _parents.popitem()[1].close()


atexit.register(close)
