"""Attacks on parts of the grader that no verdict tells of, and the harmless thing beside each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.cases import TRIALS
from tests.attacks.trials import Trial

QUICK = [trial for trial in TRIALS if not trial.kernel]
OTHERS = [trial for trial in TRIALS if trial.kernel]


def holds(trial: Trial, folder: Path) -> None:
    for side in ("hostile", "twin"):
        (folder / side).mkdir()
    assert trial.hostile(folder / "hostile") == trial.expected
    assert trial.twin(folder / "twin") == trial.kept


@pytest.mark.parametrize("trial", QUICK, ids=lambda trial: f"{trial.number}-{trial.name}")
def test_an_attack_comes_to_what_it_must_and_its_twin_to_what_it_should(
    trial: Trial, tmp_path: Path
) -> None:
    holds(trial, tmp_path)


@pytest.mark.kernel
@pytest.mark.process
@pytest.mark.long
@pytest.mark.parametrize("trial", OTHERS, ids=lambda trial: f"{trial.number}-{trial.name}")
def test_so_does_one_that_starts_programs(trial: Trial, tmp_path: Path) -> None:
    holds(trial, tmp_path)
