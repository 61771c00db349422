"""The texts of checks' modules that travel to a kernel, to gather facts beside an object."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

from grader.parsing import parse


def sources(module: str) -> dict[str, str]:
    """The texts of a module of ours and of those that it imports, each after what it needs."""
    texts: dict[str, str] = {}

    def visit(name: str) -> None:
        text = _source(name)
        for node in ast.walk(parse(text)):
            needed = str(node.module) if isinstance(node, ast.ImportFrom) else ""
            if needed.startswith("grader.") and needed not in texts:
                visit(needed)
        texts[name] = text

    visit(module)
    return texts


def _source(name: str) -> str:
    """The text of a module, or of a package's ``__init__.py``."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} has no source that could be sent to a kernel", name=name)
    return Path(spec.origin).read_text()
