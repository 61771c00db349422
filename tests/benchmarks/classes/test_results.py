from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from benchmarks.classes import results
from tests.benchmarks.classes.figures import MEASURED, result


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    saved = result("convolution", points={"ada": 20.0}, facts={"own": 1.5})
    results.save(tmp_path, saved)
    (file,) = tmp_path.iterdir()
    assert file == saved.slot.file(tmp_path)
    loaded = results.load(file)
    assert loaded == dataclasses.replace(
        saved,
        measured=dataclasses.replace(MEASURED, left=[]),  # JSON knows no tuples
    )


@pytest.mark.parametrize("text", ["", "{", "[]", '{"slot": {}}', '{"slot": 3, "measured": {}}'])
def test_a_file_that_is_no_measurement_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert results.load(tmp_path / "a.json") is None
    assert results.load_all(tmp_path, "v") == ()


def test_measurements_of_another_version_are_left_out(tmp_path: Path) -> None:
    results.save(tmp_path, result("convolution"))
    assert len(results.load_all(tmp_path, "v")) == 1
    assert results.load_all(tmp_path, "w") == ()


def test_an_interrupted_write_leaves_no_measurement(tmp_path: Path) -> None:
    results.save(tmp_path, result("convolution"))
    (file,) = tmp_path.iterdir()
    file.with_suffix(".part").write_text(json.dumps({"half": 1}))
    assert len(results.load_all(tmp_path, "v")) == 1


def test_a_change_of_the_code_changes_the_version(tmp_path: Path) -> None:
    (tmp_path / "grader" / "deep").mkdir(parents=True)
    before = results.version(tmp_path)
    module = tmp_path / "grader" / "deep" / "a.py"
    module.write_text("a = 1")
    between = results.version(tmp_path)
    module.write_text("a = 2")
    (tmp_path / "grader" / "README.md").write_text("nothing that runs")
    assert len({before, between, results.version(tmp_path)}) == 3
    module.write_text("a = 1")
    assert results.version(tmp_path) == between


def test_every_file_that_decides_is_there() -> None:
    for pattern in results._DECIDES:
        assert any(results.ROOT.glob(pattern)), pattern


def test_a_summary_is_of_medians() -> None:
    walls, epochs = (9.0, 30.0, 10.0), (8.0, 8.0, 9.0)
    repetitions = [
        result("mnist", repetition=number, wall=wall, facts={"trained_epochs": count})
        for number, (wall, count) in enumerate(zip(walls, epochs, strict=True), 1)
    ]
    summary = results.summarise(reversed(repetitions))
    assert (summary.repetitions, summary.students) == (3, 24)
    assert (summary.wall, summary.fastest, summary.slowest) == (10, 9, 30)
    assert summary.facts == {"trained_epochs": 8}
