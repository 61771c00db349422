from __future__ import annotations

from pathlib import Path

from PIL import Image

from grader.model import Graded, Outcome
from grader.reports.charts import score_bars
from tests.reports.terminal.test_class_table import CLAIMS, GRADED

GREEN, ORANGE, PURPLE = (0x00, 0x9E, 0x73), (0xD5, 0x5E, 0x00), (0xCC, 0x79, 0xA7)


def pixels(graded: list[Graded], path: Path) -> dict[tuple[int, int, int], int]:
    """How many pixels of each colour the picture of a class has."""
    score_bars.scores_per_claim({"sums": (CLAIMS, graded)}, path)
    with Image.open(path) as picture:
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 20)
    return {colour: count for count, colour in colours}


def test_what_passed_and_crashed_is_drawn_and_what_nobody_failed_is_not(tmp_path: Path) -> None:
    drawn = pixels([GRADED, GRADED], tmp_path / "class.png")
    legend = pixels([], tmp_path / "empty.png")
    assert drawn[GREEN] > 2 * legend[GREEN]
    assert drawn[PURPLE] > 2 * legend[PURPLE]
    assert drawn[ORANGE] == legend[ORANGE], "only in the legend"


def test_every_outcome_has_a_style() -> None:
    assert set(score_bars._STYLES) == set(Outcome)
