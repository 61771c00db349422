"""What a sandbox sees of the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from grader.notebook.judging import start_kernel
from tests.patience import PATIENCE


def test_what_a_kernel_sees_of_the_package_needs_nothing_else_of_it(tmp_path: Path) -> None:
    for shown, path in start_kernel.warm_policy().readable.items():
        target = tmp_path / Path(shown).relative_to(start_kernel.COURSE)
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if path.is_dir() else shutil.copy)(path, target)
    code = "from grader import datasets, errors, kernel\n"
    code += "print(errors.ClaimFailed('1 is {n}', n=1), errors.__file__)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.stdout.split(maxsplit=3)[:3] == ["1", "is", "1"], done.stderr
    assert str(tmp_path) in done.stdout
