"""Former import paths, which course_config.py of older courses names; they warn once each."""

from __future__ import annotations

import functools
import importlib
import sys
import warnings
from collections.abc import Mapping
from types import ModuleType
from typing import Any

_PLUGINS = "grader.notebook.plugins"

# Former module -> its attributes that a course names, and where they are now.
MOVED: Mapping[str, Mapping[str, str]] = {
    "grader.notebook.collecting": {"CarefulCollect": _PLUGINS},
    "grader.notebook.exporter": {"SubmissionExporter": _PLUGINS},
    "grader.notebook.extracting": {"CarefulExtractor": _PLUGINS},
    "grader.notebook.feedback": {"FeedbackExporter": _PLUGINS},
    "grader.notebook.formgrader": {"markdown": _PLUGINS},
    "grader.notebook.preprocessors": {
        "JudgeClaims": _PLUGINS,
        "RebuildNotebook": _PLUGINS,
        "SaveVerdicts": _PLUGINS,
    },
}


def register() -> None:
    """Let Python find each former module; called when ``grader.notebook`` is imported."""
    for name in MOVED:
        sys.modules.setdefault(name, _former_module(name))


def _former_module(name: str) -> ModuleType:
    """A module in the place of ``name`` whose attributes are imported from their new place."""
    module = ModuleType(name, f"Moved to {', '.join(sorted({*MOVED[name].values()}))}.")

    @functools.cache  # so that each name warns once
    def moved(attribute: str) -> Any:
        if attribute not in MOVED[name]:
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}")
        now = MOVED[name][attribute]
        warnings.warn(
            f"{name}.{attribute} has moved: name {now}.{attribute} instead, in course_config.py",
            FutureWarning,
            stacklevel=2,
        )
        return getattr(importlib.import_module(now), attribute)

    vars(module)["__getattr__"] = moved
    return module
