"""Trains what was measured least, and writes the page: see ``benchmarks/README.md``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from benchmarks.errors import BenchError
from benchmarks.margins import networks, page, plan, results
from benchmarks.margins.results import Result
from grader.errors import GraderError


def main() -> int:
    """Train until time is up, or all is measured; returns 1 where something is wrong."""
    given = _parser().parse_args()
    if given.nice:
        os.nice(19)
    try:
        if not given.page_only:
            train(given)
        page.write(results.read(given.results), given.page)
    except (BenchError, GraderError) as error:
        print(f"margins: {error}", file=sys.stderr)
        return 1
    return 0


def train(given: argparse.Namespace) -> None:
    """Train, and keep each training as it is done."""
    from grader.referee.training import backends

    backends.prepare_environment(given.backend, threads=1)  # a trainer's threads by default
    from benchmarks.margins.train import Session, until
    from grader.referee.store.epoch_store import Store

    session = Session(given.data, Store(given.runs), until(given.minutes))
    some = networks.HUNDRED if given.networks else networks.MARGINS
    chosen = [network for network in some if given.only in f"{network.dataset}: {network.name}"]
    seeds = range(1 if given.networks else networks.SEEDS)
    for network, seed in plan.remaining(chosen, seeds, given.backend, given.results, given.part):
        result = session.train(network, seed)
        if result is None:
            print("time is up; the same command goes on")
            return
        results.append(result, given.results)
        print(_line(result), flush=True)


def _line(result: Result) -> str:
    return (
        f"{result.dataset}: {result.network}, seed {result.seed}: {len(result.curve)} epochs, "
        f"best {max(result.curve):.4f}, on test {result.test_accuracy:.4f}, "
        f"{result.seconds:.0f} s"
    )


def part(text: str) -> plan.Part:
    """The part that a command line names, as 1/2; an error names what was given."""
    number, slash, of = text.partition("/")
    if slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
        return plan.Part(int(number), int(of))
    raise argparse.ArgumentTypeError(f"{text!r} is no part: expected one as 1/2 or 2/2")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.margins", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="stop in time; default: 30")
    parser.add_argument("--backend", default="tensorflow", choices=networks.BACKENDS)
    parser.add_argument("--networks", action="store_true", help="the table of 100, seed 0 each")
    parser.add_argument("--only", default="", help="networks with this text in their names")
    parser.add_argument(
        "--part", type=part, default=plan.Part(), help="as 1/2: one of two side by side"
    )
    parser.add_argument("--nice", action="store_true", help="leave the machine to others")
    parser.add_argument("--page-only", action="store_true", help="train nothing")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--runs", type=Path, default=Path("build/margins/runs"))
    parser.add_argument("--results", type=Path, default=results.RESULTS)
    parser.add_argument("--page", type=Path, default=page.PAGE)
    return parser


if __name__ == "__main__":
    sys.exit(main())
