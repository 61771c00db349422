"""Every public function of the checks says what it takes, and shows how a test cell calls it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from grader import checks

FUNCTIONS = {
    f"{module.name}.{name}": function
    for module in pkgutil.iter_modules(checks.__path__)
    if module.name not in ("protocols", "callback_notes")  # the examiner's, not for test cells
    for name, function in vars(importlib.import_module(f"grader.checks.{module.name}")).items()
    if inspect.isfunction(function)
    and function.__module__ == f"grader.checks.{module.name}"
    and not name.startswith("_")
}


def sections(function: Callable[..., Any]) -> dict[str, str]:
    """The sections of a docstring by their headings."""
    parts = re.split(r"^(\w+):\n", inspect.getdoc(function) or "", flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_argument_is_described(name: str) -> None:
    described = re.findall(r"^    (\w+):", sections(FUNCTIONS[name]).get("Args", ""), re.MULTILINE)
    assert described == list(inspect.signature(FUNCTIONS[name]).parameters)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_calls_the_function(name: str) -> None:
    _, _, code = sections(FUNCTIONS[name])["Example"].partition("::\n")
    tree = ast.parse(textwrap.dedent(code))
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert name.rpartition(".")[2] in called
