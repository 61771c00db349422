"""What a test needs beyond this process is told by marks; this plugin keeps them true.

``pytest --quick`` runs what needs none of this. A module that is marked as a whole
(``pytestmark``) is not even imported then.
"""

from __future__ import annotations

import ast
import functools
import gc
import random
import sys
from collections.abc import Collection, Iterator
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

# Mark: what a test with it does.
NEEDS = {
    "kernel": "starts a sandbox, a Jupyter kernel, or a process that judges",
    "keras": "imports Keras, TensorFlow or JAX, which takes seconds",
    "training": "trains a network through a referee",
    "process": "starts other programs that take seconds: a referee's worker, nbgrader's commands",
    "browser": "opens JupyterLab in a browser",
    "hub": "starts a JupyterHub with accounts",
    "lengthy": "takes more than half a second, and needs nothing of the above",
    "slow": "takes minutes",
    "long": "takes so many that `make test` leaves it out and `make test-all` does not",
}

# Marks of tests that are begun with, in this order.
_LONGEST_FIRST = ("slow", "browser", "hub", "training", "process", "kernel")

# Of one process of tests: each would start a referee and trainers of its own for them, and a class
# keeps both cores of a small machine busy, beside which others do what waits.
ON_SLICES = pytest.mark.xdist_group("slices")

_SEED = 20261127  # of what is drawn for `make test` from what `make test-all` runs as a whole

# A fixture that is enough to know what a test needs.
_BY_FIXTURE = {"on_slices": ("kernel", "keras", "training"), "judges_with_keras": ("kernel",)}

_KERAS = ("keras", "tensorflow", "jax")
_KERNELS = ("bwrap", "ipykernel", "jupyter", "grader.kernel", "grader.sandbox")

# Allocations, collections of the youngest, of the middle generation, until each generation is
# collected. Python's own 700, 10, 10 look through all that fixtures have imported again and again.
_COLLECTED_AFTER = 20_000, 20, 50

_LONG_ID = 60  # characters of one value in a test's name; the rest of a long one says nothing more
_LONGEST_NAME = 500  # each process of tests tells the others every name, several times

_quick = False  # told by pytest_configure, before any test is imported
_refused: list[str] = []  # what the present test was refused


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --quick."""
    quick = "leave out tests that need " + ", ".join(NEEDS)
    parser.addoption("--quick", action="store_true", help=quick)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known; in a quick run, refuse what they stand for."""
    for mark, meaning in NEEDS.items():
        config.addinivalue_line("markers", f"{mark}: {meaning}")
    gc.disable()  # until all modules are imported
    global _quick  # noqa: PLW0603
    _quick = bool(config.getoption("quick"))
    if _quick:
        sys.addaudithook(_refuse)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not import a module whose tests would all be left out, nor fixtures for such alone."""
    if not config.getoption("quick"):
        return None
    if collection_path.is_dir():
        modules = list(collection_path.rglob("test_*.py"))
        return True if modules and all(map(_is_left_out, modules)) else None
    return True if _is_left_out(collection_path) else None


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a long text by its beginning and its length."""
    if not isinstance(val, str | bytes) or len(val) <= _LONG_ID:
        return None
    text = val if isinstance(val, str) else val[:_LONG_ID].decode("latin-1")
    return f"{ascii(text[:_LONG_ID])[1:-1]}... of {len(val)}"


@pytest.hookimpl(tryfirst=True)  # ahead of pytest-xdist, which takes groups from the marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by fixture, leave out what --quick does, and put what takes long first.

    Tests that share a fixture of their module become a group, so that one process of pytest-xdist
    makes it; each would else make its own.
    """
    for item in items:
        _require_short_name(item)
        for fixture in _BY_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            for mark in _BY_FIXTURE[fixture]:
                item.add_marker(mark)
            if fixture == "on_slices":
                item.add_marker(ON_SLICES)
        if _shares_a_fixture(item) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(3600))
    if config.getoption("quick"):
        left_out = [item for item in items if _needs(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not _needs(item)]
    items.sort(key=_place)


def pytest_collection_finish() -> None:
    """Let Python look for no garbage among modules and tests, which stay to the end."""
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)
    gc.enable()


@pytest.hookimpl(trylast=True)  # after the fixtures of the session
def pytest_sessionfinish() -> None:
    """Find what is left unclosed with two collections; pytest's own five then find nothing."""
    gc.collect()
    gc.collect()  # of what finalizers of the first let go
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """In a quick run, fail a test that needs what it is not marked for, also where it hid that."""
    result = yield
    refused, _refused[:] = _refused[:], []
    if refused:
        pytest.fail(refused[0], pytrace=False)
    if item.config.getoption("quick") and forkserver._forkserver._forkserver_pid:
        forkserver._forkserver._stop()  # made for tests; the next test begins without
        pytest.fail("a quick test judges a submission: mark it kernel", pytrace=False)
    return result


def _shares_a_fixture(item: pytest.Item) -> bool:
    """Whether a test uses what is made once for its module."""
    known = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    return any(made.scope == "module" for name in known for made in known[name])


def _require_short_name(item: pytest.Item) -> None:
    if len(item.nodeid) > _LONGEST_NAME:
        raise pytest.UsageError(
            f"{item.nodeid[:100]}...: a name of {len(item.nodeid)} characters. Expected at most "
            f"{_LONGEST_NAME}: give its parameters short ids"
        )


def _place(item: pytest.Item) -> int:
    """Where in the order of tests; what needs nothing fills the end.

    Of several processes of pytest, one would else wait at the end for another's long test.
    """
    needs = _needs(item)
    order = [*({mark} for mark in _LONGEST_FIRST), needs]
    return next((place for place, some in enumerate(order) if needs & some), len(order))


def _needs(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()} & NEEDS.keys()


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Called by Python before each import and each start of a program."""
    if event == "import" and arguments[0] in _KERAS:
        _refused.append(f"a quick test imports {arguments[0]}: mark it keras")
        raise RuntimeError(_refused[-1])
    if event == "subprocess.Popen":
        command = arguments[1]
        words = [command] if isinstance(command, str | bytes | Path) else command
        line = " ".join(str(word) for word in words)
        if any(name in line for name in _KERNELS):
            _refused.append(f"a quick test starts {line[:150]}: mark it kernel")
            raise RuntimeError(_refused[-1])


def drawn(names: Collection[str], count: int) -> list[object]:
    """Names as a test's parameters; all but so many, drawn from a seed, are marked as long."""
    some = set(random.Random(_SEED).sample(sorted(names), count))
    return [
        pytest.param(name, id=name, marks=() if name in some else pytest.mark.long)
        for name in names
    ]


def is_quick() -> bool:
    """Whether this is a quick run."""
    return _quick


@functools.cache
def _is_left_out(path: Path) -> bool:
    """Whether all tests of a module need what a quick run has not."""
    return path.name.startswith("test_") and bool(_module_marks(path) & NEEDS.keys())


def _module_marks(path: Path) -> set[str]:
    """The marks in a module's ``pytestmark``, read without importing it."""
    text = path.read_text()
    if "\npytestmark = " not in text:
        return set()
    return {
        node.attr
        for statement in ast.parse(text).body
        if isinstance(statement, ast.Assign) and "pytestmark" in ast.unparse(statement.targets[0])
        for node in ast.walk(statement.value)
        if isinstance(node, ast.Attribute)
    }
