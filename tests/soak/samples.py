"""What there is while nothing is being judged, again and again, and what of it has grown."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

MEMORY = ("grading_bytes", "service_bytes", "parents_bytes")
COUNTS = ("processes", "threads", "descriptors", "groups", "folders", "mounts", "sockets")
_MIB = 1 << 20
# Allocators and caches settle; a leak of 50 KiB a submission is found in 1000.
_SETTLES_BYTES, _SETTLES_SHARE = 32 * _MIB, 0.1
_SLOWER = 2.0  # another program may use the machine at the end


@dataclass(frozen=True)
class Sample:
    """What there is after so many submissions.

    Attributes:
        submissions: that were graded so far.
        seconds: that the last of them took together.
        grading_bytes: memory of the process that grades, each shared page in part.
        service_bytes: of ``grader watch``.
        parents_bytes: of all below both: warm parents and what judges are forked from.
        processes, threads, descriptors: of all.
        groups, folders, mounts, sockets: control groups, folders in /tmp, and so on, of all.
    """

    submissions: int
    seconds: float
    grading_bytes: int
    service_bytes: int
    parents_bytes: int
    processes: int
    threads: int
    descriptors: int
    groups: int
    folders: int
    mounts: int
    sockets: int


@dataclass(frozen=True)
class Change:
    """What something was at first and at last.

    Attributes:
        name: of the field.
        first, last: medians of the first and the last quarter of samples.
        most: of all samples.
        grew: whether it is more than what settles.
    """

    name: str
    first: float
    last: float
    most: float
    grew: bool


def changes(samples: Sequence[Sample]) -> list[Change]:
    """What has become of each field."""
    quarter = max(1, len(samples) // 4)
    found = []
    for name in (*MEMORY, *COUNTS):
        values = [float(getattr(sample, name)) for sample in samples]
        first, last = statistics.median(values[:quarter]), statistics.median(values[-quarter:])
        allowed = max(_SETTLES_BYTES, _SETTLES_SHARE * first) if name in MEMORY else 0.0
        found.append(Change(name, first, last, max(values), last > first + allowed))
    return found


def rates(samples: Sequence[Sample]) -> tuple[float, float]:
    """Submissions a minute in the first and in the last tenth."""
    tenth = max(1, (len(samples) - 1) // 10)
    return _rate(samples[: tenth + 1]), _rate(samples[-tenth - 1 :])


def slower(samples: Sequence[Sample]) -> bool:
    """Whether the last tenth took more than twice as long as the first."""
    first, last = rates(samples)
    return last * _SLOWER < first


def _rate(some: Sequence[Sample]) -> float:
    done = some[-1].submissions - some[0].submissions
    return 60 * done / max(1e-9, sum(sample.seconds for sample in some[1:]))
