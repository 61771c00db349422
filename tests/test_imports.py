"""Who may import whom: the rules of docs/design.md, read off every import statement."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "grader").rglob("*.py"))

# Room (a path's beginning) to what of ours it may import. What is not listed may import anything.
MAY_IMPORT = {
    "grader/errors.py": set[str](),
    "grader/model.py": set[str](),
    "grader/checks/": {"grader.model", "grader.errors", "grader.checks"},
    "grader/copies.py": {"grader.errors", "grader.settings"},
    "grader/datasets/": {"grader.errors", "grader.datasets"},
    # %check and a referee, imported where they are used: in a sandbox neither is there.
    "grader/kernel.py": {
        "grader.errors",
        "grader.datasets",
        "grader.notebook.magic",
        "grader.notebook.refereed",
    },
    "grader/settings.py": {"grader.errors", "grader.model"},
    "grader/reports/": {"grader.errors", "grader.model", "grader.reports"},
    "grader/sandbox/": {"grader.errors", "grader.model", "grader.sandbox"},
    "grader/sandbox/fitting.py": set[str](),
    "grader/sandbox/probe.py": set[str](),
    "grader/sandbox/recognising.py": set[str](),
    "grader/sandbox/values.py": set[str](),
    "grader/referee/": {"grader.errors", "grader.model", "grader.referee", "grader.datasets"},
    "grader/examiner/": {
        "grader.errors",
        "grader.model",
        "grader.checks",
        "grader.examiner",
        "grader.referee.declaration",
        "grader.referee.recipe",
        "grader.sandbox.values",
    },
}

# Package to the rooms that alone may import it.
ONLY_IN = {
    "nbgrader": ("grader/notebook/",),
    "ray": ("grader/engines/ray.py",),
    "matplotlib": ("grader/reports/", "grader/checks/figures.py"),
    "rapidfuzz": ("grader/reports/likeness.py",),
}

# What is too heavy to be imported at the top of a module.
HEAVY = {"keras", "tensorflow", "matplotlib", "ray", "scipy"}


def imports(module: Path, top_only: bool = False) -> Iterator[str]:
    """Full names of what a module imports; inside functions too unless ``top_only``."""
    tree = ast.parse(module.read_text())
    for node in tree.body if top_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def within(imported: str, packages: set[str]) -> bool:
    return any(imported == package or imported.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_a_room_imports_only_what_it_may(module: Path) -> None:
    for room, allowed in MAY_IMPORT.items():
        if name(module).startswith(room):
            ours = [found for found in imports(module) if within(found, {"grader"})]
            assert [found for found in ours if not within(found, allowed)] == []


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_a_guarded_package_stays_in_its_room(module: Path) -> None:
    for package, rooms in ONLY_IN.items():
        if not name(module).startswith(rooms):
            assert [found for found in imports(module) if within(found, {package})] == []


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_nobody_imports_the_command_line(module: Path) -> None:
    assert [found for found in imports(module) if within(found, {"grader.cli"})] == []


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_heavy_packages_are_imported_where_they_are_used(module: Path) -> None:
    assert [found for found in imports(module, top_only=True) if within(found, HEAVY)] == []


@pytest.mark.parametrize("module", ["grader/errors.py", "grader/model.py"])
def test_errors_and_model_stand_on_the_standard_library(module: str) -> None:
    roots = {found.partition(".")[0] for found in imports(ROOT / module)}
    assert roots <= sys.stdlib_module_names


def test_the_rules_would_catch_a_trespasser(tmp_path: Path) -> None:
    trespasser = tmp_path / "trespasser.py"
    trespasser.write_text("def f():\n    import nbgrader.api\n    from grader import cli\n")
    assert list(imports(trespasser)) == ["nbgrader.api", "grader.cli"]
    assert within("nbgrader.api", {"nbgrader"})
    assert within("grader.cli", {"grader.cli"})
