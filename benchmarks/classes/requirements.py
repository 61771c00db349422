"""What must hold of a class's grading, beside what was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.classes.cases import GRADE, LIMIT, OTTER, OURS, REGRADE, STOCK
from benchmarks.classes.results import Summary

Key = tuple[str, str, str]
Figures = Mapping[Key, Summary]
"""Case, contender and step to the medians of their repetitions."""


@dataclass(frozen=True)
class Finding:
    """One line of the list.

    Attributes:
        text: what must hold.
        measured: in words.
        met: None where it was not measured.
    """

    text: str
    measured: str
    met: bool | None


@dataclass(frozen=True)
class Requirement:
    """What must hold: a number that is read off the figures, and its bound.

    Attributes:
        text: what must hold.
        number: reads it; raises ``KeyError`` where it was not measured.
        bound: the least that will do, or the most.
        least: which of both.
        unit: written behind the number.
    """

    text: str
    number: Callable[[Figures], float]
    bound: float
    least: bool
    unit: str = ""

    def check(self, figures: Figures) -> Finding:
        """Compare."""
        try:
            number = self.number(figures)
        except KeyError:
            return Finding(self.text, "not measured", None)
        met = number >= self.bound if self.least else number <= self.bound
        return Finding(self.text, f"{number:.2f}{self.unit}", met)


def ratio(figures: Figures, case: str, other: str, measure: str, step: str = GRADE) -> float:
    """How many times what we take another grader takes, each time for a first grading.

    A regrade of ours is compared with that, too: nbgrader either grades everything again, with
    ``--force``, or skips what it has graded without looking at it.

    Args:
        figures: what was measured.
        case: which class.
        other: the other grader.
        measure: the field of ``Summary`` to compare.
        step: ours.
    """
    theirs, ours = figures[case, other, GRADE], figures[case, OURS, step]
    return float(getattr(theirs, measure) / getattr(ours, measure))


def a_submission(figures: Figures, case: str, measure: str, step: str = GRADE) -> float:
    """What one submission takes us."""
    summary = figures[case, OURS, step]
    return float(getattr(summary, measure) / summary.students)


def over_limit(figures: Figures, case: str) -> float:
    """Our processor time over that of the class's own code and its different trainings."""
    facts = figures[case, LIMIT, GRADE].facts
    return figures[case, OURS, GRADE].cpu / (facts["own"] + facts["trainings"])


def _spare_epochs(figures: Figures) -> float:
    facts = figures["spellings", OURS, GRADE].facts
    return facts["trained_epochs"] - facts["longest_training"]


def _growth(figures: Figures, measure: str) -> float:
    return a_submission(figures, "growth-96", measure) / a_submission(figures, "growth-24", measure)


def _driver_growth(figures: Figures) -> float:
    large, small = (figures[f"growth-{count}", OURS, GRADE] for count in (96, 24))
    return large.driver_memory / small.driver_memory


REQUIREMENTS = (
    Requirement(
        "`convolution_from_scratch`, vectorised: processor time a submission at most 1.8 s",
        lambda figures: a_submission(figures, "vectorised", "cpu"),
        1.8,
        least=False,
        unit=" s",
    ),
    Requirement(
        "the same, at most 2 times the limit",
        lambda figures: over_limit(figures, "vectorised"),
        2,
        least=False,
        unit="x",
    ),
    Requirement(
        "`convolution_from_scratch`, mixed: processor time at most 2 times the limit",
        lambda figures: over_limit(figures, "convolution"),
        2,
        least=False,
        unit="x",
    ),
    Requirement(
        "the same: nbgrader's processor time at least 4 times ours",
        lambda figures: ratio(figures, "convolution", STOCK, "cpu"),
        4,
        least=True,
        unit="x",
    ),
    Requirement(
        "the same, 24 submissions: nbgrader's time on the clock at least 6 times ours",
        lambda figures: ratio(figures, "convolution", STOCK, "wall"),
        6,
        least=True,
        unit="x",
    ),
    Requirement(
        "the same: the time on the clock of Otter's pool of two at least 3 times ours",
        lambda figures: ratio(figures, "convolution", OTTER, "wall"),
        3,
        least=True,
        unit="x",
    ),
    Requirement(
        "the reference network in 12 ways, 12 callbacks: one training; epochs trained beyond it",
        _spare_epochs,
        0,
        least=False,
    ),
    Requirement(
        "`mnist_998`, 24 submissions, 6 networks: nbgrader's time at least 4 times ours",
        lambda figures: ratio(figures, "mnist", STOCK, "wall"),
        4,
        least=True,
        unit="x",
    ),
    Requirement(
        "the same class unchanged, again: the time of nbgrader's first grading 50 times ours",
        lambda figures: ratio(figures, "mnist", STOCK, "wall", step=REGRADE),
        50,
        least=True,
        unit="x",
    ),
    Requirement(
        "96 submissions again, unchanged: less than 3 s",
        lambda figures: figures["growth-96", OURS, REGRADE].wall,
        3,
        least=False,
        unit=" s",
    ),
    Requirement(
        "time a submission of 96 over that of 24: at most 1.1",
        lambda figures: _growth(figures, "wall"),
        1.1,
        least=False,
    ),
    Requirement(
        "memory of the driver with 96 over that with 24: at most 1.1",
        _driver_growth,
        1.1,
        least=False,
    ),
)


def check_all(figures: Figures) -> tuple[Finding, ...]:
    """What holds, what does not, and what was not measured."""
    return tuple(requirement.check(figures) for requirement in REQUIREMENTS)
