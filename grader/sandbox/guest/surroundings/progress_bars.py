"""Loops that show their progress with tqdm run where it is not installed, and show none.

Such a bar is for somebody who waits. The code in the loop does not rest on it, and a missing
package would cost every claim on the function around it.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from typing import Any

_NAME = "tqdm"
_MODULES = {f"{_NAME}.{name}" for name in ("auto", "autonotebook", "keras", "notebook", "std")}


class Loop:
    """What stands for ``tqdm.tqdm``: goes through a loop, counts, and draws nothing."""

    def __init__(
        self,
        iterable: Iterable[Any] | None = None,
        desc: object = None,
        total: Any = None,
        **_: Any,
    ) -> None:
        self.iterable, self.desc, self.total, self.n = iterable, desc, total, 0
        self.disable = False

    def __iter__(self) -> Iterator[Any]:
        for each in self.iterable if self.iterable is not None else ():
            yield each
            self.n += 1

    def __len__(self) -> int:
        return len(self.iterable) if isinstance(self.iterable, Sized) else int(self.total)

    def __bool__(self) -> bool:
        return True

    def __enter__(self) -> Loop:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, n: float = 1) -> None:
        """Count."""
        self.n += n  # type: ignore[assignment]  # tqdm counts in fractions, too

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Its other methods, such as ``set_postfix``, only draw."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_, **__: None

    @staticmethod
    def write(s: object, *_: Any, end: str = "\n", **__: Any) -> None:
        """Print a text, as it does between bars."""
        print(s, end=end)


def _range(*arguments: int, **options: Any) -> Loop:
    return Loop(range(*arguments), **options)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ``tqdm`` and its modules behind all that is installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A module for a name that programs import; None for all others."""
        if fullname != _NAME and fullname not in _MODULES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=fullname == _NAME)

    def exec_module(self, module: types.ModuleType) -> None:
        """Give it the names that programs use."""
        if module.__name__ == _NAME:
            print("tqdm has no effect here: it is not installed. Its loops run without a bar.")
        for name in ("tqdm", "tqdm_notebook"):
            setattr(module, name, Loop)
        for name in ("trange", "tnrange"):
            setattr(module, name, _range)
        if module.__name__ == f"{_NAME}.keras":
            module.TqdmCallback = _callback()  # type: ignore[attr-defined]


def _callback() -> type:
    """What stands for ``tqdm.keras.TqdmCallback``: a callback that draws nothing."""
    import keras

    class TqdmCallback(keras.callbacks.Callback):
        def __init__(self, *_: Any, **__: Any) -> None:
            super().__init__()

    return TqdmCallback


def pass_over_missing() -> None:
    """Have ``import tqdm`` find something that draws nothing where it is not installed."""
    if not any(isinstance(each, Finder) for each in sys.meta_path):
        sys.meta_path.append(Finder())
