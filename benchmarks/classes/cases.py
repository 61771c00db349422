"""What is graded: classes of one assignment, and by whom."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.classes import convolution_class, mnist_class
from benchmarks.classes.students import Student
from benchmarks.errors import BenchError

STOCK, OTTER, OURS, CLUSTER, LIMIT = "nbgrader", "otter", "grader", "cluster", "limit"
GRADE, REGRADE = "grade", "regrade"

_CONVOLUTION, _MNIST = convolution_class.ASSIGNMENT, mnist_class.ASSIGNMENT


@dataclass(frozen=True)
class Case:
    """A class to grade.

    Attributes:
        name: in results and tables.
        group: by which ``--cases`` selects it.
        about: in words, for the page.
        assignment: what the class hands in.
        count: how many students.
        make: the class of so many students.
        contenders: who grades it.
        regraded: whether the unchanged class is graded again.
    """

    name: str
    group: str
    about: str
    assignment: str
    count: int
    make: Callable[[int], tuple[Student, ...]]
    contenders: tuple[str, ...]
    regraded: bool = False

    @property
    def trains(self) -> bool:
        """Whether its notebooks train networks."""
        return self.assignment == _MNIST

    def steps(self, contender: str) -> tuple[str, ...]:
        """What a contender does with the class; Otter keeps nothing, so its regrade is a grade."""
        return (GRADE, REGRADE) if self.regraded and contender in (STOCK, OURS) else (GRADE,)


_ALL = (STOCK, OTTER, OURS, LIMIT)
_MIXED = convolution_class.mixed

CASES = (
    Case("convolution", "convolution", "mixed", _CONVOLUTION, 24, _MIXED, _ALL, regraded=True),
    Case(
        "vectorised",
        "vectorised",
        "all vectorised and right",
        _CONVOLUTION,
        24,
        convolution_class.vectorised,
        (OURS, LIMIT),
    ),
    Case(
        "mnist",
        "mnist",
        "6 networks",
        _MNIST,
        24,
        mnist_class.six_networks,
        _ALL,
        regraded=True,
    ),
    Case(
        "spellings",
        "spellings",
        "the reference network in 12 ways",
        _MNIST,
        12,
        mnist_class.spellings,
        (OURS,),
    ),
    Case("growth-6", "growth", "mixed", _CONVOLUTION, 6, _MIXED, (OURS,)),
    Case("growth-24", "growth", "mixed", _CONVOLUTION, 24, _MIXED, (OURS,)),
    Case("growth-96", "growth", "mixed", _CONVOLUTION, 96, _MIXED, (OURS,), regraded=True),
    Case(
        "cluster",
        "cluster",
        "mixed, here and on two nodes",
        _CONVOLUTION,
        24,
        _MIXED,
        (OURS, CLUSTER),
    ),
)
GROUPS = tuple(dict.fromkeys(case.group for case in CASES))


def choose(groups: Sequence[str], students: int | None = None) -> tuple[Case, ...]:
    """The cases of these groups; all, if none is named.

    Args:
        groups: names of groups.
        students: at most so many in each class, for a trial.

    Raises:
        BenchError: no such group.
    """
    if unknown := sorted(set(groups) - set(GROUPS)):
        raise BenchError(f"no case is called {', '.join(unknown)}: expected {', '.join(GROUPS)}")
    chosen = (case for case in CASES if not groups or case.group in groups)
    return tuple(
        dataclasses.replace(case, count=min(case.count, students or case.count)) for case in chosen
    )


def named(name: str) -> Case:
    """The case of that name."""
    return next(case for case in CASES if case.name == name)
