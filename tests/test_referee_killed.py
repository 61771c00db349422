"""A referee that is killed in the middle of a training costs nobody anything."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psutil
import pytest

from grader.model import Outcome
from grader.notebook import autograde, samples
from grader.settings import Settings
from tests.processes import command_line
from tests.test_class_of_twelve import ASSIGNMENT, small, write

pytestmark = [pytest.mark.kernel, pytest.mark.keras, pytest.mark.training]

EPOCHS = 6


def processes(module: str, runs: Path) -> list[psutil.Process]:
    """Those of this process' referee that keeps its store in ``runs``."""
    lines = {each: command_line(each) for each in psutil.Process().children(recursive=True)}
    named = f"grader.referee.service.{module}"
    return [each for each, line in lines.items() if named in line.split() and str(runs) in line]


def kill_after(epoch: int, student: str, module: str, runs: Path, killed: list[int]) -> None:
    """Kill a process of the referee as soon as its log tells of that epoch."""
    log = runs / "referee.log"
    until = time.monotonic() + 600
    while time.monotonic() < until:
        lines = log.read_text().splitlines() if log.exists() else []
        if any(f" {student}: " in line and f"epoch {epoch}," in line for line in lines):
            for process in processes(module, runs):
                process.kill()
                killed.append(process.pid)
            return
        time.sleep(0.01)


@pytest.mark.usefixtures("judges_with_keras")
@pytest.mark.parametrize(("module", "filters"), [("trainer_process", 11), ("worker", 9)])
def test_a_killed_referee_costs_nobody_a_point(
    on_slices: Settings, tmp_path: Path, module: str, filters: int
) -> None:
    student, killed = f"unlucky_{module}", list[int]()
    sample = write(tmp_path / student, small(filters, EPOCHS))
    samples.hand_in(on_slices, ASSIGNMENT, sample, student)
    killer = threading.Thread(
        target=kill_after, args=(2, student, module, on_slices.runs, killed), daemon=True
    )
    killer.start()
    (result,) = autograde.grade(on_slices, ASSIGNMENT, [student])
    killer.join()
    assert killed
    assert result.graded is not None, result.problem
    (run,) = result.graded.runs
    assert run.epochs == EPOCHS
    outcomes = {verdict.claim: verdict.outcome for verdict in result.graded.verdicts}
    assert outcomes["fewer_than_20_epochs"] is Outcome.PASSED
    assert Outcome.GRADER_FAULT not in outcomes.values()
    lines = (on_slices.runs / "referee.log").read_text().splitlines()
    of_first = [line for line in lines if f" {student}: " in line and "epoch 1," in line]
    assert len([line for line in of_first if "trained" in line]) == 1  # it went on, not anew
