"""The command: a table, an exit code, and all of it for real once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader import doctor
from grader.cli import main
from grader.doctor import CHECKS, Check, Finding, Status
from grader.settings import Settings


@pytest.mark.parametrize(
    ("status", "needed", "code"),
    [
        (Status.OK, True, 0),
        (Status.WEAK, True, 0),
        (Status.MISSING, False, 0),
        (Status.MISSING, True, 1),
    ],
)
def test_the_exit_code_says_whether_grading_works(
    tiny_course: Settings,
    monkeypatch: pytest.MonkeyPatch,
    status: Status,
    needed: bool,
    code: int,
) -> None:
    found = Finding(status, "as found", "mend it")
    monkeypatch.setattr(doctor, "CHECKS", (Check("thing", lambda _: found, needed),))
    result = CliRunner().invoke(main, ["--course", str(tiny_course.root), "doctor"])
    assert result.exit_code == code, result.output
    assert "as found" in result.stdout


@pytest.mark.keras
@pytest.mark.kernel
def test_a_real_machine_is_looked_at_without_being_changed(tiny_course: Settings) -> None:
    """All is there (the other tests need it, too), but for this course's data sets."""
    before = sorted(tiny_course.root.rglob("*"))
    done = subprocess.run(
        [Path(sys.executable).parent / "grader", "doctor"],
        cwd=tiny_course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    rows = {
        cells[0]: cells[1]
        for cells in (line.split("\t") for line in done.stdout.splitlines()[1:])
        if len(cells) == 3
    }
    assert list(rows) == [check.name for check in CHECKS]
    needed = {"Python", "sandbox", "TensorFlow", "alembic", "gradebook", "JupyterLab"}
    for name in needed | {"warm kernels"}:
        assert rows[name] == Status.OK, done.stdout
    assert rows["data sets"] == Status.MISSING
    assert "Remedy: grader data" in done.stdout
    assert (done.returncode, done.stderr) == (1, "")
    assert sorted(tiny_course.root.rglob("*")) == before
