"""The documentation builds as a site, without warnings and without TensorFlow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

_BUILD = """
import sys
from sphinx.cmd.build import main

status = main(sys.argv[1:])
heavy = {"tensorflow", "keras", "jax"} & sys.modules.keys()
sys.exit(status or (f"the build imported {sorted(heavy)}" if heavy else 0))
"""


@pytest.mark.process
def test_the_site_builds_without_a_warning_and_without_tensorflow(tmp_path: Path) -> None:
    options = ["--quiet", "--fail-on-warning", "--keep-going", "-d", str(tmp_path / "doctrees")]
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, *options, str(ROOT / "docs"), str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for page in (
        "index",
        "reference/checks",
        "reference/cli",
        "notebooks/mnist_998/mnist_998",
        "exercises/mnist_998",
    ):
        assert (tmp_path / "site" / f"{page}.html").is_file(), page
    with_formulas = tmp_path / "site" / "notebooks/cnn_exploration/cnn_exploration.html"
    text = with_formulas.read_text()
    assert text.count('display="block"') == 2
    assert "$$" not in text
