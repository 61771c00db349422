"""What a newcomer types first."""

from __future__ import annotations

import subprocess

import pytest

from tests.conftest import ROOT


@pytest.mark.process
def test_make_alone_installs_nothing_and_lists_what_there_is() -> None:
    # The tests themselves may be run by make, and a make in a make tells its folder.
    make = ["make", "--no-print-directory"]
    said = subprocess.run(make, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lines = said.splitlines()
    assert lines[0].startswith("The first target that needs it makes .venv")
    assert {"demo", "test", "quick", "lab"} <= {line.split()[1] for line in lines[1:]}
    assert all(len(line.split()) > 3 for line in lines[1:])
