"""Follows a page of docs/ as a reader would: runs its commands and compares their output.

In a block fenced as ``console`` a line that begins with ``$ `` is a command, ``> `` continues it,
and the lines below are its output. ``...`` stands for any lines, no output shown for any output.
Times may differ. Nothing else in the page is run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

from sybil import Document, Example
from sybil.parsers.markdown import CodeBlockParser

from tests.conftest import ROOT

# A page shows what a terminal shows; one that knows no commands has neither colours nor bars.
_TERMINAL = {"TTY_COMPATIBLE": "1", "TERM": "dumb", "COLUMNS": "80"}
_STEP = re.compile(r"^\$ (.*(?:\n>.*)*)\n?((?:(?!\$ ).*\n)*)", re.MULTILINE)


def follow(page: Path, folder: Path) -> int:
    """Run a page's commands in a course's folder, in order, and return how many blocks it has.

    Raises:
        SybilFailure: a command failed or printed something else; the message names the line.
    """
    parser = CodeBlockParser("console", partial(_follow_block, folder))
    blocks = list(Document.parse(str(page), parser).examples())
    for block in blocks:
        block.evaluate()
    return len(blocks)


def steps(block: str) -> list[tuple[str, str]]:
    """The commands of a block, each with the output that is shown below it."""
    found = _STEP.findall(block if block.endswith("\n") else block + "\n")
    return [(re.sub(r"\n> ?", "\n", command), shown) for command, shown in found]


def matches(shown: str, output: str) -> bool:
    """Whether a command's output is what the page shows."""
    lines = _without_times(shown).splitlines()
    pattern = "".join("(.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in lines)
    return not lines or bool(re.fullmatch(pattern + "\n*", _without_times(output)))


def _follow_block(folder: Path, block: Example) -> str | None:
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for command, shown in steps(block.parsed):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            # ROOT: this tree is what is tested, wherever `grader` was installed from.
            env=os.environ | _TERMINAL | {"PATH": paths, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(f"$ {command}\n{done.stdout}")
        if done.returncode:
            return f"$ {command}\nexit code {done.returncode}:\n{done.stdout}"
        if not matches(shown, done.stdout):
            return f"$ {command}\nexpected:\n{shown}\nreceived:\n{done.stdout}"
    return None


def _without_times(text: str) -> str:
    text = re.sub(r" *\b\d+ s\b", " N s", text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())
