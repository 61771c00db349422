"""Grades samples again and again: the same work must get the same verdicts each time.

``python -m tests.stability --backend jax --exercise mnist_998`` grades the samples of an exercise
five times with one worker and five times with all, each time with an empty store of runs, and
compares the verdicts with those that the samples name. Each verdict is a line in a file: the same
command goes on where it was stopped. It ends with the differences, and with 1 if there are any.

``--kept FOLDER`` keeps the store of each backend there, so that a network is trained once; whether
it gives the same bits each time is for ``python -m tests.retrained FOLDER/BACKEND``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader import settings
from grader.notebook import autograde, samples
from grader.notebook.assignment import load_assignment
from tests import slices
from tests.conftest import ROOT
from tests.courses import refereed
from tests.messages_page import pattern

BACKENDS = ("tensorflow", "jax", "torch")
WORKERS = ("one", "all")
SAMPLES = ROOT / "tests" / "submissions"


@dataclass(frozen=True)
class Grading:
    """One grading of a class of samples.

    Attributes:
        exercise: the assignment.
        backend: of the referee.
        workers: ``one``, or ``all`` that cores and memory allow.
        repetition: from 1.
        kept: whether trainings of earlier gradings by this backend were found; else the store of
            runs was empty.
    """

    exercise: str
    backend: str
    workers: str
    repetition: int
    kept: bool = False


@dataclass(frozen=True)
class Seen:
    """What a claim of a sample came to in one grading.

    Attributes:
        grading: which.
        sample: the submission.
        claim: its name.
        outcome: the verdict.
        message: what the student reads, without its numbers.
    """

    grading: Grading
    sample: str
    claim: str
    outcome: str
    message: str


def names(exercise: str, whole: bool = False) -> tuple[str, ...]:
    """The samples of an exercise; those that take minutes only where the data are ``whole``."""
    folders = sorted(path.parent for path in (SAMPLES / exercise).glob("*/case.toml"))
    return tuple(each.name for each in folders if samples.load(each).minutes == whole)


def backends(exercise: str) -> tuple[str, ...]:
    """The backends that an exercise's verdicts may rest on: one where nothing is trained."""
    trains = load_assignment(settings.load(ROOT), exercise).uses_networks
    return BACKENDS if trains else BACKENDS[:1]


def graded(
    grading: Grading, chosen: Sequence[str], data: Path, folder: Path, runs: Path | None = None
) -> Iterator[tuple[Seen, ...]]:
    """Grade samples as a class; yields the claims of each.

    Args:
        grading: how.
        chosen: names of the samples.
        data: the data sets, or slices of them.
        folder: an empty one, which student code may enter.
        runs: the store; an empty one in ``folder``, if left out.

    Raises:
        RuntimeError: a sample was not graded.
    """
    with refereed(folder, data, runs, grading.backend) as course:
        for name in chosen:
            samples.hand_in(course, grading.exercise, _sample(grading.exercise, name), name)
        workers = 1 if grading.workers == "one" else None
        for result in autograde.grade(course, grading.exercise, chosen, workers=workers):
            if result.graded is None:
                raise RuntimeError(f"{grading}: {result.student}: {result.problem}")
            yield tuple(
                Seen(grading, result.student, v.claim, str(v.outcome), pattern(v.message))
                for v in result.graded.verdicts
            )


def differences(seen: Iterable[Seen]) -> list[str]:
    """A line for each claim that did not always come to what its sample names."""
    found: dict[tuple[str, str, str], Counter[tuple[str, str, str]]] = {}
    for each in seen:
        place = each.grading.exercise, each.sample, each.claim
        way = each.grading.backend, each.grading.workers, each.outcome
        found.setdefault(place, Counter())[way] += 1
    lines = []
    for (exercise, sample, claim), ways in sorted(found.items()):
        expected = str(_sample(exercise, sample).verdicts[claim])
        wrong = {way: count for way, count in ways.items() if way[2] != expected}
        if wrong:
            told = ", ".join(f"{' '.join(way)} {count}" for way, count in wrong.items())
            lines.append(
                f"{exercise}/{sample}: {claim}: expected {expected}; "
                f"of {sum(ways.values())} times: {told}"
            )
    return lines


