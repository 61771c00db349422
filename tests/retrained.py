"""Trains again what a store of runs holds: one recipe must give the same bits each time.

``python -m tests.stability --kept FOLDER`` grades with a store that stays; this trains each recipe
of it five times more with one trainer and with one for each core, and compares every epoch: logs
and weights, bit for bit. No kernel and no judge runs, so it costs what the trainings cost::

    python -m tests.retrained FOLDER/jax

Each finished run of trainers is a line in a file: the same command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from grader import machine
from grader.errors import RefereeError
from grader.model import Budget
from grader.referee.service import local
from grader.referee.service.client import connect
from grader.referee.service.trainer_process import Setup
from grader.referee.spec.contract import Epoch, Referee
from grader.referee.store.epoch_record import Record
from grader.referee.store.epoch_store import Store
from tests import slices
from tests.conftest import ROOT

_WHO = "tests.retrained"


@dataclass(frozen=True)
class Round:
    """All trainings of a store, carried out once more.

    Attributes:
        store: whose.
        trainers: processes side by side.
        repetition: from 1.
        epochs: that were compared.
        seconds: that it took.
        unlike: a line for each epoch with other logs or weights.
    """

    store: str
    trainers: int
    repetition: int
    epochs: int
    seconds: float
    unlike: tuple[str, ...]


def ends(store: Store) -> list[Record]:
    """The last epoch of each training that the store holds."""
    records = [record for key in store.entries() if (record := store.record(key)) is not None]
    parents = {record.parent for record in records}
    return [record for record in records if record.key not in parents]


def unlike(store: Store, end: Record, referee: Referee) -> Iterator[str]:
    """Train up to ``end`` with another store; a line for each epoch that is not as it was.

    Raises:
        RefereeError: the training there would be another one: other versions, device, threads.
    """
    for count in range(1, end.recipe.epochs + 1):
        recipe = end.recipe.upto(count)
        known = store.epoch(recipe.key(end.environment))
        if known is None:
            continue  # pruned, or a training that another one went on with
        again = referee.step(recipe, _WHO)
        if again.key != known.key:
            raise RefereeError(
                f"epoch {known.key[:12]} was trained with {dict(end.environment)}, and here the "
                "trainings are others: use the machine and the packages that it was trained with"
            )
        if not same(known, again):
            then, now = dict(known.logs), dict(again.logs)
            yield f"{known.key[:12]}, epoch {count}: {then} then, {now} now"


def same(then: Epoch, now: Epoch) -> bool:
    """Whether logs and weights are the same, bit for bit."""
    pairs = zip(then.weights, now.weights, strict=True)
    return repr(sorted(then.logs.items())) == repr(sorted(now.logs.items())) and all(
        (old.dtype, old.shape, old.tobytes()) == (new.dtype, new.shape, new.tobytes())
        for old, new in pairs
    )


def carried_out(folder: Path, data: Path, trainers: int, repetition: int) -> Round:
    """Carry out all trainings of the store in ``folder`` again, with nothing trained before."""
    store, began = Store(folder), time.monotonic()
    known = ends(store)
    if not known:
        raise RefereeError(f"{folder} holds no trainings: expected the store of a grading")
    environment = known[0].environment
    with tempfile.TemporaryDirectory(prefix="retrained-") as runs:
        setup = Setup(
            data,
            Path(runs),
            environment["backend"],
            Budget(),
            trainers=trainers,
            threads=int(environment.get("threads", 0)),
        )
        with local.started_with(setup) as address, ThreadPoolExecutor(trainers) as pool:
            lines = pool.map(lambda end: _asked(store, end, address), known)
            found = tuple(line for some in lines for line in some)
        count = len(Store(Path(runs)).entries())
    seconds = round(time.monotonic() - began, 1)
    return Round(str(folder), trainers, repetition, count, seconds, found)


def _asked(store: Store, end: Record, address: str) -> list[str]:
    with connect(address) as referee:
        return list(unlike(store, end, referee))


def read(file: Path) -> list[Round]:
    """What earlier runs have found."""
    if not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [Round(**line | {"unlike": tuple(line["unlike"])}) for line in lines]


def _continue(given: argparse.Namespace, data: Path) -> None:
    """Carry out what is missing, until time is up."""
    done = {(each.store, each.trainers, each.repetition) for each in read(given.output)}
    end = time.monotonic() + 60 * given.minutes
    given.output.parent.mkdir(parents=True, exist_ok=True)
    for repetition, trainers in _rounds(given.repeat, (1, machine.cores())):
        key = str(given.store), trainers, repetition
        if key not in done and time.monotonic() < end:
            found = carried_out(given.store, data, trainers, repetition)
            with given.output.open("a") as lines:
                lines.write(json.dumps(asdict(found)) + "\n")


def _rounds(repeat: int, trainers: Sequence[int]) -> Iterator[tuple[int, int]]:
    for repetition in range(1, repeat + 1):
        for count in sorted(set(trainers)):
            yield repetition, count


def main() -> int:
    """Train again what is missing; returns 1 where an epoch has other bits."""
    parser = argparse.ArgumentParser(prog="python -m tests.retrained", description=__doc__)
    parser.add_argument("store", type=Path, help="a folder of runs")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--whole", action="store_true", help="the trainings are on whole data")
    parser.add_argument("--minutes", type=float, default=600.0, help="begin no round after that")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "retrained.jsonl")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="retrained-data-") as folder:
        if not given.whole:
            slices.write_slices(ROOT / "data", Path(folder))
        _continue(given, ROOT / "data" if given.whole else Path(folder))
    rounds = [each for each in read(given.output) if each.store == str(given.store)]
    lines = [line for each in rounds for line in each.unlike]
    print(*lines, sep="\n")
    for each in rounds:
        way = f"{each.trainers} trainers, time {each.repetition}"
        print(f"{way}: {each.epochs} epochs, {each.seconds} s")
    print(f"{sum(each.epochs for each in rounds)} epochs again, {len(lines)} with other bits")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
