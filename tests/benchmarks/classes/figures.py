"""Made-up measurements for tests."""

from __future__ import annotations

from benchmarks.classes.cases import GRADE, LIMIT, OTTER, OURS, REGRADE, STOCK, named
from benchmarks.classes.measure import CGROUP, Measured
from benchmarks.classes.requirements import Key
from benchmarks.classes.results import Result, Slot, Summary, summarise

MEASURED = Measured(0, 10.0, 20.0, CGROUP, 1 << 30, False, 1 << 29, 0.0, ())


def result(
    case: str,
    contender: str = OURS,
    step: str = GRADE,
    repetition: int = 1,
    *,
    wall: float = 10.0,
    cpu: float = 20.0,
    points: dict[str, float] | None = None,
    facts: dict[str, float] | None = None,
) -> Result:
    measured = Measured(0, wall, cpu, CGROUP, 1 << 30, False, 1 << 29, 0.0, ())
    slot = Slot(case, contender, step, named(case).count, repetition)
    return Result(slot, "v", "c", measured, points or {}, facts or {})


def summaries(*results: Result) -> dict[Key, Summary]:
    return {
        (each.slot.case, each.slot.contender, each.slot.step): summarise([each]) for each in results
    }


def good() -> dict[Key, Summary]:
    """Figures with which all that must hold does."""
    return summaries(
        result("convolution", STOCK, wall=240, cpu=240, points={"ada": 20, "ben": 17}),
        result("convolution", OTTER, wall=120, cpu=200, points={"ada": 20}),
        result("convolution", wall=24, cpu=48, points={"ada": 20, "ben": 17}),
        result("convolution", step=REGRADE, wall=1, cpu=1),
        result("convolution", LIMIT, facts={"own": 28, "trainings": 0}),
        result("vectorised", cpu=24),
        result("vectorised", LIMIT, facts={"own": 14, "trainings": 0}),
        result("mnist", STOCK, wall=500),
        result("mnist", wall=100, facts={"trained_epochs": 60, "longest_training": 12}),
        result("mnist", step=REGRADE, wall=2),
        result("spellings", facts={"trained_epochs": 8, "longest_training": 8}),
        result("growth-24", wall=24),
        result("growth-96", wall=100),
        result("growth-96", step=REGRADE, wall=2.5),
    )
