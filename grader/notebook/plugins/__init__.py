"""The classes and the filter that course_config.py names, by one stable path each.

An attribute is imported when it is first asked for: `nbgrader collect` does not load what judges
submissions.

Process: nbgrader.
Touches: what nbgrader gives each step: notebook, folders, gradebook.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

# The template of the formgrader's page on a submission.
FORMGRADER_PAGE = str(Path(__file__).parent / "templates" / "formgrader.html.j2")

# The module of each attribute. By name and not by import: nbgrader's commands load only their own.
_MODULES = {
    "CarefulCollect": "grader.notebook.plugins.collect",
    "CarefulExtractor": "grader.notebook.plugins.extract",
    "CollectHints": "grader.notebook.plugins.collect_hints",
    "FeedbackExporter": "grader.notebook.reporting.feedback",
    "JudgeClaims": "grader.notebook.plugins.autograde_steps",
    "RebuildNotebook": "grader.notebook.plugins.autograde_steps",
    "SaveVerdicts": "grader.notebook.plugins.autograde_steps",
    "SubmissionExporter": "grader.notebook.plugins.exporter",
    "markdown": "grader.notebook.plugins.formgrader",
}


def __getattr__(name: str) -> Any:
    """Import an attribute; called by Python where the module has none of this name yet."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted(_MODULES)
