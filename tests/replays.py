"""Replays samples: the same questions, asked again with the same seeds, get the same answers.

``python -m tests.replays --exercise convolution_from_scratch`` grades the samples of an exercise
in groups, and judges each once more as ``grader explain --replay`` does. Each sample is a line in a
file: the same command goes on where it was stopped. It ends with the claims that differed, and with
1 if there are any.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.model import Replayed
from grader.notebook import autograde, explain, samples
from grader.notebook.assignment import load_assignment
from grader.notebook.loaded_course import LoadedCourse
from tests import stability
from tests.conftest import ROOT
from tests.courses import refereed

GROUP = 8  # samples that are graded together, and lost where a run is stopped


def replayed(
    exercise: str, chosen: Sequence[str], folder: Path
) -> Iterator[tuple[str, tuple[Replayed, ...]]]:
    """Grade samples as a class, then replay each; yields its claims.

    Args:
        exercise: the assignment.
        chosen: names of the samples.
        folder: an empty one, which student code may enter.

    Raises:
        RuntimeError: a sample was not graded.
    """
    with refereed(folder, ROOT / "data") as course:
        for name in chosen:
            samples.hand_in(
                course, exercise, samples.load(stability.SAMPLES / exercise / name), name
            )
        for result in autograde.grade(course, exercise, chosen):
            if result.graded is None:
                raise RuntimeError(f"{exercise}: {result.student}: {result.problem}")
        loaded = LoadedCourse(course, load_assignment(course, exercise))
        for name in chosen:
            yield name, explain.replay(loaded, explain.explain(course, name, exercise))


def differences(claims: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A line for each claim that is not as it was."""
    for claim in claims:
        if not claim["same"]:
            asked = "the same" if claim["same_questions"] else "other"
            answered = "the same" if claim["same_answers"] else "other"
            yield (
                f"{claim['claim']}: {claim['then']} then, {claim['now']} now, {asked} questions, "
                f"{answered} answers; first at {claim['number']}: {claim['then_asked']} then, "
                f"{claim['now_asked']} now"
            )


def read(file: Path) -> dict[str, list[dict[str, Any]]]:
    """The claims of each sample that was replayed, by ``exercise/sample``."""
    if not file.exists():
        return {}
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return {line["sample"]: line["claims"] for line in lines}


def main() -> int:
    """Replay what is missing; returns 1 where anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.replays", description=__doc__)
    parser.add_argument("--exercise", default="convolution_from_scratch")
    parser.add_argument("--sample", action="append", help="default: all")
    parser.add_argument("--minutes", type=float, default=600.0, help="begin no replay after that")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "replays.jsonl")
    given = parser.parse_args()
    _continue(given)
    known = read(given.output)
    lines = [f"{name}: {line}" for name, claims in known.items() for line in differences(claims)]
    print(*lines, sep="\n")
    count = sum(len(claims) for claims in known.values())
    print(f"{len(known)} samples, {count} claims replayed, {len(lines)} of them differ")
    return 1 if lines else 0


def _continue(given: argparse.Namespace) -> None:
    """Replay what is missing, until time is up."""
    end, done = time.monotonic() + 60 * given.minutes, read(given.output)
    names = given.sample or stability.names(given.exercise)
    missing = [name for name in names if f"{given.exercise}/{name}" not in done]
    given.output.parent.mkdir(parents=True, exist_ok=True)
    for first in range(0, len(missing), GROUP):
        for name, claims in _group(given.exercise, missing[first : first + GROUP]):
            told = [asdict(claim) | {"same": claim.same} for claim in claims]
            line = json.dumps({"sample": f"{given.exercise}/{name}", "claims": told})
            with given.output.open("a") as lines:
                lines.write(line + "\n")
            if time.monotonic() >= end:
                return


def _group(exercise: str, names: Sequence[str]) -> Iterator[tuple[str, tuple[Replayed, ...]]]:
    with tempfile.TemporaryDirectory(prefix="replays-") as folder:
        Path(folder).chmod(0o755)  # student code may run as nobody
        yield from replayed(exercise, names, Path(folder))


if __name__ == "__main__":
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    sys.exit(main())
