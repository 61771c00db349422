from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from benchmarks.classes import page, tables
from benchmarks.classes.cases import GRADE, OTTER, OURS, STOCK
from benchmarks.errors import BenchError
from tests.benchmarks.classes.figures import good, result, summaries

CLASS = "24 `convolution_from_scratch`, mixed"


def test_ratios_are_of_what_others_take_over_what_we_take() -> None:
    lines = tables.ratios(good()).splitlines()
    assert f"| {CLASS} | nbgrader / ours | 10.0x | 5.0x | 1.0x |" in lines
    assert f"| {CLASS} | Otter, two processes / ours | 5.0x | 4.2x | 1.0x |" in lines
    assert f"| {CLASS}, unchanged, again | nbgrader / ours | 240.0x | 240.0x | 1.0x |" in lines


def test_without_ours_there_is_nothing_to_compare() -> None:
    figures = summaries(result("convolution", STOCK))
    assert tables.ratios(figures) == "Nothing to compare was measured."
    assert tables.agreement(figures) == "Nothing to compare was measured."


def test_a_line_tells_what_each_submission_took() -> None:
    lines = tables.everything(summaries(result("growth-6", wall=12, cpu=15))).splitlines()
    assert lines[-1] == (
        "| 6 `convolution_from_scratch`, mixed | this grader | 1 "
        "| 12.0 | 12.0 to 12.0 | 15.0 | 2.50 | 1.00 GiB | 0.50 GiB |"
    )


def test_the_limit_stands_beside_ours() -> None:
    assert f"| {CLASS} | 28.0 | 1.17 | 0.0 | 48.0 | 1.71x |" in tables.limits(good()).splitlines()


def test_trainings_name_the_ways_that_were_trained() -> None:
    facts = {"trained_epochs": 9.0, "longest_training": 7.0}
    own = {"for ada_arendt": 7.0, "for ben_arendt": 0.0, "for cleo_arendt": 2.0}
    line = tables.trainings(summaries(result("spellings", facts=facts | own)))
    assert line.endswith(
        "9 epochs were trained; the longest training has 7. "
        "They were trained for way 0 (7), way 2 (2)."
    )


def test_points_that_differ_are_named() -> None:
    lines = tables.agreement(good()).splitlines()
    assert lines[0] == f"- {CLASS}: nbgrader gives 2 of 2 the points that we give."
    assert lines[1].endswith("gives 1 of 2 the points that we give; not ben (none, ours 17).")


def test_a_requirement_that_is_missed_is_said_to_be() -> None:
    text = page.content(summaries(result("vectorised", cpu=48)), frozenset({"abc"}))
    assert "at most 1.8 s | 2.00 s | **not met** |" in text
    assert "at least 4 times ours |  | not measured |" in text


def test_the_page_names_machine_and_command_and_no_place() -> None:
    text = page.content(good(), frozenset({"abc"}))
    assert "cores (" in text
    assert "`make bench`; each measured once; commit abc." in text
    assert "The machine did nothing else." in text
    assert "/" + "work" not in text


def test_a_loaded_machine_is_said_to_be() -> None:
    figures = good()
    key = ("mnist", OURS, GRADE)
    figures[key] = dataclasses.replace(figures[key], others=1.6)
    assert "kept up to 1.6 cores busy meanwhile" in page.content(figures, frozenset())


def test_a_trial_is_said_to_be_one() -> None:
    figures = good()
    assert "A trial" not in page.content(figures, frozenset())
    key = ("mnist", OURS, GRADE)
    figures[key] = dataclasses.replace(figures[key], students=2)
    assert page.content(figures, frozenset()).startswith("**A trial with smaller classes")


def test_what_stands_around_the_figures_stays(tmp_path: Path) -> None:
    place = tmp_path / "performance.md"
    place.write_text(f"# Title\n\n{page.BEGIN}\nformer figures\n{page.END}\n\nAfter.\n")
    for _ in range(2):
        page.write(place, good(), frozenset())
    text = place.read_text()
    assert text.startswith(f"# Title\n\n{page.BEGIN}\n\n## Ratios\n")
    assert text.endswith(f"{page.END}\n\nAfter.\n")
    assert "former figures" not in text
    assert text.count("## Ratios") == 1


def test_a_page_without_markers_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "performance.md"
    place.write_text(f"# Title\n{page.BEGIN}\n")
    with pytest.raises(BenchError, match="has not both markers"):
        page.write(place, good(), frozenset())
    assert place.read_text() == f"# Title\n{page.BEGIN}\n"


def test_every_contender_has_a_title() -> None:
    from benchmarks.classes.contenders import CONTENDERS

    assert tables.TITLES.keys() == CONTENDERS.keys() >= {STOCK, OTTER, OURS}
