from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from grader.model import KeptEpoch, KeptRun
from grader.reports.terminal import runs
from tests.reports.terminal.test_class_table import text

WHEN = datetime(2025, 6, 15, 12, tzinfo=UTC)


def epoch(number: int, logs: dict[str, float], users: dict[str, datetime]) -> KeptEpoch:
    return KeptEpoch(f"{number:x}" * 64, number, logs, 31.4, 11_000_000, WHEN, users)


RUN = KeptRun(
    network="Conv2D 64 3x3, Dense 10",
    trainings=("Adam, 60000 train images of mnist from 0, batches of 32, 2 epochs",),
    fits=(2,),
    datasets=("mnist",),
    device="2 CPU cores",
    environment={"keras": "3.15"},
    epochs=(
        epoch(1, {"accuracy": 0.95, "loss": 0.2}, {"ada": WHEN, "ben": WHEN}),
        epoch(2, {"accuracy": 0.9985, "loss": math.nan}, {"ada": WHEN}),
    ),
    test_accuracy=0.9893,
)


def rows(shown: str) -> list[str]:
    return [" ".join(line.replace("│", " ").split()) for line in shown.splitlines()]


def test_a_run_is_a_row_and_the_store_a_sum() -> None:
    shown = text(runs.list_table([RUN, RUN]))
    flat = " ".join(rows(shown))
    assert "2222222222" in flat
    assert "2 0.9985 0.9893 63 s 22 MB 2025-06-15 2" in flat
    assert "2 runs, 22 MB; shared epochs are counted once" in flat


def test_a_run_that_was_not_measured_says_so() -> None:
    unmeasured = KeptRun("Dense 10", (), (1,), ("mnist",), "CPU", {}, (epoch(1, {"loss": 1}, {}),))
    assert "1 - - 31 s 11 MB" in " ".join(rows(text(runs.list_table([unmeasured]))))
    assert "not used" in text(runs.run_table(unmeasured))


def test_an_epoch_is_a_row_with_what_it_logged() -> None:
    shown = rows(text(runs.run_table(RUN)))
    assert f"run {'2' * 64}" in shown
    assert any(row.startswith(f"1 0.9500 0.2000 {'█' * 9} 31 s 2") for row in shown)
    assert any(row.startswith(f"2 0.9985 nan {'█' * 19} 31 s 1") for row in shown)
    assert any(row.startswith("ada to epoch 2") for row in shown)
    assert any(row.startswith("ben to epoch 1") for row in shown)


def test_names_from_elsewhere_command_nothing() -> None:
    trained_epoch = epoch(1, {"acc\x1b[2J": 0.5}, {"[bold]eve\x1b[31m\n": WHEN})
    shown = text(runs.run_table(KeptRun("D", (), (1,), ("mnist",), "CPU", {}, (trained_epoch,))))
    assert "[bold]eve\\x1b[31m\\n" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 Bytes"),
        (999, "999 Bytes"),
        (1000, "1 kB"),
        (11_100_000, "11.1 MB"),
        (5 * 10**15, "5 PB"),
    ],
)
def test_sizes_are_for_people(count: int, shown: str) -> None:
    assert runs.size(count) == shown
