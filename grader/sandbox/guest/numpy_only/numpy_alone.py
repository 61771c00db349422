"""A kernel in which numpy is the only library, made fit for notebooks that also draw and read.

Work from scratch must not fail there for what it does not need: drawing draws nothing, TensorFlow's
sums are numpy's, an import that fails leaves a name whose use says which library is missing, and a
statement that fails, say on a picture that cannot be read, does not keep the definitions below it
from being run.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator, Sequence
from typing import Any

from IPython import get_ipython

from .array_functions import ArrayFunctions
from .blocked_convolutions import block_convolutions
from .missing import Missing

_DRAWS = "matplotlib"  # cannot be imported: it needs Pillow, which convolves
_THIS = f"__import__('importlib').import_module({__name__!r})"


def install() -> None:
    """Change this kernel's imports, and how it runs the statements of cells, until it ends.

    No cell has run: none can hold one of numpy's convolutions.
    """
    block_convolutions()
    sys.meta_path[:0] = [_DrawingFinder(), ArrayFunctions()]
    get_ipython().ast_transformers.append(_Tolerant())
    # What the course's own cells define is there before the first cell, and must not be cleared.
    get_ipython().register_magic_function(lambda line: None, magic_name="reset")


def missing() -> Missing:
    """What stands for a name whose import has just failed: to be called where that is handled."""
    error = sys.exc_info()[1]
    assert isinstance(error, ImportError)
    return Missing(str(error))


class Drawing:
    """A figure, axes or another part of a drawing library: takes every call, and draws nothing."""

    def __getattr__(self, name: str) -> Drawing:
        if name.startswith("__"):  # numpy and copy ask for what an object can do
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Drawing:
        """Draw nothing."""
        return self

    def __getitem__(self, _: object) -> Drawing:
        return self

    def __setitem__(self, _: object, __: object) -> None:
        pass

    def __iter__(self) -> Iterator[Drawing]:
        return iter(())

    def __enter__(self) -> Drawing:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def subplots(self, nrows: int = 1, ncols: int = 1, *, squeeze: bool = True, **_: Any) -> Any:
        """A figure and its axes, in an array of the shape that matplotlib would give."""
        import numpy as np

        axes = np.empty((nrows, ncols), dtype=object)
        for index in np.ndindex(axes.shape):
            axes[index] = Drawing()
        if not squeeze:
            return self, axes
        return self, (axes.item() if axes.size == 1 else axes.squeeze())


class _DrawingModule(types.ModuleType):
    """A module of the drawing library: each of its names draws nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        drawing = Drawing()
        return drawing.subplots if name == "subplots" else drawing


class _DrawingFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the drawing library and all modules in it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A package for a name of the library; None for all others."""
        if fullname.partition(".")[0] != _DRAWS:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """A module that draws nothing."""
        return _DrawingModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing is in it."""


class _Tolerant(ast.NodeTransformer):
    """Goes on behind a statement of a cell that fails."""

    def visit_Module(self, module: ast.Module) -> ast.Module:
        """Guard each statement of a cell by itself, and none within another."""
        module.body = [_guarded(statement) for statement in module.body]
        return ast.fix_missing_locations(module)


def _guarded(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return statement
    failed = "pass"
    if isinstance(statement, ast.Import | ast.ImportFrom):
        names = [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
        failed = "; ".join(f"{name} = {_THIS}.missing()" for name in names if name != "*") or "pass"
    kind = "ImportError" if failed != "pass" else "Exception"
    (guard,) = ast.parse(f"try: pass\nexcept {kind}: {failed}").body
    assert isinstance(guard, ast.Try)
    for node in ast.walk(guard):
        ast.copy_location(node, statement)
    guard.body = [statement]
    return guard
