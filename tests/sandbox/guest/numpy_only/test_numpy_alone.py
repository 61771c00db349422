"""What cells meet where numpy is the only library, in this process."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from grader.sandbox.guest.numpy_only import numpy_alone


def named(magic: Callable[[str], object], magic_name: str) -> None:
    """Takes the magic that stands in for IPython's own, which would clear the course's names."""
    assert (magic("-f"), magic_name) == (None, "reset")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> object:
    """Runs a cell as the kernel would, and returns the names that it leaves."""
    transformers: list[ast.NodeTransformer] = []
    shell = SimpleNamespace(ast_transformers=transformers, register_magic_function=named)
    monkeypatch.setattr(numpy_alone, "get_ipython", lambda: shell)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    # It would hold for all tests of this process: test_blocked_convolutions.py tries it.
    monkeypatch.setattr(numpy_alone, "block_convolutions", lambda: None)
    if "tensorflow" in sys.modules:
        monkeypatch.delitem(sys.modules, "tensorflow")
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
    sys.modules.pop("tensorflow", None)  # the fixture that took the real one away puts it back


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


@pytest.mark.keras  # its name alone: a stand-in is imported
def test_sums_of_tensorflow_are_numpys(run: object) -> None:
    space = run(  # type: ignore[operator]
        "import numpy as np\nimport tensorflow as tf\n"
        "total = float(tf.reduce_sum(np.ones((2, 3)) * np.array([1, 2, 3])))\n"
        "most = tf.reduce_max(tf.constant([[1.0, 5.0], [2.0, 3.0]]), axis=1).numpy().tolist()\n"
        "kept = tf.clip_by_value(tf.cast([-1, 300], tf.float32), 0, 255).numpy().tolist()\n"
        "one = tf.reduce_mean([1.0, 2.0]).numpy()\n"
        "padded = tf.pad(np.ones((1, 1)), [[1, 1], [1, 1]]).shape"
    )
    assert (space["total"], space["most"], space["kept"]) == (12.0, [5.0, 3.0], [0.0, 255.0])
    assert (space["one"], space["padded"]) == (1.5, (3, 3))


@pytest.mark.keras
@pytest.mark.parametrize(
    "use",
    ["tf.nn.conv2d(1)", "tf.keras.layers.Conv2D(1, 3)", "tf.Variable(1)", "tf.image.resize(1, 2)"],
)
def test_no_more_of_tensorflow_is_there(run: object, use: str) -> None:
    space = run(f"import tensorflow as tf\ndef f():\n    return {use}\nimport tensorflow.nn as nn")  # type: ignore[operator]
    for call in (space["f"], lambda: space["nn"].conv2d(1)):  # type: ignore[attr-defined]
        with pytest.raises(ModuleNotFoundError, match="tensorflow is blocked in this sandbox"):
            call()
