"""Classes of ``mnist_998``: a few networks, each written in many honest ways."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.classes.mnist_ways import BUILDS, CALLBACKS, PREPARES, TRAININGS, WILFUL
from benchmarks.classes.students import Student, names

ASSIGNMENT = "mnist_998"


@dataclass(frozen=True)
class Network:
    """One convolution with ``filters``, one dense layer of ``units``, and Keras' optimizer."""

    filters: int
    units: int
    optimizer: str = "Adam"


# Small enough for a slice of the data, on which all of them reach the target.
NETWORKS = (
    Network(16, 128),
    Network(24, 128),
    Network(16, 192),
    Network(32, 64),
    Network(16, 128, "Nadam"),
    Network(12, 256),
)
REFERENCE = Network(64, 256)
"""The network of the notebook itself."""


def six_networks(count: int) -> tuple[Student, ...]:
    """A class of ``count`` that trains ``NETWORKS``; who shares one writes it in another way."""
    students = []
    for number, name in enumerate(names(count)):
        group, network = divmod(number, len(NETWORKS))
        spelling = (group * 3 + network // 2) % len(BUILDS)
        cells = _cells(NETWORKS[network], spelling, CALLBACKS[number % len(CALLBACKS)])
        students.append(Student(name, f"network {network}, way {spelling}", cells, network=network))
    return tuple(students)


def spellings(count: int) -> tuple[Student, ...]:
    """The reference network in up to 12 ways, with callbacks that stop where they like."""
    return tuple(
        Student(name, f"way {number}", _cells(REFERENCE, number, WILFUL[number]), network=0)
        for number, name in enumerate(names(min(count, len(BUILDS))))
    )


def _cells(network: Network, spelling: int, callback: str) -> dict[str, str]:
    build = BUILDS[spelling].replace("FILTERS", str(network.filters))
    build = build.replace("UNITS", str(network.units))
    build = build.replace("OPTIMIZER_NAME", network.optimizer.lower())
    build = build.replace("OPTIMIZER", network.optimizer)
    return {
        "callback": callback,
        "prepare": PREPARES[spelling % len(PREPARES)],
        "build_model": build,
        "train": TRAININGS[spelling % len(TRAININGS)],
    }
