"""Follows a page of docs/ as a reader would: runs its commands and looks for the output it shows.

In a block fenced as ``console`` a line that begins with ``$ `` is a command, ``> `` goes on with
it, and the lines below are what must come of it, in this order; ``...`` stands for any lines. Times
may differ. Nothing else in the page is run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A command, and the lines of output that the page shows below it."""

    command: str
    shown: tuple[str, ...]


def steps(page: str) -> list[Step]:
    """What a page asks its reader to do, in order."""
    return [step for block in _BLOCK.findall(page) for step in _steps(block)]


def follow(step: Step, folder: Path) -> None:
    """Run a step in a course; fails unless it ends with 0 and shows what the page shows."""
    paths = [str(Path(sys.executable).parent), os.environ["PATH"]]
    done = subprocess.run(
        ["bash", "-c", step.command],
        cwd=folder,
        # ROOT: this tree is what is tested, wherever `grader` was installed from.
        env=os.environ | {"PATH": os.pathsep.join(paths), "PYTHONPATH": str(ROOT), "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"$ {step.command}\n{done.stdout}")
    assert done.returncode == 0, f"{step.command} ended with {done.returncode}: {done.stdout}"
    assert missing(step, done.stdout) == ""


def missing(step: Step, output: str) -> str:
    """The first line that the page shows and the output has not, at its place."""
    lines, anywhere = iter(_plain(output).splitlines()), not step.shown
    for line in map(_plain, step.shown):
        if line == "...":
            anywhere = True
        elif anywhere:
            if line not in lines:
                return line
            anywhere = False
        elif next(lines, None) != line:
            return line
    return "" if anywhere else next(filter(None, lines), "")


def _steps(block: str) -> Iterator[Step]:
    command, shown = "", list[str]()
    for line in block.splitlines():
        if line.startswith("$ "):
            if command:
                yield Step(command, tuple(shown))
            command, shown = line.removeprefix("$ "), []
        elif line.startswith(">"):
            command += f"\n{line[2:]}"
        else:
            shown.append(line)
    yield Step(command, tuple(shown))


def _plain(text: str) -> str:
    """Without what differs from run to run, and what cannot be seen."""
    text = re.sub(r" *\b\d+ s\b", " N s", text)
    return "\n".join(line.rstrip() for line in text.splitlines())