def messages_vary(seen: Iterable[Seen]) -> list[str]:
    """A line for each claim whose message was not always the same, numbers left aside."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for each in seen:
        place = each.grading.exercise, each.sample, each.claim
        found.setdefault(place, set()).add(each.message)
    return [
        f"{'/'.join(place[:2])}: {place[2]}: {' | '.join(sorted(messages))}"
        for place, messages in sorted(found.items())
        if len(messages) > 1
    ]


def read(file: Path) -> list[Seen]:
    """What earlier runs have seen."""
    if not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [Seen(**line | {"grading": Grading(**line["grading"])}) for line in lines]


def _sample(exercise: str, name: str) -> samples.Sample:
    return samples.load(SAMPLES / exercise / name)


def _gradings(given: argparse.Namespace, exercises: Sequence[str]) -> Iterator[Grading]:
    """In an order that has been everywhere once before it is anywhere twice."""
    for repetition in range(1, given.repeat + 1):
        for exercise in exercises:
            for backend in given.backend or backends(exercise):
                for workers in given.workers or WORKERS:
                    yield Grading(exercise, backend, workers, repetition, given.kept is not None)


def _continue(given: argparse.Namespace, exercises: Sequence[str], data: Path) -> None:
    """Carry out what is missing, until time is up."""
    done = {(each.grading, each.sample) for each in read(given.output)}
    end = time.monotonic() + 60 * given.minutes
    given.output.parent.mkdir(parents=True, exist_ok=True)
    for grading in _gradings(given, exercises):
        chosen = names(grading.exercise, given.whole)
        chosen = tuple(name for name in chosen if not given.sample or name in given.sample)
        missing = [name for name in chosen if (grading, name) not in done]
        if not missing or time.monotonic() >= end:
            continue
        print(f"{grading}: {len(missing)} samples", flush=True)
        with tempfile.TemporaryDirectory(prefix="stability-") as folder:
            Path(folder).chmod(0o755)  # student code may run as nobody
            runs = given.kept and (given.kept / grading.backend).resolve()
            for seen in graded(grading, missing, data, Path(folder), runs):
                with given.output.open("a") as lines:
                    lines.writelines(json.dumps(asdict(each)) + "\n" for each in seen)


def main() -> int:
    """Grade what is missing; returns 1 where verdicts differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.stability", description=__doc__)
    parser.add_argument("--backend", action="append", choices=BACKENDS, help="default: all")
    parser.add_argument("--exercise", action="append", help="default: all")
    parser.add_argument("--sample", action="append", help="default: all")
    parser.add_argument("--workers", action="append", choices=WORKERS, help="default: both")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--whole", action="store_true", help="samples that need the whole data")
    parser.add_argument("--kept", type=Path, help="folder of the backends' stores, which stay")
    parser.add_argument("--minutes", type=float, default=600.0, help="begin no grading after that")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "stability.jsonl")
    given = parser.parse_args()
    exercises = given.exercise or [each.name for each in sorted(SAMPLES.iterdir())]
    with tempfile.TemporaryDirectory(prefix="stability-data-") as folder:
        Path(folder).chmod(0o755)
        if not given.whole:
            slices.write_slices(ROOT / "data", Path(folder))
        _continue(given, exercises, ROOT / "data" if given.whole else Path(folder))
    seen = read(given.output)
    print(*messages_vary(seen), sep="\n")
    wrong = differences(seen)
    print(*wrong, sep="\n")
    count = len({(each.grading, each.sample) for each in seen})
    print(f"{count} gradings of samples, {len(wrong)} claims with other verdicts than expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    sys.exit(main())
