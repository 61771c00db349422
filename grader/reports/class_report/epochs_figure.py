"""The figure of a class report that plots epochs to the target over the networks' weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.reports import training_text
from grader.reports.charts.figure import BLUE, GRID, ORANGE, Drawn, blank, save, whole_numbers
from grader.reports.class_report.content import ClassReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


# Weights and epochs of a mark, and whether the target was reached, to the number of trainings.
Places = Counter[tuple[int, int, bool]]


def to_target(report: ClassReport, target: float, file: Path) -> Drawn:
    """Draw the epochs to the target over the weights; a mark may stand for several runs."""
    places = _places(report, target)
    figure, axes = blank(3.4)
    _draw_marks(axes, places)
    _draw_axes(axes, places)
    all_runs = places.total()
    reached = sum(count for (_, _, goal), count in places.items() if goal)
    _legend(figure, {
        f"above {target:g} after so many epochs": ("o", BLUE, reached),
        "never; ended after so many": ("X", ORANGE, all_runs - reached),
    })  # fmt: skip
    save(figure, file)
    unmeasured = any(not run.parameters for _, run in report.runs)
    return Drawn(
        file,
        "Epochs to the target",
        f"Scatter of epochs against weights: {reached} of {all_runs} trainings came above "
        f"{target:g}.",
        "A mark is a training, or as many as the number beside it says."
        + (" Trainings whose network nobody measured are left out." if unmeasured else ""),
    )


def _places(report: ClassReport, target: float) -> Places:
    """Where a mark stands for each run whose network was measured."""
    places: Places = Counter()
    for _, run in report.runs:
        if run.parameters:
            goal = training_text.reached(run, target)
            places[run.parameters, goal or run.epochs, goal is not None] += 1
    return places


def _draw_marks(axes: Axes, places: Places) -> None:
    """Draw a mark at each place, larger for several runs, with their number beside it."""
    for (weights, epochs, goal), count in places.most_common():  # small marks upon large ones
        axes.plot(
            weights, epochs, marker="o" if goal else "X", color=BLUE if goal else ORANGE,
            markersize=9 + 2.5 * math.sqrt(count - 1), markeredgewidth=0, zorder=3,
        )  # fmt: skip
        if count > 1:
            axes.annotate(
                f"{count}", (weights, epochs), (6 + 1.2 * math.sqrt(count - 1), 3),
                textcoords="offset points", fontsize=8, zorder=4,
            )  # fmt: skip


def _draw_axes(axes: Axes, places: Places) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(_thousands)
    axes.xaxis.set_minor_formatter(_thousands)
    _few_minor_labels(axes, [weights for weights, _, _ in places])
    axes.set_ylim(0, max(epochs for _, epochs, _ in places) * 1.15 + 1)
    whole_numbers(axes.yaxis)
    axes.set_xlabel("weights of the network")
    axes.set_ylabel("epochs")
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _few_minor_labels(axes: Axes, weights: Sequence[int]) -> None:
    """Label 20k and 50k between 10k and 100k if the networks are of similar size."""
    from matplotlib.ticker import LogLocator, NullFormatter

    lowest, highest = min(weights) / 1.5, max(weights) * 1.5
    axes.set_xlim(lowest, highest)
    axes.xaxis.set_minor_locator(LogLocator(subs=(2, 5)))
    if highest / lowest > 1000:
        axes.xaxis.set_minor_formatter(NullFormatter())


def _thousands(value: float, _: float) -> str:
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _legend(figure: Figure, marks: dict[str, tuple[str, str, int]]) -> None:
    """Explain the marks that occur."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], linestyle="", marker=mark, color=colour, label=label, markersize=8)
        for label, (mark, colour, count) in marks.items()
        if count
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=1, frameon=False)
