"""Grades many submissions, honest and hostile, with ``grader watch`` beside; sees what grows.

``python -m tests.soak --submissions 1000`` grades them in rounds, by one engine in one process,
while students hand in through an exchange that fills. After each round, when nothing is judged, it
looks at memory, descriptors, processes, threads, mounts, control groups, sockets and folders. At
the end it ends both and sees what is left. It prints a table, draws a plot, and ends with 1 if
something grew or was left, or a verdict was not the expected one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tests.attacks.attacked import agrees
from tests.conftest import ROOT
from tests.patience import eventually
from tests.soak import page
from tests.soak.drawn import Drawn, Soaked, soaked
from tests.soak.page import Soak
from tests.soak.samples import Sample
from tests.soak.tree import Tree
from tests.soak.watching import Watching

_ROUNDS = 40  # at most; a round has ten submissions or more, so that each has the same kinds
_WATCHED = 5  # submissions for each one that is handed in through the exchange
_GONE_SECONDS = 30.0


class Grading:
    """The process that grades, and what it was told to do."""

    def __init__(self, course: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.grading", str(course)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what attackers print, and faults that a result tells
            text=True,
        )

    def begin(self, drawn: Sequence[Drawn]) -> None:
        """Let it grade them."""
        students = defaultdict(list)
        for each in drawn:
            students[each.assignment].append(each.student)
        assert self.process.stdin is not None
        print(json.dumps(students), file=self.process.stdin, flush=True)

    def finish(self, drawn: Sequence[Drawn]) -> list[str]:
        """Wait until it has; returns a line for each that got other verdicts than expected."""
        expected, wrong = {each.student: each for each in drawn}, list[str]()
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if not said:
                return wrong
            ((student, (letters, problem)),) = said.items()
            due = expected.pop(student)
            if not agrees(letters, due.expected):
                wrong.append(f"{due}: {letters or problem}")
        raise RuntimeError(f"the grading process ended with {self.process.wait()}")

    def end(self) -> None:
        """Let it end by itself."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, and tell what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--plot", type=Path, default=ROOT / "build" / "soak.png")
    parser.add_argument(
        "--page", type=Path, help="write the section of this page, between its markers"
    )
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        soak = _soak(Path(folder), given.submissions, given.seed)
    Console(width=110).print(page.table(soak))
    for line in (*soak.wrong, *(f"left: {each}" for each in soak.left)):
        print(line)
    given.plot.parent.mkdir(parents=True, exist_ok=True)
    page.plot(soak, given.plot)
    print(f"The plot is in {given.plot}")
    if given.page:
        page.write(soak, given.page)
    return not soak.well


def _soak(folder: Path, submissions: int, seed: int) -> Soak:
    Path(folder).chmod(0o755)  # student code may run as nobody
    watching = Watching(folder / "watched")
    with soaked(folder / "graded", seed) as course:
        grading = Grading(course.settings.root)
        tree = Tree({"grading": grading.process.pid, "service": watching.process.pid})
        try:
            taken, wrong, watched = _rounds(course, grading, watching, tree, submissions)
        finally:
            # Of submissions; who reaps what both leave at their own end is the machine's matter.
            eventually(lambda: not tree.zombies(), _GONE_SECONDS)
            left = tree.zombies()
            grading.end()
            watching.end()
            eventually(lambda: not tree.left(), _GONE_SECONDS)
            left += tree.left()
            tree.close()
    command = f"make soak SOAK='--submissions {submissions} --seed {seed}'"
    return Soak(taken, watched, wrong, left, command)


def _rounds(
    course: Soaked, grading: Grading, watching: Watching, tree: Tree, submissions: int
) -> tuple[list[Sample], list[str], int]:
    """Samples, the first of them once all is warm; wrong verdicts; how many were watched."""
    size = max(10, -(-submissions // _ROUNDS // 10) * 10)
    taken: list[Sample] = []
    wrong: list[str] = []
    done, watched = -size, 0  # a round to warm up, which is not counted
    while done < submissions:
        drawn, begin = [course.hand_in() for _ in range(size)], time.monotonic()
        grading.begin(drawn)
        for _ in range(size // _WATCHED):
            watching.submit()
        wrong += grading.finish(drawn)
        watching.settle()
        seconds = time.monotonic() - begin
        done, watched = done + size, watched + size // _WATCHED
        eventually(lambda: _is_quiet(tree), 5.0)
        taken.append(tree.sample(done, seconds))
        print(f"{done} of {submissions}, {size} in {seconds:.0f} s", flush=True)
    return taken, wrong, watched


def _is_quiet(tree: Tree) -> bool:
    """Whether nothing of a submission is there any more."""
    return not any("-judge-" in each or "-sandbox-" in each for each in tree.made())


if __name__ == "__main__":
    sys.exit(main())
