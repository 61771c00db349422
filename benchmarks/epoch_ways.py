"""One way to train the reference network, in a process that trains a slice each time it is asked.

Reads a line from stdin for each slice, and answers with a line of JSON: seconds of processor time
and seconds on the clock. The process stays, so that several ways can take turns.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

BATCH = 32
WARM_UP = 10  # steps: everything is compiled and every weight has its moments

Epoch = Callable[[Any], Any]


@dataclass(frozen=True)
class Slice:
    """What a slice took, in seconds; ``cpu`` is that of all threads of the process."""

    cpu: float
    wall: float


def made(way: str, model: Any, images: Any, labels: Any) -> Epoch:
    """What trains an epoch: a loop of the referee's by its name, or a part of one."""
    from grader.referee.training import fused_adam, loops
    from grader.referee.training.graph_loop import GraphLoop

    epoch: Epoch
    if way == "graph":
        epoch = GraphLoop(model, images, labels, BATCH).epoch
        return epoch
    if way == "fit, fused Adam":
        fused_adam.install(model.optimizer)
        way = loops.FIT
    epoch = loops.make(way, model, images, labels, BATCH).epoch
    return epoch


def prepare(way: str, data: Path, steps: int) -> Callable[[], Slice]:
    """Build and compile everything; what is returned trains a slice of so many steps."""
    import numpy as np

    from benchmarks.training import reference, scaled
    from grader.datasets import load
    from grader.referee.training import determinism

    determinism.enable_determinism()
    (raw, labels), _ = load(data, "mnist")
    epoch = made(way, reference(), scaled(raw), labels.astype(np.int64))
    orders = np.random.default_rng(0)
    count = steps * BATCH
    epoch(orders.permutation(len(raw))[: WARM_UP * BATCH])
    epoch(orders.permutation(len(raw))[:count])  # JAX compiles for a number of steps

    def train() -> Slice:
        order = orders.permutation(len(raw))[:count]
        cpu, wall = time.process_time(), time.perf_counter()
        epoch(order)
        return Slice(time.process_time() - cpu, time.perf_counter() - wall)

    return train


def main() -> None:
    """Serve slices until stdin ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backend")
    parser.add_argument("way")
    parser.add_argument("threads", type=int)
    parser.add_argument("steps", type=int)
    parser.add_argument("data", type=Path)
    given = parser.parse_args()
    from grader.referee.training import backends

    backends.prepare_environment(given.backend, given.threads)
    train = prepare(given.way, given.data, given.steps)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(asdict(train())), flush=True)


if __name__ == "__main__":
    main()
