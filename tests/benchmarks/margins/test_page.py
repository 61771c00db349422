"""The part of docs/grading.md that measured trainings are written into."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import BenchError
from benchmarks.margins import page, results
from benchmarks.margins.networks import MARGINS, Network
from tests.benchmarks.margins.made_up import result


def test_the_page_holds_what_the_results_give() -> None:
    text = page.PAGE.read_text()
    between = text.partition(page.BEGIN)[2].partition(page.END)[0]
    assert between.strip() == page.content(results.read()).strip()


def test_a_page_says_how_many_trainings_there_are() -> None:
    some = [result(MARGINS[2], seed=seed) for seed in range(3)]
    text = page.content([*some, result(Network(filters=8, dense=(64,)), curve=(0.9,) * 19)])
    assert "Measured: 4 trainings" in text
    assert f"tensorflow 3 of {20 * len(MARGINS)}, jax 0 of" in text
    assert "Of the 100 networks, 2 are measured" in text
    assert "| 8 filters 3x3, Dense 64, adam, batch 32 | tensorflow | 1 | 0 | not in 19 |" in text


def test_a_page_of_nothing_says_so() -> None:
    text = page.content([])
    assert "Measured: 0 trainings" in text
    assert "Of the 100 networks, 0 are measured" in text
    assert "Keras' fit | 4 |" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-9, "< 1 in a million"),
        (0.00012, "1 in 8,300"),
        (0.0009, "1 in 1,100"),
        (0.02, "**1 in 50**"),
        (0.6, "**1 in 2**"),
    ],
)
def test_probabilities_are_told_as_one_of_so_many(value: float, text: str) -> None:
    assert page.probability(value) == text


def test_only_what_stands_between_the_markers_is_written(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(f"Before.\n{page.BEGIN}\nold\n{page.END}\nAfter.\n")
    page.write([result()], file)
    text = file.read_text()
    assert text.startswith(f"Before.\n{page.BEGIN}\n\nMeasured: 1 trainings")
    assert text.endswith(f"{page.END}\nAfter.\n")
    assert "old" not in text


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("Before.\n")
    with pytest.raises(BenchError, match="has not both markers"):
        page.write([result()], file)
    assert file.read_text() == "Before.\n"
