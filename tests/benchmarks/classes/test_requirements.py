from __future__ import annotations

import dataclasses

import pytest

from benchmarks.classes import requirements
from benchmarks.classes.cases import GRADE, LIMIT, OTTER, OURS, REGRADE, STOCK
from benchmarks.classes.requirements import Key
from tests.benchmarks.classes.figures import good


def test_good_figures_meet_everything() -> None:
    findings = requirements.check_all(good())
    assert [finding.text for finding in findings if not finding.met] == []
    assert len(findings) == 12


def test_nothing_is_met_that_was_not_measured() -> None:
    assert {finding.met for finding in requirements.check_all({})} == {None}


@pytest.mark.parametrize(
    ("key", "change", "missed"),
    [
        (("vectorised", OURS, GRADE), {"cpu": 44.0}, {0, 1}),
        (("vectorised", LIMIT, GRADE), {"facts": {"own": 9.0, "trainings": 2.0}}, {1}),
        (("convolution", OURS, GRADE), {"cpu": 57.0}, {2}),
        (("convolution", STOCK, GRADE), {"cpu": 191.0}, {3}),
        (("convolution", STOCK, GRADE), {"wall": 143.0}, {4}),
        (("convolution", OTTER, GRADE), {"wall": 71.0}, {5}),
        (
            ("spellings", OURS, GRADE),
            {"facts": {"trained_epochs": 9.0, "longest_training": 8.0}},
            {6},
        ),
        (("mnist", OURS, GRADE), {"wall": 126.0}, {7}),
        (("mnist", OURS, REGRADE), {"wall": 10.1}, {8}),
        (("growth-96", OURS, REGRADE), {"wall": 3.1}, {9}),
        (("growth-96", OURS, GRADE), {"wall": 106.0}, {10}),
        (("growth-96", OURS, GRADE), {"driver_memory": 7e8}, {11}),
    ],
)
def test_a_worse_figure_misses_its_requirement(
    key: Key, change: dict[str, float], missed: set[int]
) -> None:
    figures = good()
    figures[key] = dataclasses.replace(figures[key], **change)  # type: ignore[arg-type]
    findings = requirements.check_all(figures)
    assert {number for number, finding in enumerate(findings) if not finding.met} == missed
