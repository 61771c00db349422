"""Each package says in which process it is, as docs/design.md has it, and what it may touch."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = sorted(file.parent for file in (ROOT / "grader").rglob("__init__.py"))
BELOW = [package for package in PACKAGES if package != ROOT / "grader"]


def processes() -> dict[str, str]:
    """Folder to process, from the rows of the table that name folders."""
    known = {}
    for line in (ROOT / "docs" / "design.md").read_text().splitlines():
        if line.startswith("| `grader/"):
            places, process, _ = re.split(r" \| ", line.strip("| "), maxsplit=2)
            folder = "grader"  # of the places in the row that are named without it
            for place in re.findall(r"`([\w/]+)/`", places):
                beside = place if place.startswith("grader/") else f"{folder}/{place}"
                folder = str(Path(beside).parent)
                known[beside] = re.sub(r"[`*]", "", process)
    return known


def of(package: Path, known: dict[str, str]) -> str:
    """The process of the nearest folder that the table names."""
    for folder in (package, *package.parents):
        if folder == ROOT:
            break
        if (name := str(folder.relative_to(ROOT))) in known:
            return known[name]
    return ""


@pytest.mark.parametrize("package", BELOW, ids=lambda package: str(package.relative_to(ROOT)))
def test_a_package_says_in_which_process_it_is(package: Path) -> None:
    expected = of(package, processes())
    assert expected, f"no row of the table in docs/design.md names {package.relative_to(ROOT)}"
    said = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
    assert f"Process: {expected}." in said.splitlines()


@pytest.mark.parametrize("package", BELOW, ids=lambda package: str(package.relative_to(ROOT)))
def test_a_package_says_what_it_may_touch(package: Path) -> None:
    said = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
    assert re.search(r"^Touches: [^.]{6}", said, re.MULTILINE)
