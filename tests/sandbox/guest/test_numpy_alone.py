"""What cells meet where numpy is the only library, in this process."""

from __future__ import annotations

import ast
import sys
from types import SimpleNamespace

import pytest

from grader.sandbox.guest import numpy_alone


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> object:
    """Runs a cell as the kernel would, and returns the names that it leaves."""
    transformers: list[ast.NodeTransformer] = []
    shell = SimpleNamespace(ast_transformers=transformers)
    monkeypatch.setattr(numpy_alone, "get_ipython", lambda: shell)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    numpy_alone.install()

    def run(cell: str) -> dict[str, object]:
        space: dict[str, object] = {}
        tree = ast.parse(cell)
        for transformer in transformers:
            tree = transformer.visit(tree)
        exec(compile(tree, "<cell>", "exec"), space)
        return space

    yield run
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        del sys.modules[name]


def test_what_fails_keeps_nothing_below_from_running(run: object) -> None:
    space = run("from __future__ import annotations\nx = 1 / 0\ny = 2\nraise OSError\nz = 3")  # type: ignore[operator]
    assert "x" not in space
    assert (space["y"], space["z"]) == (2, 3)


def test_a_library_that_is_missing_is_named_where_it_is_used(run: object) -> None:
    space = run("import no_such.thing as t\nfrom no_such import convolve2d, other\ny = 1")  # type: ignore[operator]
    assert space["y"] == 1
    for use in (lambda: space["t"].signal, lambda: space["convolve2d"](1)):  # type: ignore[attr-defined,operator]
        with pytest.raises(ModuleNotFoundError, match="no_such"):
            use()
    run("from no_such import *")  # type: ignore[operator]


def test_drawing_draws_nothing(run: object) -> None:
    space = run(  # type: ignore[operator]
        "import matplotlib.pyplot as plt\n"
        "from matplotlib.colors import Normalize\n"
        "plt.figure(figsize=(2, 2)); plt.imshow([[1]], cmap='gray').set_clim(0, 1); plt.show()\n"
        "figure, axes = plt.subplots(2, 3)\n"
        "for row in axes:\n    for axis in row:\n        axis.set_title('x')\n"
        "_, one = plt.subplots()\none.plot([1])\n"
        "_, table = plt.subplots(1, 2, squeeze=False)\n"
        "shape, flat = axes.shape, table[0][1]\n"
        "with plt.style.context('x') as style:\n    done = True\n"
    )
    assert space["shape"] == (2, 3)
    assert isinstance(space["flat"], numpy_alone.Drawing)
    assert space["done"]
