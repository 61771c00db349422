"""The results of the GPU benchmark, as tables for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.table import Table

from benchmarks.roofline import Roofline
from benchmarks.training import TARGET, Training

SECONDS_WANTED = 3.0
RATIO_WANTED = 15.0


@dataclass(frozen=True)
class Way:
    """One way to carry out the training: what the table calls it, and what its process is given.

    Attributes:
        title: in the table.
        loop: ``scan`` or ``fit``.
        backend: Keras'.
        flags: for XLA, beside those of the environment.
        times: how many processes train in this way.
        roofline: whether to measure the device's rates, too.
    """

    title: str
    loop: str
    backend: str
    flags: str = ""
    times: int = 1
    roofline: bool = False


def times(done: Mapping[Way, Sequence[Training]], base: Sequence[Training]) -> RenderableType:
    """A row a way: how long it took, how good it became, and its speed over ``base``'s."""
    devices = {training.device for trainings in done.values() for training in trainings}
    table = Table(
        title=f"MNIST's reference network until an epoch's accuracy is above {TARGET:.1%}, "
        f"on {', '.join(sorted(devices))}",
        caption=f"Wanted: training in {SECONDS_WANTED:g} s, {RATIO_WANTED:g} times Keras' fit. "
        "Compiling is not in the training's time.",
    )
    table.add_column("way", no_wrap=True)
    for heading in ("compile s", "train s", "s/epoch", "epochs", "accuracy", "on test"):
        table.add_column(heading, justify="right")
    table.add_column("speed", justify="right", no_wrap=True)
    table.add_column("same bits")
    for way, trainings in done.items():
        table.add_row(way.title, *(_measures(trainings, base) if trainings else ["failed"]))
    return table


def limits(way: Way, training: Training) -> RenderableType:
    """What an epoch asks for, the device's measured rates, and what share of the time that is."""
    roofline = Roofline(**training.roofline or {})
    epoch = min(training.epochs)
    table = Table(title=f"{way.title}: an epoch in {epoch:.3f} s, and what limits it")
    table.add_column("limit")
    for heading in ("an epoch asks for", "measured, a second", "at least s", "share"):
        table.add_column(heading, justify="right")
    asked = {
        "arithmetic": (f"{roofline.operations:.3g} operations", f"{roofline.operations_rate:.3g}"),
        "memory": (f"{roofline.bytes:.3g} bytes", f"{roofline.bytes_rate:.3g}"),
        "starting kernels": (f"{roofline.kernels:.3g} kernels", f"{roofline.kernels_rate:.3g}"),
    }
    for limit, seconds in roofline.floors().items():
        table.add_row(limit, *asked[limit], f"{seconds:.3f}", f"{seconds / epoch:.0%}")
    return table


def _measures(trainings: Sequence[Training], base: Sequence[Training]) -> list[str]:
    best = min(trainings, key=lambda training: sum(training.epochs))
    reached = "" if best.accuracy > TARGET else " (no)"
    return [
        f"{best.preparing:.1f}",
        f"{sum(best.epochs):.2f}",
        f"{_epoch(trainings):.3f}",
        f"{len(best.epochs)}{reached}",
        f"{best.accuracy:.4f}",
        f"{best.test_accuracy:.4f}",
        f"{_epoch(base) / _epoch(trainings):.1f} x" if base else "",
        _same(trainings),
    ]


def _epoch(trainings: Sequence[Training]) -> float:
    """Seconds of the fastest epoch: in the first, a device still loads kernels."""
    return min(min(training.epochs) for training in trainings)


def _same(trainings: Sequence[Training]) -> str:
    if len(trainings) < 2:
        return ""
    return "yes" if len({training.digest for training in trainings}) == 1 else "no"
