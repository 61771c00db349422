from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console, RenderableType

from benchmarks import gpu, tables
from benchmarks.roofline import Roofline
from benchmarks.tables import Way
from benchmarks.training import Training
from grader.datasets import FILES, write_idx

pytestmark = [pytest.mark.keras, pytest.mark.training]

ROOT = Path(__file__).parents[2]
FIT = Way("fit", "fit", "jax")
SCAN = Way("scan", "scan", "jax", times=2)
SLOW = Training("H", 2.0, [30.0, 20.0], accuracy=0.999, test_accuracy=0.98, digest="a")
FAST = Training("H", 9.0, [2.0, 1.0], accuracy=0.999, test_accuracy=0.97, digest="a")


def shown(table: RenderableType) -> str:
    console = Console(width=120, no_color=True)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def row(table: RenderableType, title: str) -> list[str]:
    line = next(line for line in shown(table).splitlines() if line.startswith(f"│ {title} "))
    return [cell.strip() for cell in line.strip("│").split("│")]


def test_a_row_says_how_long_how_good_and_how_much_faster() -> None:
    table = tables.times({FIT: [SLOW], SCAN: [FAST, FAST]}, base=[SLOW])
    fit, scan = row(table, "fit"), row(table, "scan")
    assert fit[1:] == ["2.0", "50.00", "20.000", "2", "0.9990", "0.9800", "1.0 x", ""]
    assert scan[1:] == ["9.0", "3.00", "1.000", "2", "0.9990", "0.9700", "20.0 x", "yes"]


def test_a_row_says_that_two_processes_differ() -> None:
    other = dataclasses.replace(FAST, digest="b")
    assert row(tables.times({SCAN: [FAST, other]}, base=[]), "scan")[-2:] == ["", "no"]


def test_a_row_says_that_the_accuracy_was_not_reached() -> None:
    poor = dataclasses.replace(FAST, accuracy=0.998)  # above is asked for
    assert row(tables.times({FIT: [poor]}, base=[]), "fit")[4] == "2 (no)"


def test_a_row_says_that_its_training_failed() -> None:
    assert row(tables.times({SCAN: []}, base=[]), "scan")[1] == "failed"


def test_limits_are_shares_of_an_epoch() -> None:
    work = Roofline(6e9, 8e9, 1e5, operations_rate=3e10, bytes_rate=1e10, kernels_rate=2e5)
    training = dataclasses.replace(FAST, roofline=dataclasses.asdict(work))
    table = tables.limits(SCAN, training)
    assert row(table, "arithmetic")[-2:] == ["0.200", "20%"]
    assert row(table, "memory")[-2:] == ["0.800", "80%"]
    assert row(table, "starting kernels")[-2:] == ["0.500", "50%"]


def test_without_a_gpu_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")
    assert gpu.main([]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "It needs an NVIDIA GPU with its driver" in shown.err
    assert "pip install 'jax[cuda13]'" in shown.err


def test_a_failed_training_is_told_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def train(way: Way, device: str, arguments: object) -> Training | None:
        return SLOW if way.loop == "fit" else None

    monkeypatch.setattr(gpu, "_no_device", lambda device: "")
    monkeypatch.setattr(gpu, "_train", train)
    assert gpu.main([]) == 1
    out = capsys.readouterr().out
    assert out.count("failed") == 3
    assert "50.00" in out


def test_a_backend_without_a_gpu_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def train(way: Way, device: str, arguments: object) -> Training:
        return dataclasses.replace(SLOW, device="H" if way.backend == "jax" else "cpu")

    monkeypatch.setattr(gpu, "WAYS", (gpu.KERAS, Way("TensorFlow", "fit", "tensorflow")))
    monkeypatch.setattr(gpu, "_no_device", lambda device: "")
    monkeypatch.setattr(gpu, "_train", train)
    assert gpu.main([]) == 0
    assert "TensorFlow" not in capsys.readouterr().out


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder of noise, with labels that tell nothing."""
    random = np.random.default_rng(0)
    for file, count in zip(FILES, (64, 64, 20, 20), strict=True):
        shape = (count, 28, 28) if "images" in file else (count,)
        write_idx(tmp_path / "mnist" / file, random.integers(0, 10, shape, dtype=np.uint8))
    return tmp_path


def trained(data: Path, *arguments: str) -> dict[str, Any]:
    """What ``benchmarks.training`` prints of two epochs on a CPU."""
    quick = "--xla_backend_optimization_level=0"  # compiling is most of the time
    environment = os.environ | {
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": quick,
    }
    command = [sys.executable, "-m", "benchmarks.training", *arguments]
    ran = subprocess.run(
        [*command, "--data", str(data), "--epochs", "2"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return dict(json.loads(ran.stdout))


def test_a_training_is_measured(data: Path) -> None:
    scan = trained(data, "scan", "--roofline")
    assert len(scan["epochs"]) == 2
    assert scan["accuracy"] > 0
    assert scan["device"] == "cpu"
    assert min(scan["roofline"].values()) > 0


@pytest.mark.long  # what the loops train is compared by tests of the loop, on small networks
def test_both_loops_train_the_same_network(data: Path) -> None:
    scan, fit = trained(data, "scan"), trained(data, "fit")
    assert len(scan["epochs"]) == len(fit["epochs"]) == 2
    assert 0 < scan["accuracy"] == pytest.approx(fit["accuracy"])
    assert scan["test_accuracy"] == pytest.approx(fit["test_accuracy"])
