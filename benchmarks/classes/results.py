"""What was measured, a file for each measurement, so that a run can be interrupted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.classes.measure import Measured

ROOT = Path(__file__).parents[2]
# What decides the figures: the code that is measured, and that of ours which measures.
_DECIDES = (
    "grader/**/*.py",
    "source/**/*.ipynb",
    "course_config.py",
    "benchmarks/classes/*_class.py",
    "benchmarks/classes/*_ways.py",
    "benchmarks/classes/students.py",
    "benchmarks/classes/courses.py",
    "benchmarks/classes/contenders.py",
    "benchmarks/classes/otter_pool.py",
    "benchmarks/classes/measure.py",
    "benchmarks/classes/limit.py",
    "benchmarks/classes/peers/*.lock",
)


@dataclass(frozen=True)
class Slot:
    """The place of one measurement.

    Attributes:
        case, contender, step: what is measured.
        students: how many are graded.
        repetition: from 1.
    """

    case: str
    contender: str
    step: str
    students: int
    repetition: int

    def file(self, folder: Path) -> Path:
        """Where it is kept."""
        name = f"{self.case}-of-{self.students}.{self.contender}.{self.step}.{self.repetition}.json"
        return folder / name


@dataclass(frozen=True)
class Result:
    """One measurement.

    Attributes:
        slot: of what.
        version: of all code that decides the figures, see ``version``.
        commit: of the repository, for a person.
        measured: what it took.
        points: of each student, where the contender told.
        facts: numbers of the contender's own, such as epochs that were trained.
    """

    slot: Slot
    version: str
    commit: str
    measured: Measured
    points: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)


def save(folder: Path, result: Result) -> None:
    """Write a measurement, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    place = result.slot.file(folder)
    written = place.with_suffix(".part")
    written.write_text(json.dumps(asdict(result), indent=1))
    written.replace(place)


def load(place: Path) -> Result | None:
    """Read a measurement; None if there is none that this version of the benchmark can read."""
    try:
        content: dict[str, Any] = json.loads(place.read_text())
        slot, measured = Slot(**content.pop("slot")), Measured(**content.pop("measured"))
        return Result(slot=slot, measured=measured, **content)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def load_all(folder: Path, current: str) -> tuple[Result, ...]:
    """Every measurement of one version of the code."""
    read = (load(place) for place in sorted(folder.glob("*.json")))
    return tuple(result for result in read if result is not None and result.version == current)


def version(root: Path = ROOT) -> str:
    """A digest of the code that is measured and that measures: figures of two are not compared."""
    digest = hashlib.sha256()
    for pattern in _DECIDES:
        for file in sorted(root.glob(pattern)):
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Summary:
    """Medians of one contender's repetitions of one step of a case.

    Attributes:
        students: how many were graded each time.
        repetitions: how many times.
        wall, cpu: seconds.
        memory, driver_memory: bytes.
        fastest, slowest: seconds on the clock.
        others: most cores that other processes kept busy during one of the repetitions.
        points: of each student, the last time.
        facts: medians of the contender's own numbers.
    """

    students: int
    repetitions: int
    wall: float
    cpu: float
    memory: float
    driver_memory: float
    fastest: float
    slowest: float
    others: float
    points: Mapping[str, float]
    facts: Mapping[str, float]


def summarise(results: Iterable[Result]) -> Summary:
    """The medians of repetitions, of which there is at least one."""
    ordered = sorted(results, key=lambda result: result.slot.repetition)
    measured = [result.measured for result in ordered]
    return Summary(
        students=ordered[-1].slot.students,
        repetitions=len(ordered),
        wall=median(each.wall for each in measured),
        cpu=median(each.cpu for each in measured),
        memory=median(each.memory for each in measured),
        driver_memory=median(each.driver_memory for each in measured),
        fastest=min(each.wall for each in measured),
        slowest=max(each.wall for each in measured),
        others=max(each.others for each in measured),
        points=ordered[-1].points,
        facts={
            name: median(result.facts[name] for result in ordered if name in result.facts)
            for name in ordered[-1].facts
        },
    )
