"""Finished trainings, a line of JSON each, so that an interrupted run goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.errors import BenchError

RESULTS = Path(__file__).with_name("results.jsonl")

Slot: TypeAlias = tuple[str, str, str, int]


@dataclass(frozen=True)
class Result:
    """One training, from its first epoch to the target or to the last epoch.

    Attributes:
        dataset: that it was trained on, all 60,000 images.
        network: its name; see ``networks.Network``.
        backend: Keras'.
        seed: the referee's; a student's own run has 0.
        curve: the training accuracy of each epoch.
        test_accuracy: at the end.
        seconds: that the epochs took.
        device: in words.
        environment: what else decides over bits: versions, threads, loop.
        grader: this package's version.
        commit: of this repository, when it was trained.
    """

    dataset: str
    network: str
    backend: str
    seed: int
    curve: tuple[float, ...]
    test_accuracy: float
    seconds: float
    device: str
    environment: Mapping[str, str]
    grader: str
    commit: str

    @property
    def slot(self) -> Slot:
        """What is not trained twice."""
        return self.dataset, self.network, self.backend, self.seed


def read(file: Path = RESULTS) -> tuple[Result, ...]:
    """All finished trainings.

    Raises:
        BenchError: a line is none; the message names it.
    """
    if not file.exists():
        return ()
    numbered = enumerate(file.read_text().splitlines(), 1)
    return tuple(_result(file, number, line) for number, line in numbered)


def append(result: Result, file: Path = RESULTS) -> None:
    """Add a training; other processes may add theirs meanwhile."""
    with file.open("a") as lines:
        lines.write(json.dumps(asdict(result)) + "\n")


def _result(file: Path, number: int, line: str) -> Result:
    try:
        fields: dict[str, Any] = json.loads(line)
        return Result(**fields | {"curve": tuple(fields["curve"])})
    except (ValueError, TypeError, KeyError) as error:
        raise BenchError(
            f"{file}, line {number}: no finished training ({error!s:.100}): expected the fields "
            "of Result as JSON; remove the line, and the training is carried out once more"
        ) from error
