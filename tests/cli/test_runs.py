from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from grader.cli.runs import runs
from grader.referee.spec import recipe
from grader.referee.store.epoch_store import Store
from grader.settings import Settings
from tests.cli.test_cli import grader, one_line
from tests.referee import entries


@pytest.fixture
def keys(tiny_course: Settings) -> list[str]:
    """Those of a run of three epochs that the course keeps."""
    return entries.put_all(Store(tiny_course.runs), entries.recipe(3), "ada")


@pytest.mark.parametrize("command", sorted(runs.commands))
def test_every_command_gives_an_example(tiny_course: Settings, command: str) -> None:
    result = grader(tiny_course, "runs", command, "--help")
    assert result.exit_code == 0
    assert f"Example: grader runs {command}" in result.output


def test_runs_are_listed(tiny_course: Settings, keys: list[str]) -> None:
    result = grader(tiny_course, "runs", "list")
    assert result.exit_code == 0, result.output
    assert keys[-1][:10] in result.output
    assert "1 run, " in result.output


def test_a_run_is_shown_with_its_epochs_and_users(tiny_course: Settings, keys: list[str]) -> None:
    result = grader(tiny_course, "runs", "show", keys[-1][:8])
    assert result.exit_code == 0, result.output
    assert "0.9833" in result.output
    assert "ada" in result.output
    assert keys[-1] in result.output


def test_a_recipe_is_printed_as_json(tiny_course: Settings, keys: list[str]) -> None:
    result = grader(tiny_course, "runs", "show", keys[1], "--json")
    assert recipe.parse(json.loads(result.stdout)) == entries.recipe(2)


@pytest.mark.lengthy
def test_a_learning_curve_is_drawn(tiny_course: Settings, keys: list[str], tmp_path: Path) -> None:
    picture = tmp_path / "curve.png"
    result = grader(tiny_course, "runs", "show", keys[-1], "--json", "--picture", str(picture))
    assert result.exit_code == 0, result.output
    assert f"The learning curve is in {picture}" in result.stderr
    assert json.loads(result.stdout), "JSON alone on stdout"
    with Image.open(picture) as drawn:
        assert drawn.format == "PNG"


@pytest.mark.parametrize("command", [["list"], ["show", "ab"], ["prune", "--days", "1"]])
def test_without_runs_it_is_one_line(tiny_course: Settings, command: list[str]) -> None:
    assert "there are no runs yet" in one_line(grader(tiny_course, "runs", *command))
    assert not tiny_course.runs.exists()


def test_an_unknown_key_is_one_line(tiny_course: Settings, keys: list[str]) -> None:
    assert "no key of 3 epochs" in one_line(grader(tiny_course, "runs", "show", "0" * 64))
    assert "begins no key" in one_line(grader(tiny_course, "runs", "show", "eve"))


def test_a_picture_that_cannot_be_written_is_one_line(
    tiny_course: Settings, keys: list[str], tmp_path: Path
) -> None:
    picture = tmp_path / "nowhere" / "curve.png"
    result = grader(tiny_course, "runs", "show", keys[-1], "--picture", str(picture))
    assert "cannot be written" in one_line(result)


def test_pruning_says_what_went(tiny_course: Settings, keys: list[str]) -> None:
    dry = grader(tiny_course, "runs", "prune", "--megabytes", "0", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "Would be removed" in dry.output
    assert "would be freed, 0 Bytes kept" in dry.output
    assert Store(tiny_course.runs).entries() == sorted(keys)
    done = grader(tiny_course, "runs", "prune", "--megabytes", "0")
    assert keys[-1][:10] in done.output
    assert "freed, 0 Bytes kept" in done.output
    assert Store(tiny_course.runs).entries() == []


def test_pruning_by_age_leaves_what_was_used(
    tiny_course: Settings, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = grader(tiny_course, "runs", "prune", "--days", "1")
    assert result.exit_code == 0
    assert "Nothing to prune" in result.output
    assert len(result.output.splitlines()) == 1
    long_ago = datetime.now(UTC) - timedelta(days=3)
    monkeypatch.setattr("grader.referee.store.epoch_store._now", lambda: long_ago)
    for key in keys:
        Store(tiny_course.runs).remove(key)
    entries.put_all(Store(tiny_course.runs), entries.recipe(3))
    assert "freed" in grader(tiny_course, "runs", "prune", "--days", "1").output


def test_pruning_asks_what_may_go(tiny_course: Settings, keys: list[str]) -> None:
    result = grader(tiny_course, "runs", "prune")
    assert result.exit_code == 2
    assert "--days, --megabytes or both" in result.stderr
    assert Store(tiny_course.runs).entries() == sorted(keys)
