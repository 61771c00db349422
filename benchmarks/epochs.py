"""What a training step on a CPU costs in each way, and whether trainings go better side by side.

Run it as ``python -m benchmarks.epochs``. Every way has a process, and in each round all of them
train the same number of steps in turn. A ratio is taken within a round, so that what else the
machine does falls on both of its sides; the median of the rounds is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.epoch_ways import Slice

EPOCH_STEPS = 1875  # of the reference: 60,000 images, 32 a step
FIT, TAKEN = "fit", "graph, fused Adam"


@dataclass(frozen=True)
class Way:
    """A way to train: see ``benchmarks.epoch_ways``."""

    backend: str
    loop: str
    threads: int

    def __str__(self) -> str:
        """For a table."""
        return f"{self.backend}: {self.loop}, {self.threads} thread{'s' * (self.threads > 1)}"


Round = Mapping[Way, Slice]


class Trainer:
    """A process that trains a slice each time it is asked."""

    def __init__(self, way: Way, steps: int, data: Path) -> None:
        self.way = way
        arguments = [way.backend, way.loop, str(way.threads), str(steps), str(data)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.epoch_ways", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def wait(self) -> None:
        """Wait until it can train."""
        if self._line() != "ready":
            raise SystemExit(f"{self.way}: the process ended before it could train")

    def ask(self) -> None:
        """Have it train a slice."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def answer(self) -> Slice:
        """Wait for the slice that it was asked for."""
        return Slice(**json.loads(self._line()))

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def started(ways: Sequence[Way], steps: int, data: Path) -> Iterator[list[Trainer]]:
    """Processes for the ways, ready; one starts after the other."""
    trainers: list[Trainer] = []
    try:
        for way in ways:
            trainers.append(Trainer(way, steps, data))
            trainers[-1].wait()
        yield trainers
    finally:
        for trainer in trainers:
            trainer.end()


def in_turn(trainers: Sequence[Trainer]) -> Round:
    """One slice of each, one after the other."""
    slices: dict[Way, Slice] = {}
    for trainer in trainers:
        trainer.ask()
        slices[trainer.way] = trainer.answer()
    return slices


def at_once(trainers: Sequence[Trainer]) -> Slice:
    """One slice of each at the same time: all processor time, and the time of the slowest."""
    for trainer in trainers:
        trainer.ask()
    slices = [trainer.answer() for trainer in trainers]
    return Slice(sum(one.cpu for one in slices), max(one.wall for one in slices))


def ways(threads: int, backends: Sequence[str]) -> list[Way]:
    """What takes turns; the first is what the others are compared with."""
    loops = [("tensorflow", FIT), ("tensorflow", "fit, fused Adam"), ("tensorflow", "graph")]
    loops += [("tensorflow", TAKEN), ("jax", FIT), ("jax", "scan")]
    return [Way(backend, loop, threads) for backend, loop in loops if backend in backends]


def table(rounds: Sequence[Round], steps: int) -> Table:
    """A row a way."""
    shown = Table(title=f"{steps} steps of the reference network, median of {len(rounds)} rounds")
    shown.add_column("way", no_wrap=True)
    headings = ("cpu, of the first", "clock, of the first", "cpu ms/step", "clock ms/step")
    for heading in (*headings, "cpu s/epoch"):
        shown.add_column(heading, justify="right")
    base = next(iter(rounds[0]))
    for way in rounds[0]:
        cpu = statistics.median(one[way].cpu for one in rounds) / steps
        wall = statistics.median(one[way].wall for one in rounds) / steps
        shown.add_row(
            str(way),
            f"{statistics.median(one[way].cpu / one[base].cpu for one in rounds):.2f}",
            f"{statistics.median(one[way].wall / one[base].wall for one in rounds):.2f}",
            f"{cpu * 1e3:.1f}",
            f"{wall * 1e3:.1f}",
            f"{cpu * EPOCH_STEPS:.0f}",
        )
    return shown


def side_by_side(count: int, steps: int, repeat: int, data: Path) -> str:
    """Whether as many trainings as cores, a thread each, beat one after the other with all."""
    all_threads, single = Way("tensorflow", TAKEN, count), Way("tensorflow", TAKEN, 1)
    walls, cpus, alone = [], [], []
    with started([all_threads, *[single] * count], steps, data) as (shared, *singles):
        for _ in range(repeat):
            together = at_once(singles)
            in_sequence = [in_turn([shared])[all_threads] for _ in range(count)]
            walls.append(together.wall / sum(one.wall for one in in_sequence))
            cpus.append(together.cpu / sum(one.cpu for one in in_sequence))
            alone.append(in_turn(singles[:1])[single].wall / in_sequence[0].wall)
    wall, cpu, one = map(statistics.median, (walls, cpus, alone))
    every = ", ".join(f"{ratio:.2f}" for ratio in walls)
    return (
        f"{count} trainings side by side, a thread each, against one after the other with {count} "
        f"threads: {wall:.2f} of the time on the clock (rounds: {every}), {cpu:.2f} of the "
        f"processor time. One training by itself takes {one:.2f} times as long with a thread."
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.epochs", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", choices=["ways", "side-by-side"])
    parser.add_argument("--threads", type=int, help="of the ways; default: the cores")
    parser.add_argument("--backend", action="append", choices=["tensorflow", "jax"])
    given = parser.parse_args()
    console = Console(width=140)
    cores = len(os.sched_getaffinity(0))
    console.print(f"{cores} cores; load before: {_load()}")
    if given.only != "side-by-side":
        with started(
            ways(given.threads or cores, given.backend or ["tensorflow", "jax"]),
            given.steps,
            given.data,
        ) as trainers:
            rounds = [in_turn(trainers) for _ in range(given.repeat)]
        console.print(table(rounds, given.steps))
    if given.only != "ways":
        console.print(side_by_side(cores, given.steps, given.repeat, given.data))
    console.print(f"load after: {_load()}")


def _load() -> str:
    return ", ".join(f"{load:.1f}" for load in os.getloadavg())


if __name__ == "__main__":
    main()
