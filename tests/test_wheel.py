"""What `pip wheel .` makes holds all that the package needs, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

BUILD = """
import sys
from hatchling.builders.wheel import WheelBuilder
print(*WheelBuilder(sys.argv[1]).build(directory=sys.argv[2], versions=["standard"]))
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the files in a wheel that was made for this, its metadata apart."""
    command = [sys.executable, "-c", BUILD, str(ROOT), str(tmp_path_factory.mktemp("wheel"))]
    wheel = subprocess.check_output(command, text=True).strip()
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert any(name.endswith(".dist-info/entry_points.txt") for name in names)
    return {name for name in names if ".dist-info/" not in name}


def in_package() -> set[str]:
    paths = (path for path in (ROOT / "grader").rglob("*") if path.is_file())
    return {str(path.relative_to(ROOT)) for path in paths if "__pycache__" not in path.parts}


@pytest.mark.process
def test_a_wheel_holds_the_package_and_nothing_else(files: set[str]) -> None:
    assert files == in_package()


@pytest.mark.process
@pytest.mark.parametrize(
    "name",
    [
        "grader/py.typed",
        "grader/authoring/templates/notebook.ipynb.j2",
        "grader/reports/templates/feedback.html.j2",
        "grader/sandbox/guest/PROTOCOL.md",
        "grader/sandbox/guest/agent.py",
    ],
)
def test_a_wheel_holds_what_is_no_imported_module(files: set[str], name: str) -> None:
    assert Path(ROOT, name).is_file()
    assert name in files
