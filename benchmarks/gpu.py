"""MNIST's reference network to 99.8 % on a GPU: the referee's loop beside Keras' own fit.

Run by ``make bench-gpu``; ``benchmarks/README.md`` says how to read the tables.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence

from rich.console import Console

from benchmarks.tables import Way, limits, times
from benchmarks.training import Training
from grader.referee.training.backends import DETERMINISTIC

NO_GPU = """\
This benchmark trains on a GPU, and JAX finds none here ({reason}). It needs an NVIDIA GPU with \
its driver, and JAX's CUDA packages in this environment: {python} -m pip install 'jax[cuda13]', or \
'jax[cuda12]' where the driver is older than 580."""

KERAS = Way("Keras' fit on JAX", "fit", "jax")
WAYS = (
    # Each of these twice, to see whether two processes compute the same bits.
    Way("ScanLoop, as the referee trains", "scan", "jax", DETERMINISTIC, times=2, roofline=True),
    Way("ScanLoop, autotuning off", "scan", "jax", "--xla_gpu_autotune_level=0", times=2),
    Way("ScanLoop, XLA's defaults", "scan", "jax", times=2, roofline=True),
    KERAS,
    Way("Keras' fit on PyTorch", "fit", "torch"),
    Way("Keras' fit on TensorFlow", "fit", "tensorflow"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every way and print the tables; 2 where there is no GPU, 1 where a training failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--device", choices=["gpu", "cpu"], default="gpu", help="cpu: a trial run")
    parser.add_argument("--data", default="data", help="the data folder (default: data)")
    parser.add_argument("--images", default="60000", help="how many to train on (default: all)")
    parser.add_argument("--epochs", default="20", help="at most so many (default: 20)")
    given = parser.parse_args(arguments)
    reason = _no_device(given.device)
    if reason:
        print(NO_GPU.format(reason=reason, python=sys.executable), file=sys.stderr)
        return 2
    passed_on = ["--data", given.data, "--images", given.images, "--epochs", given.epochs]
    console = Console()
    done: dict[Way, list[Training]] = {}
    for way in WAYS:
        if importlib.util.find_spec(way.backend) is None:
            continue
        with console.status(f"{way.title} ..."):
            attempts = [_train(way, given.device, passed_on) for _ in range(way.times)]
        if given.device == "cpu" or not _on_cpu(attempts):
            done[way] = [training for training in attempts if training]
    if not console.is_terminal:
        console.width = 120  # the tables' own; a file has no width
    console.print(times(done, done.get(KERAS, [])))
    for way, trainings in done.items():
        if way.roofline and trainings:
            console.print(limits(way, trainings[0]))
    return 0 if all(len(trainings) == way.times for way, trainings in done.items()) else 1


def _on_cpu(trainings: Sequence[Training | None]) -> bool:
    """Whether a backend trained without a GPU, as one does whose GPU packages are missing."""
    return any(training and training.device == "cpu" for training in trainings)


def _train(way: Way, device: str, arguments: Sequence[str]) -> Training | None:
    """Train in a separate process; None where it failed, which it says on stderr."""
    command = [sys.executable, "-m", "benchmarks.training", way.loop, *arguments]
    if way.roofline:
        command.append("--roofline")
    flags = f"{os.environ.get('XLA_FLAGS', '')} {way.flags}".strip()
    environment = _environment(device) | {"KERAS_BACKEND": way.backend, "XLA_FLAGS": flags}
    ran = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    return None if ran.returncode else Training(**json.loads(ran.stdout.splitlines()[-1]))


def _no_device(device: str) -> str:
    """Why JAX cannot use such a device, or nothing; asked in a process that gives it back."""
    command = [sys.executable, "-c", f"import jax; jax.devices({device!r})"]
    asked = subprocess.run(
        command, env=_environment(device), capture_output=True, text=True, check=False
    )
    return asked.stderr.strip().splitlines()[-1] if asked.returncode else ""


def _environment(device: str) -> dict[str, str]:
    """This process' own, without the chatter of TensorFlow's and XLA's insides."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    return environment | ({"JAX_PLATFORMS": "cpu"} if device == "cpu" else {})


if __name__ == "__main__":
    sys.exit(main())
