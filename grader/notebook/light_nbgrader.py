"""Imports nbgrader without the extensions of Jupyter's server that come with it.

``nbgrader/__init__.py`` imports them to name them to a server, and with them JupyterLab's server,
all of nbgrader's programs and nbconvert: half a second of processor time in every process.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_PACKAGE = "nbgrader.server_extensions"
_EXTENSIONS = ("assignment_list", "course_list", "validate_assignment", "formgrader")
_LOAD = "load_jupyter_server_extension"


def import_nbgrader() -> None:
    """Import nbgrader; the extensions are imported when they are first used."""
    if "nbgrader" in sys.modules:
        return
    stand_ins = {f"{_PACKAGE}.{name}": _stand_in(f"{_PACKAGE}.{name}") for name in _EXTENSIONS}
    stand_ins[_PACKAGE] = ModuleType(_PACKAGE)
    sys.modules.update(stand_ins)
    try:
        nbgrader = importlib.import_module("nbgrader")
    finally:
        for name in stand_ins:
            del sys.modules[name]
    vars(nbgrader).pop("server_extensions", None)


def _stand_in(name: str) -> ModuleType:
    """A module whose function to load the extension imports the real one."""

    def load(app: Any) -> Any:
        return getattr(importlib.import_module(name), _LOAD)(app)

    module = ModuleType(name)
    setattr(module, _LOAD, load)
    return module
