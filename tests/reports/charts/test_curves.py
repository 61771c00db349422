from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from grader.errors import RefereeError
from grader.model import Run
from grader.reports.charts import curves
from grader.reports.charts.figure import INK

BLUE, ORANGE = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)


def run(*accuracies: float, stopped: bool = False, test: float | None = None) -> Run:
    logs = tuple({"loss": 0.1, "accuracy": value} for value in accuracies)
    return Run("ab" * 32, logs, (len(logs),), (), 9, stopped, test_accuracy=test)


def pixels(runs: Sequence[Run], path: Path, target: float | None = None) -> dict[object, int]:
    """How many pixels of each colour the picture has."""
    curves.draw(runs, path, target)
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 20)
    return {colour: count for count, colour in colours}


def test_each_of_a_few_runs_has_a_colour_of_its_own(tmp_path: Path) -> None:
    single = pixels([run(0.9, 0.95)], tmp_path / "one.png")
    two = pixels([run(0.9, 0.95), run(0.5, 0.7, 0.8)], tmp_path / "two.png")
    assert single[BLUE] > 100
    assert ORANGE not in single
    assert two[ORANGE] > 100


@pytest.mark.parametrize("count", [1, 6, 7, 30])
def test_any_number_of_runs_is_drawn(tmp_path: Path, count: int) -> None:
    runs = [run(0.9, 0.95 + number / 1000, test=0.94) for number in range(count)]
    assert pixels(runs, tmp_path / "runs.png", 0.998)[BLUE] > 100


def test_a_stopped_run_ends_in_a_full_mark(tmp_path: Path) -> None:
    ran = pixels([run(0.9, 0.95)], tmp_path / "ran.png")
    stopped = pixels([run(0.9, 0.95, stopped=True)], tmp_path / "stopped.png")
    assert stopped[BLUE] > ran[BLUE] + 100


def test_target_and_test_accuracy_are_drawn_where_there_are_any(tmp_path: Path) -> None:
    ink = ImageColor.getrgb(INK)
    plain = pixels([run(0.9, 0.95)], tmp_path / "plain.png")
    aimed = pixels([run(0.9, 0.95)], tmp_path / "aimed.png", 0.93)
    tested = pixels([run(0.9, 0.95, test=0.92)], tmp_path / "tested.png")
    assert aimed[ink] > plain[ink] + 500
    assert tested[BLUE] > plain[BLUE]


@pytest.mark.parametrize(
    "accuracies",
    [(1.0, 1.0), (0.0,), (0.5, math.nan), (math.nan, 0.5), (0.1, 0.1)],
    ids=str,
)
def test_the_ends_of_the_scale_and_gaps_are_drawn(
    tmp_path: Path, accuracies: tuple[float, ...]
) -> None:
    assert pixels([run(*accuracies)], tmp_path / "edge.png", 1.0)[BLUE] > 0


def test_runs_without_an_accuracy_are_no_curve(tmp_path: Path) -> None:
    without = Run("", ({"loss": 0.5},), (1,), (), 1, False)
    with pytest.raises(RefereeError, match="no epoch logged an accuracy, only loss"):
        curves.draw([without], tmp_path / "none.png")
    assert pixels([without, run(0.9)], tmp_path / "one.png")[BLUE] > 0
