"""A class whose grading is killed at any moment is graded by the next run as if nothing was."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests import kills

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.process,
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.xdist_group("killed"),
]

SEED = 20261126


Make = Callable[[Path], kills.Class]


@dataclass(frozen=True)
class Undisturbed:
    """A run in which nothing was killed.

    Attributes:
        make: makes such a class in a folder.
        outcome: what the run left.
        seconds: that it took.
    """

    make: Make
    outcome: dict[str, Any]
    seconds: float


def graded(make: Make, folder: Path) -> Undisturbed:
    handed_in = make(folder)
    begin = time.monotonic()
    assert kills.grade(handed_in) == 0, handed_in.log
    return Undisturbed(make, kills.outcome(handed_in), time.monotonic() - begin)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return graded(kills.make_class, tmp_path_factory.mktemp("undisturbed") / "class")


def killed_at(moments: list[kills.Moment], undisturbed: Undisturbed, folder: Path) -> None:
    for number, moment in enumerate(moments):
        handed_in, said, present = killed(moment, undisturbed.make, folder / str(number))
        print(said, flush=True)
        assert kills.grade(handed_in) == 0, f"{said}\n{handed_in.log}"
        assert kills.outcome(handed_in) == undisturbed.outcome, f"{said}\n{handed_in.log}"
        assert not kills.alive(present), said
        assert not kills.leftovers(present), said


def killed(
    moment: kills.Moment, make: Make, folder: Path
) -> tuple[kills.Class, str, set[psutil.Process]]:
    """A class whose grading was killed; sooner than said, where a run was over by then."""
    for attempt in range(5):
        sooner = dataclasses.replace(moment, seconds=moment.seconds / 2**attempt)
        handed_in = make(folder.with_name(f"{folder.name}-{attempt}"))
        said, present = kills.grade_and_kill(handed_in, sooner)
        if said:
            return handed_in, said, present
    raise AssertionError(f"nothing was there to kill: {moment}")


def test_killed_at_a_few_moments(undisturbed: Undisturbed, tmp_path: Path) -> None:
    moments = kills.moments(SEED, 5, undisturbed.seconds)
    killed_at(moments, undisturbed, tmp_path)


def test_killed_at_fifty_moments(undisturbed: Undisturbed, tmp_path: Path) -> None:
    moments = kills.moments(SEED + 1, 50, undisturbed.seconds)
    killed_at(moments, undisturbed, tmp_path)


@pytest.mark.keras
@pytest.mark.training
def test_killed_at_ten_moments_of_a_training(tmp_path: Path) -> None:
    undisturbed = graded(kills.make_trained_class, tmp_path / "undisturbed")
    moments = kills.moments(SEED + 2, 10, undisturbed.seconds, kills.TRAINED_ROLES)
    killed_at(moments, undisturbed, tmp_path)


def test_killed_at_ten_moments_of_a_run_on_a_cluster(tmp_path: Path) -> None:
    undisturbed = graded(kills.make_clustered_class, tmp_path / "undisturbed")
    moments = kills.moments(SEED + 3, 10, undisturbed.seconds, kills.CLUSTER_ROLES)
    killed_at(moments, undisturbed, tmp_path)
