"""What was measured, as a table for a terminal, a plot, and a section of docs/security.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from benchmarks import marked_page
from benchmarks.classes.page import machine
from tests.soak import samples
from tests.soak.samples import MEMORY, Change, Sample

BEGIN = "<!-- soak: begin; written by `make soak` -->"
END = "<!-- soak: end -->"
_NAMES = {
    "grading_bytes": "memory of the grading process",
    "service_bytes": "memory of `grader watch`",
    "parents_bytes": "memory of warm parents and judges' server",
    "groups": "control groups",
    "folders": "folders in /tmp",
}
_PANELS = {
    "MiB": MEMORY[:2],
    "MiB ": MEMORY[2:],
    "count": ("processes", "threads", "descriptors"),
    "on the machine": ("groups", "folders", "mounts", "sockets"),
}

_BELOW, _ABOVE = 0.03, 1.15  # a line that stays level is not drawn on an edge


@dataclass(frozen=True)
class Soak:
    """What came of a run.

    Attributes:
        taken: samples, in order.
        watched: submissions that ``grader watch`` answered beside.
        wrong: submissions with other verdicts than expected, a line each.
        left: what was on the machine after all had ended.
        command: how it was started.
    """

    taken: Sequence[Sample]
    watched: int
    wrong: Sequence[str]
    left: Sequence[str]
    command: str

    @property
    def well(self) -> bool:
        """Whether nothing grew, was left, or was wrong."""
        grew = any(change.grew for change in samples.changes(self.taken))
        return not (grew or samples.slower(self.taken) or self.wrong or self.left)


def table(soak: Soak) -> Table:
    """A row for each measure."""
    made = Table("", "first quarter", "last quarter", "most", "")
    for row in _rows(soak):
        made.add_row(*row)
    return made


def write(soak: Soak, page: Path) -> None:
    """Put table and machine between the markers of a page; raises ``BenchError`` without them."""
    rows = [["", "first quarter", "last quarter", "most", ""], ["---"] * 5, *_rows(soak)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    done = soak.taken[-1].submissions
    left = "Nothing was left" if not soak.left else f"{len(soak.left)} things were left"
    text = (
        f"{done} submissions, and {soak.watched} beside that `grader watch` answered: "
        f"{len(soak.wrong)} with other verdicts than expected. {left} on the machine after the "
        f"end. {machine()} `{soak.command}`; other programs may have used the machine."
    )
    marked_page.write(page, BEGIN, END, "\n".join([text, "", *lines]))


def plot(soak: Soak, file: Path) -> None:
    """Draw each measure over the submissions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 9), layout="constrained")
    done = [sample.submissions for sample in soak.taken]
    for axes, (unit, names) in zip(
        figure.subplots(len(_PANELS), sharex=True), _PANELS.items(), strict=True
    ):
        for name, style in zip(names, ("-", "--", ":", "-."), strict=False):  # some are the same
            values = [getattr(sample, name) for sample in soak.taken]
            scaled = [value / (1 << 20) for value in values] if name in MEMORY else values
            axes.plot(done, scaled, style, label=_named(name).replace("`", ""))
        axes.set_ylabel(unit)
        highest = axes.dataLim.y1 or 1.0
        axes.set_ylim(-_BELOW * highest, _ABOVE * highest)
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    axes.set_xlabel("submissions")
    figure.savefig(file, dpi=110)


def _rows(soak: Soak) -> list[list[str]]:
    rows = [_row(change) for change in samples.changes(soak.taken)]
    first, last = samples.rates(soak.taken)
    verdict = "slower" if samples.slower(soak.taken) else ""
    return [
        *rows,
        ["submissions a minute, first and last tenth", f"{first:.1f}", f"{last:.1f}", "", verdict],
    ]


def _row(change: Change) -> list[str]:
    values = (change.first, change.last, change.most)
    shown = [
        f"{value / (1 << 20):.0f} MiB" if change.name in MEMORY else f"{value:g}"
        for value in values
    ]
    return [_named(change.name), *shown, "grew" if change.grew else ""]


def _named(name: str) -> str:
    return _NAMES.get(name, name)
