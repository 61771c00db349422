"""Tables of the store of runs for the terminal: all runs, and the epochs of one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import humanize
from rich import box
from rich.console import Group, RenderableType
from rich.text import Text

from grader.model import KeptEpoch, KeptRun
from grader.reports.terminal.output_table import OutputTable, grid
from grader.reports.terminal.plain import plain
from grader.reports.training_text import seconds

KEY_SHOWN = 10  # digits of a key: enough to tell thousands of epochs apart
_HALVINGS = 12  # of the error rate, at most, in a bar: to 0.9998


def list_table(runs: Sequence[KeptRun], title: str = "Runs") -> RenderableType:
    """A row for each run, a description of each, and their total size on disk."""
    table = OutputTable(
        title=title, title_justify="left", title_style="bold",
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False,
    )  # fmt: skip
    table.add_column("run", no_wrap=True)
    for name in ("epochs", "accuracy", "test", "time", "size", "last used", "users"):
        table.add_column(name, justify="right", no_wrap=True)
    descriptions = grid()
    for run in runs:
        key = run.key[:KEY_SHOWN]
        table.add_row(
            key,
            str(run.epochs[-1].number),
            accuracy(run.best_accuracy),
            accuracy(run.test_accuracy),
            seconds(run.seconds),
            size(run.size),
            f"{run.last_used.astimezone():%Y-%m-%d}",
            str(len(run.users)),
        )
        descriptions.add_row(key, plain(f"{run.network}; {', '.join(run.datasets)}; {run.device}"))
    total = sum({epoch.key: epoch.size for run in runs for epoch in run.epochs}.values())
    runs_and_size = f"{len(runs)} run{'s' if len(runs) != 1 else ''}, {size(total)}"
    foot = Text(f"{runs_and_size}; shared epochs are counted once", style="dim")
    return Group(table, descriptions, foot)


def run_table(run: KeptRun) -> RenderableType:
    """One run: its description, and a row for each epoch with logs and a bar of its accuracy."""
    head = grid()
    for name, value in _facts(run):
        head.add_row(Text(name, "dim"), plain(value))
    names = list(dict.fromkeys(name for epoch in run.epochs for name in epoch.logs))
    table = OutputTable()
    table.add_column("epoch", justify="right")
    for name in names:
        table.add_column(plain(name), justify="right")
    table.add_column("██ half the errors", no_wrap=True)
    table.add_column("time", justify="right")
    table.add_column("users", justify="right")
    for epoch in run.epochs:
        table.add_row(
            str(epoch.number),
            *(f"{epoch.logs[name]:.4f}" if name in epoch.logs else "" for name in names),
            _bar(epoch.accuracy),
            seconds(epoch.seconds),
            str(len(epoch.users)),
        )
    return Group(head, table, *_users(run.epochs))


def size(count: int) -> str:
    """A number of bytes for people, in decimal units."""
    return humanize.naturalsize(count, format="%.3g")


def accuracy(share: float | None) -> str:
    """An accuracy for people; a dash where there is none."""
    return "-" if share is None else f"{share:.4f}"


def _facts(run: KeptRun) -> list[tuple[str, str]]:
    facts = [("run", run.key), ("network", run.network)]
    facts += [("training", training) for training in run.trainings]
    facts += [
        ("measured", f"{accuracy(run.train_accuracy)} train, {accuracy(run.test_accuracy)} test"),
        ("time", f"{seconds(run.seconds)} on {run.device}"),
        ("made with", ", ".join(f"{name} {value}" for name, value in run.environment.items())),
        ("size", size(run.size)),
        ("stored", _moment(run.epochs[0].when)),
    ]
    return [(name, value) for name, value in facts if value]


def _users(epochs: Sequence[KeptEpoch]) -> list[RenderableType]:
    """Who used the run: up to which epoch, and when last."""
    progress: dict[str, tuple[int, datetime]] = {}
    for epoch in epochs:
        for who, when in epoch.users.items():
            before = progress.get(who, (0, when))
            progress[who] = (epoch.number, max(when, before[1]))
    users = grid(3)
    for who, (number, when) in sorted(progress.items()):
        users.add_row(plain(who), Text(f"to epoch {number}"), Text(_moment(when), "dim"))
    return [Text("used by", "dim"), users] if progress else [Text("not used", "dim")]


def _bar(value: float | None) -> Text:
    """Two blocks for each halving of the errors: trainings end close to 1."""
    if value is None:
        return Text("")
    errors = min(max(1 - value, 2.0**-_HALVINGS), 1.0)
    return Text("█" * round(-2 * math.log2(errors)), "green")


def _moment(when: datetime) -> str:
    return f"{when.astimezone():%Y-%m-%d %H:%M}"
