"""Functions, classes and modules that the examiner and a student's kernel both have, by name.

They are handed to a student's code by name and run in the student's kernel: ``math.sqrt`` needs no
question back, and no library's function runs in the examiner with arguments of a student's choice.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

# Where functions are found that do not say where they are: numpy's, and those of the global
# generators of random numbers.
_MODULES = ("builtins", "math", "operator", "random", "numpy", "numpy.random", "scipy.special")
_OURS = ("grader", "__main__")


def name_of(value: Any) -> str | None:
    """The name of a function, class or module of a library, as ``math:sqrt``; None of others."""
    if isinstance(value, ModuleType):
        return f"{value.__name__}:" if is_library(value.__name__) else None
    for module, path in _places(value):
        if is_library(module) and _found(module, path) is value:
            return f"{module}:{path}"
    return None


def is_library(name: str) -> bool:
    """Whether a module is Python's or an installed package's: none of a test's, and none of ours.

    Args:
        name: of the module.
    """
    top = name.partition(".")[0]
    if top in _OURS:
        return False
    package = sys.modules.get(top)
    place = f"{getattr(package, '__file__', '')} {[*getattr(package, '__path__', ())]}"
    return top in sys.stdlib_module_names or "site-packages" in place or "dist-packages" in place


def _places(value: Any) -> Iterator[tuple[str, str]]:
    """Modules and names under which a value may be found."""
    name = _text(value, "__name__")
    path = _text(value, "__qualname__") or name
    owner = getattr(type(value), "__objclass__", None) and value.__objclass__
    module = _text(owner, "__module__") if isinstance(owner, type) else _text(value, "__module__")
    if module and path:
        yield module, path
    if name:
        yield from ((module, name) for module in _MODULES)


def _text(value: Any, name: str) -> str:
    try:
        text = getattr(value, name, "")
    except Exception:
        return ""
    return text if type(text) is str else ""


def _found(module: str, path: str) -> Any:
    value: Any = sys.modules.get(module)
    for name in path.split("."):
        value = getattr(value, name, None)
    return value
