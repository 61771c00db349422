from __future__ import annotations

import itertools
import math

import pytest

from grader.model import Run
from grader.reports.charts.svg_curve import HEIGHT, WIDTH, plot


def run(*accuracies: float) -> Run:
    logs = tuple({"accuracy": value} for value in accuracies)
    return Run("", logs, (len(logs),), (), len(logs), False)


def test_each_halving_of_the_errors_is_the_same_step_up() -> None:
    curve = plot(run(0.9, 0.95, 0.975))
    assert curve is not None
    (_, first), (_, second), (_, third) = curve.points
    assert first > second > third
    assert first - second == pytest.approx(second - third, abs=0.2)
    assert curve.end == curve.points[-1]
    assert curve.target is None


def test_the_target_is_above_what_did_not_reach_it() -> None:
    curve = plot(run(0.9, 0.95), 0.998)
    assert curve is not None
    assert curve.target is not None
    assert curve.target < min(height for _, height in curve.points)
    assert "0.998" in [tick.label for tick in curve.accuracies]


@pytest.mark.parametrize("accuracies", [(1.0, 1.0), (0.0,), (0.5, math.nan), (0.1,) * 30], ids=len)
def test_all_of_it_is_within_the_picture(accuracies: tuple[float, ...]) -> None:
    curve = plot(run(*accuracies), 1.0)
    assert curve is not None
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in curve.points)
    assert all(0 < tick.place < WIDTH for tick in curve.epochs)
    assert 0 < len(curve.epochs) <= 10
    places = [tick.place for tick in curve.accuracies]
    assert all(below - above >= 15 for above, below in itertools.pairwise(places))


def test_a_gap_parts_the_curve() -> None:
    curve = plot(run(0.5, math.nan, 0.7, 0.8))
    assert curve is not None
    assert [stroke.count("L") for stroke in curve.strokes] == [0, 1]
    gone = plot(run(0.5, math.nan))
    assert gone is not None
    assert gone.end is None


def test_without_an_accuracy_there_is_no_curve() -> None:
    assert plot(Run("", ({"loss": 1.0},), (1,), (), 1, False), 0.9) is None
