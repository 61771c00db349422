"""Carries out every attack of the corpus and every twin, a row for each; ``make siege``.

``python -m tests.attacks.siege`` lets two workers attack a course each. A row says what was
expected and what came, how long it took, what the attack reached outside of its sandbox, and what
grading left on the machine. Each row is a line in a file: the same command goes on where it was
stopped. It ends with a summary, and with 1 if a row is wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.notebook.class_run import Result
from grader.notebook.judging import judge_process
from tests.attacks.attacked import SECONDS, Class, agrees, attacked_class, letters
from tests.attacks.cases import ATTACKS, TRIALS
from tests.attacks.leftovers import Watcher
from tests.attacks.on_exercises import ON_EXERCISES
from tests.attacks.submissions import RIGHT, Attack, HandedIn
from tests.attacks.trials import Trial
from tests.conftest import ROOT

Case = Attack | Trial
CASES: tuple[Case, ...] = (*ATTACKS, *TRIALS)
NOT_HERE = "cannot be tried here"  # an ordinary user makes no devices, for example
WORKERS = 2


@dataclass(frozen=True)
class Row:
    """What came of one attack, or of its twin.

    Attributes:
        name, number: of the case.
        hostile: whether it is the attack; else it is its twin.
        expected: outcomes of claims, a refusal, or words.
        received: the same.
        right: whether what was received is what was expected.
        earned: whether a claim passed that had to fail.
        seconds: that it took.
        traces: what was reached outside of the sandbox.
        left: what was left on the machine.
        peer: whether the honest student has the same points as before.
    """

    name: str
    number: int
    hostile: bool
    expected: str
    received: str
    right: bool
    earned: bool
    seconds: float
    traces: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    peer: bool = True

    @property
    def well(self) -> bool:
        """Whether all is as it must be."""
        return self.right and not self.earned and not self.traces and not self.left and self.peer

    def __str__(self) -> str:
        side = "attack" if self.hostile else "twin"
        words = [f"{self.number:3} {self.name:28} {side:6} {self.seconds:6.1f} s"]
        words.append(f"{self.received or 'nothing'} (expected {self.expected})")
        words += [f"TRACE {trace}" for trace in self.traces]
        words += [f"LEFT {left}" for left in self.left]
        words += ["" if self.peer else "THE CLASSMATE'S POINTS CHANGED"]
        return ("   " if self.well else "!! ") + "  ".join(filter(None, words))


def rows_of_attack(attack: Attack, attacked: Class, watcher: Watcher) -> Iterator[Row]:
    """The rows of a submission and of its twin."""
    expected = f"refused: {attack.refused}" if attack.refused else attack.outcomes
    before, there, start = attacked.peer_score(), watcher.now(), time.monotonic()
    result = None if attack.dangerous and not attacked.sandboxed else _attacked(attack, attacked)
    if result is None:
        yield Row(attack.name, attack.number, True, expected, NOT_HERE, True, False, 0.0)
        return
    received = letters(result)
    refused = not attack.refused or attack.refused in result.problem
    yield Row(
        attack.name,
        attack.number,
        hostile=True,
        expected=expected,
        received=received or f"refused: {result.problem[-160:]}",
        right=agrees(received, attack.outcomes) and refused,
        earned=_earned(received, attack.outcomes),
        seconds=time.monotonic() - start,
        traces=tuple(attacked.world.traces(attack.name)),
        left=tuple(watcher.left(there)),
        peer=attacked.peer_score() == before,
    )
    start = time.monotonic()
    received, traces = attacked.twin(attack)
    yield Row(
        attack.name,
        attack.number,
        hostile=False,
        expected=RIGHT,
        received=received,
        right=received == RIGHT,
        earned=False,
        seconds=time.monotonic() - start,
        traces=tuple(traces),
        left=tuple(watcher.left(there)),
        peer=attacked.peer_score() == before,
    )


def rows_of_trial(trial: Trial, watcher: Watcher) -> Iterator[Row]:
    """The rows of an attack on another part, and of its twin."""
    sides = ((True, trial.hostile, trial.expected), (False, trial.twin, trial.kept))
    for hostile, carry, expected in sides:
        there, start = watcher.now(), time.monotonic()
        with tempfile.TemporaryDirectory(prefix="trial-") as folder:
            received = carry(Path(folder))
        yield Row(
            trial.name,
            trial.number,
            hostile=hostile,
            expected=expected,
            received=received,
            right=received == expected,
            earned=hostile and received != expected,
            seconds=time.monotonic() - start,
            left=tuple(watcher.left(there)),
        )


def summary(rows: Iterable[Row]) -> str:
    """One line on all rows."""
    rows = list(rows)
    attacks = [row for row in rows if row.hostile]
    twins = [row for row in rows if not row.hostile]
    return (
        f"{len(attacks)} hostile cases: {_count(attacks, lambda row: row.earned)} earned an "
        f"undeserved point, {_count(attacks, lambda row: not row.right)} ended otherwise than "
        f"expected, {_count(rows, lambda row: row.traces)} reached something outside, "
        f"{_count(rows, lambda row: row.left)} left something behind, "
        f"{_count(rows, lambda row: not row.peer)} cost a classmate points; "
        f"{len(twins)} twins: {_count(twins, lambda row: not row.right)} lost one"
    )


def read(file: Path) -> list[Row]:
    """The rows of earlier runs."""
    if not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [
        Row(**line | {"traces": tuple(line["traces"]), "left": tuple(line["left"])})
        for line in lines
    ]


def missing(cases: Sequence[Case], rows: Iterable[Row]) -> list[Case]:
    """Those cases that have not both rows, and can be tried here."""
    done = {(row.name, row.hostile) for row in rows}
    done |= {(row.name, False) for row in rows if row.received == NOT_HERE}
    return [case for case in cases if not {(case.name, True), (case.name, False)} <= done]


def _attacked(attack: Attack, attacked: Class) -> Result | None:
    try:
        return attacked.attack(attack)
    except PermissionError:  # this account cannot attack so
        return None


def _earned(received: str, expected: str) -> bool:
    """Whether a claim passed that had to fail; all of a submission that had to be refused."""
    if not expected:
        return "+" in received
    pairs = zip(received, expected, strict=False)
    return any(mark == "+" and letter not in "+*?" for mark, letter in pairs)


def _count(rows: Iterable[Row], holds: Callable[[Row], object]) -> int:
    return sum(bool(holds(row)) for row in rows)


def _append(file: Path, rows: Iterable[Row]) -> None:
    for row in rows:
        print(row, flush=True)
        with file.open("a") as lines:
            lines.write(json.dumps(asdict(row)) + "\n")


def carry_out(cases: Sequence[Case], output: Path, folder: Path) -> None:
    """Carry out cases one after the other, in a course of this process's.

    Args:
        cases: those that are carried out.
        output: gets a line for each row.
        folder: an empty one, which student code may enter.
    """
    attacks = [case for case in cases if isinstance(case, Attack)]
    # What judges are forked from stays for the next one: it is no leftover of the first trial.
    judge_process.start_server(uses_networks=False)
    with Watcher() as watcher:
        for case in cases:
            if isinstance(case, Trial):
                _append(output, rows_of_trial(case, watcher))
        if not attacks:
            return
        for name in ("course", "outside"):
            (folder / name).mkdir()
        with attacked_class(folder / "course", folder / "outside") as attacked:
            # Warm parents of both limits stay for the next submission: they are no leftovers.
            attacked.hand_in("early", HandedIn())
            attacked.grade("early", SECONDS)
            for attack in attacks:
                _append(output, rows_of_attack(attack, attacked, watcher))


def _share(given: argparse.Namespace, cases: Sequence[Case]) -> None:
    """Let workers carry out cases, each every so many of them."""
    with contextlib.ExitStack() as stack:
        for number in range(min(given.workers, len(cases))):
            names = [case.name for case in cases[number :: given.workers]]
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="siege-"))
            # It is removed when the worker has ended, and all that it has started.
            stack.enter_context(_worker(Path(folder), given.output, names))


@contextlib.contextmanager
def _worker(folder: Path, output: Path, names: Sequence[str]) -> Iterator[None]:
    """A process that carries out cases; waited for, or ended, when the context is left."""
    (folder / "tmp").mkdir()
    for place in (folder, folder / "tmp"):
        place.chmod(0o755)  # student code may run as nobody
    words = [sys.executable, "-m", "tests.attacks.siege", "--output", str(output)]
    environment = {**os.environ, "TMPDIR": str(folder / "tmp")}
    worker = subprocess.Popen([*words, "--worker", str(folder), *names], env=environment)
    try:
        yield
        worker.wait()
    finally:
        worker.terminate()
        worker.wait()


def _where_samples_run() -> Iterator[str]:
    """The attacks on exercises, which are graded with all samples, and not here."""
    for case in ON_EXERCISES:
        yield f"{case.number:3} {case.name:28} tests/test_submissions.py -k {case.assignment}"


def main() -> int:
    """Carry out what is missing; returns 1 where a row is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.siege", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="CASE", help="names or numbers of cases")
    parser.add_argument("--workers", type=int, default=WORKERS, help="default: %(default)s")
    parser.add_argument("--again", action="store_true", help="forget the rows of earlier runs")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "siege.jsonl")
    parser.add_argument("--worker", nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # and clean up
    given.output.parent.mkdir(parents=True, exist_ok=True)
    if given.worker is not None:
        folder, *names = given.worker
        carry_out([case for case in CASES if case.name in names], given.output, Path(folder))
        return 0
    cases = [c for c in CASES if not given.only or {c.name, str(c.number)} & set(given.only)]
    if not cases:
        parser.error(f"no case {', '.join(given.only)}: expected names or numbers of cases")
    if given.again:
        given.output.unlink(missing_ok=True)
    _share(given, missing(cases, read(given.output)))
    return _told(cases, read(given.output))


def _told(cases: Sequence[Case], rows: Sequence[Row]) -> int:
    names = {case.name for case in cases}
    rows = [row for row in rows if row.name in names]
    wrong = [row for row in rows if not row.well]
    undone = [case.name for case in missing(cases, rows)]
    print(*_where_samples_run(), sep="\n")
    print(*(["What is wrong:", *wrong] if wrong else []), sep="\n")
    print(*[f"not carried out: {name}; run the same command again" for name in undone], sep="\n")
    print(summary(rows))
    return int(bool(wrong or undone))


if __name__ == "__main__":
    sys.exit(main())
