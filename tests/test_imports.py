"""Which package may import which: the layers of docs/design.md, read off every import statement."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import import_graph
from tests.import_graph import Import, Module, within
from tests.layers import HEAVY, LAYERS, MAY_IMPORT, ONLY_IN

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    """Ours."""
    return import_graph.read(ROOT, "grader")


def refuse(modules: list[Module], wrong: Callable[[Module, Import], bool]) -> list[str]:
    """Each import for which ``wrong`` holds, as ``module:line imports name``."""
    return [
        f"{module.name}:{each.line} imports {each.name}"
        for module in modules
        for each in module.imports
        if wrong(module, each)
    ]


def row(name: str) -> str:
    """The row of MAY_IMPORT that holds for a module: the longest that it stands in."""
    return max((place for place in MAY_IMPORT if within(name, place)), key=len)


def beyond_its_row(module: Module, each: Import) -> bool:
    place = row(module.name)
    ours = within(each.name, "grader") and each.name != "grader"
    return ours and not within(each.name, place, *MAY_IMPORT[place])


def out_of_its_layer(module: Module, each: Import) -> bool:
    for package, layers in LAYERS.items():
        heights = {f"{package}.{name}": at for at, names in enumerate(layers) for name in names}
        own = next((place for place in heights if within(module.name, place)), None)
        other = next((place for place in heights if within(each.name, place)), None)
        if own and other and own != other and heights[other] >= heights[own]:
            return True
    return False


def away_from_home(module: Module, each: Import) -> bool:
    return any(
        within(each.name, package) and not within(module.name, *homes)
        for package, homes in ONLY_IN.items()
    )


def heavy_at_the_top(module: Module, each: Import) -> bool:
    return within(each.name, *HEAVY) and not each.deferred and not each.typing


def not_of_the_standard_library(module: Module, each: Import) -> bool:
    bare = within(module.name, "grader.errors", "grader.accuracy", "grader.model")
    return bare and each.name.partition(".")[0] not in {"grader", *sys.stdlib_module_names}


def test_a_package_imports_only_what_its_layer_may(modules: list[Module]) -> None:
    rules = (beyond_its_row, out_of_its_layer, not_of_the_standard_library)
    offences = [offence for rule in rules for offence in refuse(modules, rule)]
    assert not offences, "\n".join(offences)


def test_a_guarded_package_stays_in_its_place(modules: list[Module]) -> None:
    offences = refuse(modules, away_from_home)
    assert not offences, "\n".join(offences)


def test_heavy_packages_are_imported_where_they_are_used(modules: list[Module]) -> None:
    offences = refuse(modules, heavy_at_the_top)
    assert not offences, "\n".join(offences)


def test_no_circle_among_modules_or_packages(modules: list[Module]) -> None:
    for graph in (import_graph.module_graph(modules), import_graph.package_graph(modules)):
        circles = [" <-> ".join(circle) for circle in import_graph.circles(graph)]
        assert not circles, "\n".join(circles)


def test_the_layers_are_drawn_from_low_to_high(modules: list[Module]) -> None:
    rows = list(MAY_IMPORT)
    for at, (place, allowed) in enumerate(MAY_IMPORT.items()):
        assert {row(name) for name in allowed} <= set(rows[:at]), place
    homeless = {module.name for module in modules if module.name != "grader"} & {
        module.name for module in modules if row(module.name) == "grader"
    }
    assert not homeless, "a new package needs a row in MAY_IMPORT"


def unused(modules: list[Module]) -> list[str]:
    """What a row of MAY_IMPORT allows, and no module of its package imports."""
    imported = {place: set[str]() for place in MAY_IMPORT}
    for module in modules:
        imported[row(module.name)].update(each.name for each in module.imports)
    return [
        f"{place} imports no {allowed}"
        for place, rows in MAY_IMPORT.items()
        for allowed in rows
        if not any(within(name, allowed) for name in imported[place])
    ]


def test_the_layers_allow_no_more_than_is_used(modules: list[Module]) -> None:
    assert not unused(modules)


def test_what_is_allowed_and_not_used_is_found(modules: list[Module]) -> None:
    without = [module for module in modules if not within(module.name, "grader.marking")]
    assert "grader.marking imports no grader.reports" in unused(without)


def trespasser(tmp_path: Path, place: str, text: str) -> list[Module]:
    """A module with ``text`` in it, as if it stood in ``place``."""
    path = tmp_path / f"{place.replace('.', '/')}.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return [import_graph.read_module(tmp_path, path)]


@pytest.mark.parametrize(
    "statement",
    [
        "from grader.notebook import release",
        "from ..notebook import release",
        "from .. import notebook",
        "try:\n    import grader.notebook.release\nexcept ImportError:\n    pass",
        "if 1:\n    from grader.notebook import release",
        "with open('a'):\n    from grader.notebook import release",
        "class A:\n    from grader.notebook import release",
        "def f():\n    if 1:\n        from grader.notebook import release",
        "async def f():\n    from ..notebook import release",
    ],
)
def test_an_upward_import_is_found(tmp_path: Path, statement: str) -> None:
    assert refuse(trespasser(tmp_path, "grader.checks.images", statement), beyond_its_row)


def test_an_import_out_of_a_layer_is_found(tmp_path: Path) -> None:
    upward = trespasser(tmp_path / "a", "grader.notebook.judging.clock", "from ..plugins import x")
    beside = trespasser(tmp_path / "b", "grader.referee.store.runs", "from ..training import x")
    below = trespasser(tmp_path / "c", "grader.referee.service.local", "from ..training import x")
    assert refuse(upward, out_of_its_layer)
    assert refuse(beside, out_of_its_layer)
    assert not refuse(below, out_of_its_layer)


@pytest.mark.parametrize(
    ("place", "statement", "rule"),
    [
        ("grader.lab.server", "def f():\n    import nbgrader.api", away_from_home),
        ("grader.cli", "from matplotlib import pyplot", away_from_home),
        ("grader.reports.feedback.page", "import rapidfuzz", away_from_home),
        ("grader.errors", "import numpy", not_of_the_standard_library),
        ("grader.model", "def f():\n    import msgspec", not_of_the_standard_library),
        ("grader.referee.training.loop", "try:\n    import keras\nfinally: pass", heavy_at_the_top),
        ("grader.checks.figures", "if True:\n    import matplotlib.figure", heavy_at_the_top),
        ("grader.checks.images", "class A:\n    from scipy import ndimage", heavy_at_the_top),
    ],
)
def test_a_package_of_others_in_the_wrong_place_is_found(
    tmp_path: Path, place: str, statement: str, rule: Callable[[Module, Import], bool]
) -> None:
    assert refuse(trespasser(tmp_path, place, statement), rule)


def test_an_import_that_never_runs_or_runs_late_is_not_heavy(tmp_path: Path) -> None:
    late = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import keras\n"
    late += "def f():\n    import tensorflow\n"
    assert not refuse(trespasser(tmp_path, "grader.checks.images", late), heavy_at_the_top)


def test_circles_are_found_in_functions_too(tmp_path: Path) -> None:
    package = tmp_path / "grader"
    (package / "low").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "low" / "__init__.py").touch()
    (package / "low" / "a.py").write_text("def f():\n    from .b import g\n")
    (package / "low" / "b.py").write_text("try:\n    from . import a\nexcept OSError: pass\n")
    (package / "low" / "c.py").write_text("from .. import high\n")
    (package / "high.py").write_text("from grader.low.d import x\n")
    (package / "low" / "d.py").write_text("if TYPE_CHECKING:\n    from . import c, d\n")
    modules = import_graph.read(tmp_path, "grader")
    assert import_graph.circles(import_graph.module_graph(modules)) == [
        ["grader.low.a", "grader.low.b"]
    ]
    assert import_graph.circles(import_graph.package_graph(modules)) == [
        ["grader.high", "grader.low"]
    ]
