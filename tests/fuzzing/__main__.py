"""Tries many inputs: ``python -m tests.fuzzing --notebooks 10000 --minutes 60 --seed 1``.

All properties of this folder are tried in batches, each by pytest with its own seed; a share of the
notebooks is wholly graded. What fails is shown as the shortest input that fails likewise, which can
be pasted above the property as an ``@example``. Nothing is kept: the same seed tries the same.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fuzzing.graded import graded
from tests.fuzzing.running import EXAMPLES

FOLDER = Path(__file__).parent
_BATCH = 2_000  # notebooks of one process
_OF_NOTEBOOKS = 6  # properties of notebooks: each gets this part of them
_SHARE = 250  # of so many notebooks one is graded
_CLASS = 20  # notebooks that are graded together


def main() -> int:
    """Try all, and return the exit code."""
    given = _parsed()
    start, failed, tried = time.monotonic(), 0, 0
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    print(f"seed {given.seed}", flush=True)
    for number, (notebooks, classes) in enumerate(_batches(given.notebooks, given.graded)):
        if time.monotonic() - start > given.minutes * 60:
            print(f"{given.minutes} minutes are over", flush=True)
            break
        seed = given.seed + number
        failed += _batch(notebooks, seed, given.only) if notebooks else _class(classes, seed)
        tried += notebooks
        seconds = time.monotonic() - start
        print(f"{tried:,} of {given.notebooks:,} notebooks, {seconds:.0f} s", flush=True)
    print("something failed" if failed else "nothing failed", flush=True)
    return 1 if failed else 0


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebooks", type=int, default=10_000, help="tried in this process' own")
    parser.add_argument("--graded", type=int, help="of them wholly; one of 250, if left out")
    parser.add_argument("--minutes", type=float, default=60.0, help="after which no batch begins")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", default="", help="a word in the names of properties")
    given = parser.parse_args()
    if given.graded is None:
        given.graded = 0 if given.only else given.notebooks // _SHARE
    return given


def _batches(notebooks: int, whole: int) -> Iterator[tuple[int, int]]:
    """How many notebooks each batch tries; where it tries none, how many it grades."""
    for done in range(0, notebooks, _BATCH):
        yield min(_BATCH, notebooks - done), 0
    for done in range(0, whole, _CLASS):
        yield 0, min(_CLASS, whole - done)


def _batch(notebooks: int, seed: int, only: str) -> bool:
    """Try all properties in a process of their own; whether one fails."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"]
    command += [f"--hypothesis-seed={seed}", *(["-k", only] if only else []), str(FOLDER)]
    examples = str(max(1, notebooks // _OF_NOTEBOOKS))
    ended = subprocess.run(command, env=os.environ | {EXAMPLES: examples}, check=False)
    return ended.returncode != 0


def _class(count: int, seed: int) -> bool:
    """Grade notebooks; whether something is wrong."""
    report = graded(count, seed)
    print(
        f"graded: {report.graded}, refused with a reason: {report.refused}", *report.wrong, sep="\n"
    )
    return bool(report.wrong)


if __name__ == "__main__":
    sys.exit(main())
