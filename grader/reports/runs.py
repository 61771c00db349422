"""The store of runs on the terminal: what is kept, and one run's epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.model import KeptEpoch, KeptRun

KEY_SHOWN = 10  # digits of a key: enough to tell thousands of epochs apart
_HALVINGS = 12  # of the errors, that a bar has room for: to 0.9998


def list_table(runs: Sequence[KeptRun], title: str = "Runs") -> RenderableType:
    """A row a run, what each of them is, and what all of them take on the disk."""
    table = Table(
        title=title, title_justify="left", title_style="bold",
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False,
    )  # fmt: skip
    table.add_column("run", no_wrap=True)
    for name in ("epochs", "accuracy", "test", "time", "size", "last used", "users"):
        table.add_column(name, justify="right", no_wrap=True)
    what = Table.grid(padding=(0, 2))
    for run in runs:
        key = run.key[:KEY_SHOWN]
        table.add_row(
            key,
            str(run.epochs[-1].number),
            accuracy(run.best_accuracy),
            accuracy(run.test_accuracy),
            _time(run.seconds),
            size(run.size),
            f"{run.last_used.astimezone():%Y-%m-%d}",
            str(len(run.users)),
        )
        what.add_row(key, _plain(f"{run.network}; {', '.join(run.datasets)}; {run.device}"))
    total = sum({epoch.key: epoch.size for run in runs for epoch in run.epochs}.values())
    runs_and_size = f"{len(runs)} run{'s' if len(runs) != 1 else ''}, {size(total)}"
    foot = Text(f"{runs_and_size}; epochs that runs share count once", style="dim")
    return Group(table, what, foot)


def run_table(run: KeptRun) -> RenderableType:
    """One run: what it is, and a row an epoch with what it logged and a bar for its accuracy."""
    head = Table.grid(padding=(0, 2))
    for name, value in _facts(run):
        head.add_row(Text(name, "dim"), _plain(value))
    names = list(dict.fromkeys(name for epoch in run.epochs for name in epoch.logs))
    table = Table()
    table.add_column("epoch", justify="right")
    for name in names:
        table.add_column(_plain(name), justify="right")
    table.add_column("██ half the errors", no_wrap=True)
    table.add_column("time", justify="right")
    table.add_column("users", justify="right")
    for epoch in run.epochs:
        table.add_row(
            str(epoch.number),
            *(f"{epoch.logs[name]:.4f}" if name in epoch.logs else "" for name in names),
            _bar(epoch.accuracy),
            _time(epoch.seconds),
            str(len(epoch.users)),
        )
    return Group(head, table, *_users(run.epochs))


def size(count: int) -> str:
    """A number of bytes for people, as multiples of a thousand."""
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.3g} {unit}" if amount < 1000 else f"{amount:.0f} {unit}"


def accuracy(share: float | None) -> str:
    """An accuracy for people; a dash where there is none."""
    return "-" if share is None else f"{share:.4f}"


def _facts(run: KeptRun) -> list[tuple[str, str]]:
    facts = [("run", run.key), ("network", run.network)]
    facts += [("training", one) for one in run.trainings]
    facts += [
        ("measured", f"{accuracy(run.train_accuracy)} train, {accuracy(run.test_accuracy)} test"),
        ("time", f"{_time(run.seconds)} on {run.device}"),
        ("made with", ", ".join(f"{name} {value}" for name, value in run.environment.items())),
        ("size", size(run.size)),
        ("kept", _moment(run.epochs[0].when)),
    ]
    return [(name, value) for name, value in facts if value]


def _users(epochs: Sequence[KeptEpoch]) -> list[RenderableType]:
    """Who used the run: how far each came, and when last."""
    came: dict[str, tuple[int, datetime]] = {}
    for epoch in epochs:
        for who, when in epoch.users.items():
            before = came.get(who, (0, when))
            came[who] = (epoch.number, max(when, before[1]))
    grid = Table.grid(padding=(0, 2))
    for who, (number, when) in sorted(came.items()):
        grid.add_row(_plain(who), Text(f"to epoch {number}"), Text(_moment(when), "dim"))
    return [Text("used by", "dim"), grid] if came else [Text("used by nobody", "dim")]


def _bar(value: float | None) -> Text:
    """Two blocks for each halving of the errors: trainings end close to 1."""
    if value is None:
        return Text("")
    errors = min(max(1 - value, 2.0**-_HALVINGS), 1.0)
    return Text("█" * round(-2 * math.log2(errors)), "green")


def _time(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"


def _moment(when: datetime) -> str:
    return f"{when.astimezone():%Y-%m-%d %H:%M}"


def _plain(text: str) -> Text:
    """Text in which names from elsewhere can neither be markup nor command the terminal."""
    return Text("".join(one if one.isprintable() else ascii(one)[1:-1] for one in text))
