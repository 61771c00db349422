"""Lets a machine fail at every moment of grading a small class, and sees what comes of it.

``python -m tests.faults`` disturbs each command at moments that are drawn, by each fault in turn:
``--moments 1000`` goes through all. The disk is a real one, a tmpfs that bubblewrap mounts. After
each fault the same command runs again and must leave what an undisturbed run leaves. The command
ends with a table, and with 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import functools
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.faults.disturb import Trial

DISK_BYTES = 64 << 20
MOMENTS = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Disturb, print what was wrong as it is found, and a table at the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--moments", type=int, default=MOMENTS, help="of each command and fault")
    parser.add_argument("--part", default="1/1", help="of the moments: 2/4 is the second of four")
    parser.add_argument("--only", default="", help="words of a row, such as 'grade, full disk'")
    parser.add_argument("--disk", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.disk is None:
        return _on_a_disk(sys.argv[1:] if arguments is None else arguments)
    _preload()
    begin = time.monotonic()
    trials = _trials(given)
    Console(width=100).print(_table(trials))
    wrong = sum(bool(trial.problems) for trial in trials)
    seconds = time.monotonic() - begin
    print(f"{len(trials)} faults in {seconds:.0f} s, seed {given.seed}: {wrong} went wrong")
    return bool(wrong or not trials)


def _on_a_disk(arguments: Sequence[str]) -> int:
    """Run the same in a process that sees a small file system of its own."""
    import subprocess

    with tempfile.TemporaryDirectory(prefix="faults-disk-") as disk:
        mount = ["bwrap", "--dev-bind", "/", "/", "--size", str(DISK_BYTES), "--tmpfs", disk]
        again = [sys.executable, "-m", "tests.faults", "--disk", disk, *arguments]
        return subprocess.run([*mount, "--die-with-parent", "--", *again], check=False).returncode


def _preload() -> None:
    """Import what all commands need, and ask alembic once: each command is a fork of this."""
    import importlib

    from nbgrader import api

    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for name in (
        "grader.classroom.grade_class",
        "grader.notebook.exports.course",
        "grader.notebook.overrides",
        "grader.notebook.recording",
        "grader.notebook.release",
        "grader.notebook.reporting.feedback",
        "grader.watch.service",
    ):
        importlib.import_module(name)
    api.get_alembic_version = functools.cache(api.get_alembic_version)
    api.get_alembic_version()


def _trials(given: argparse.Namespace) -> list[Trial]:
    from tests.faults import disturb, service
    from tests.faults.commands import COMMANDS
    from tests.faults.kinds import FAULTS, Fault
    from tests.faults.no_processes import NO_PROCESSES

    seed, (part, parts) = given.seed, map(int, given.part.split("/"))
    every: dict[str, tuple[Any, tuple[Fault, ...]]] = {
        command.name: (partial(disturb.Disturbed, given.disk, command), (*FAULTS, NO_PROCESSES))
        for command in COMMANDS
    }
    every["watch"] = partial(service.DisturbedService, given.disk), service.SERVICE_FAULTS
    trials = []
    for name, (made, known) in every.items():
        faults = [fault for fault in known if given.only in f"{name}, {fault.name}"]
        if not faults:
            continue
        with made() as disturbed:
            for fault in faults:
                chance = random.Random(f"{seed} {name} {fault.name}")
                moments = disturb.chosen(disturbed.moments, given.moments, chance)
                for moment in moments[part - 1 :: parts]:
                    trials.append(disturbed.at(fault, moment, seed))
                    _tell(trials[-1])
    return trials


def _tell(trial: Trial) -> None:
    if trial.problems:
        said = (trial.ended.complained or trial.ended.said)[-1500:]
        print(f"{trial.what}, moment {trial.moment}: {'; '.join(trial.problems)}\n{said}")


def _table(trials: Sequence[Trial]) -> Table:
    table = Table("disturbed", "moments", "ended with", "wrong")
    for what in dict.fromkeys(trial.what for trial in trials):
        some = [trial for trial in trials if trial.what == what]
        codes = sorted({trial.ended.code for trial in some})
        wrong = sum(bool(trial.problems) for trial in some)
        table.add_row(what, str(len(some)), ", ".join(map(str, codes)), str(wrong or ""))
    return table


if __name__ == "__main__":
    sys.exit(main())
