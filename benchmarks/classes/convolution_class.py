"""Classes of ``convolution_from_scratch``: mostly vectorised, some loop, some are wrong."""

from __future__ import annotations

from itertools import cycle, islice

from benchmarks.classes.convolution_ways import (
    BROKEN_POOL,
    FILTERS,
    LOOPED_POOL,
    LOOPS,
    POOLS,
    VECTORISED,
    WRONG,
)
from benchmarks.classes.students import Student, names

ASSIGNMENT = "convolution_from_scratch"
LOOP_EVERY = 8
"""One student of so many loops over pixels in Python: each costs seconds for the image's pixels."""


def mixed(count: int) -> tuple[Student, ...]:
    """A class of ``count``: of each 24, 3 loop over pixels, 6 are wrong, one has not begun."""
    right, loops, wrong = cycle(VECTORISED.items()), cycle(LOOPS.items()), cycle(WRONG.items())
    students = []
    for number, name in enumerate(names(count)):
        place = number % 24
        if place == 23:
            students.append(Student(name, "untouched", start="release"))
            continue
        if number % LOOP_EVERY == 3:
            way, convolve = next(loops)
        elif number % 4 == 1:
            way, convolve = next(wrong)
        else:
            way, convolve = next(right)
        students.append(Student(name, way, _cells(number, convolve, _pool(place))))
    return tuple(students)


def vectorised(count: int) -> tuple[Student, ...]:
    """A class of ``count`` without a loop over pixels and without a mistake."""
    ways = islice(cycle(VECTORISED.items()), count)
    pools = list(POOLS.values())
    return tuple(
        Student(name, way, _cells(number, convolve, pools[number % len(pools)]))
        for number, (name, (way, convolve)) in enumerate(zip(names(count), ways, strict=True))
    )


def _pool(place: int) -> str:
    """The cell ``max_pool`` of the student in this place among 24."""
    if place == 14:
        return BROKEN_POOL
    if place % LOOP_EVERY == 3:
        return LOOPED_POOL
    return list(POOLS.values())[place % len(POOLS)]


def _cells(number: int, convolve: str, pool: str) -> dict[str, str]:
    """The three cells; the comment makes a student's text differ from all others'."""
    filters = FILTERS[number // 2 % len(FILTERS)]
    return {"convolve": f"# version {number + 1}\n{convolve}", "filters": filters, "max_pool": pool}
