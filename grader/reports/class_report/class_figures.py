"""The figures of a class report, drawn with matplotlib; readable in black and white."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.model import Run
from grader.reports import training_text
from grader.reports.charts import curves, score_bars
from grader.reports.charts.figure import BLUE, ORANGE, Drawn, blank, save, whole_numbers
from grader.reports.class_report import epochs_figure
from grader.reports.class_report.content import ClassReport, Entry

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMED = 24  # most submissions whose names are legible under an axis
_LETTERS = 16  # most letters of a name
_MAX_BINS = 25  # most bars of the histogram of scores


def scores(report: ClassReport, file: Path) -> Drawn:
    """Draw a histogram of the points for claims."""
    figure, axes = blank(3.2)
    width = max(1, math.ceil(report.claims_max / _MAX_BINS))
    edges = [edge - width / 2 for edge in range(0, math.ceil(report.claims_max) + 2 * width, width)]
    points = [entry.claims_score for entry in report.entries]
    axes.hist(points, bins=edges, color=BLUE, edgecolor="white", rwidth=0.9)
    axes.axvline(report.median, color="black", linestyle=(0, (6, 3)), linewidth=1.2)
    right = report.median > report.claims_max / 2
    axes.annotate(
        f"median {report.median:g}", (report.median, 1), (-4 if right else 4, -2),
        xycoords=("data", "axes fraction"), textcoords="offset points",
        ha="right" if right else "left", va="top",
    )  # fmt: skip
    axes.set_ylim(0, axes.get_ylim()[1] * 1.15)  # room for the word
    axes.set_xlim(edges[0], edges[-1])
    whole_numbers(axes.xaxis)
    whole_numbers(axes.yaxis)
    axes.set_xlabel(f"points for claims, of {report.claims_max:g}")
    axes.set_ylabel("submissions")
    save(figure, file)
    return Drawn(
        file,
        "Scores",
        f"Histogram of the points for claims: from {min(points):g} to {max(points):g}, "
        f"median {report.median:g}.",
        "Points for claims, which the machine gave or a person changed; written answers and late "
        "penalties are in the table below.",
    )


def claims(report: ClassReport, file: Path) -> Drawn:
    """Draw the outcomes of each claim as a bar."""
    score_bars.scores_per_claim({report.assignment: (report.claims, report.graded)}, file)
    worst = max(report.results, key=lambda result: result.missed)
    return Drawn(
        file,
        "Verdicts",
        "Bars of the verdicts on each claim; the numbers are in the table below.",
        f"The class misses {worst.claim.name} most: {worst.missed} of {len(report.entries)} "
        "did not pass."
        if worst.missed
        else "Every submission passed every claim.",
    )


def learning_curves(report: ClassReport, file: Path) -> Drawn:
    """Draw the accuracy of each training by epoch; a training that students share is drawn once."""
    runs = list({(run.key, run.stopped): run for run in _with_curve(report)}.values())
    curves.draw(runs, file, report.target)
    return Drawn(
        file,
        "Learning curves",
        f"Training accuracy after each epoch of {len(runs)} different trainings.",
        "The scale is stretched towards 1: each step up halves the errors. "
        "Trainings that several students share are drawn once.",
    )


def times(report: ClassReport, file: Path) -> Drawn:
    """Draw how long grading each submission took, and how long it waited for the referee."""
    figure, axes = blank(3.2)
    ordered = sorted(report.entries, key=lambda entry: entry.graded.seconds)
    waited = [entry.referee_seconds for entry in ordered]
    rest = [max(0.0, entry.graded.seconds - entry.referee_seconds) for entry in ordered]
    places = range(len(ordered))
    axes.bar(places, rest, width=0.85, color=BLUE, label="everything else")
    if any(waited):
        axes.bar(
            places, waited, width=0.85, bottom=rest, color="white", edgecolor=ORANGE, hatch="////",
            linewidth=0.6, label="waiting for trainings",
        )  # fmt: skip
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
    _names(axes, ordered)
    axes.set_ylabel("seconds")
    axes.set_xlim(-0.75, max(len(ordered), 4) - 0.25)
    save(figure, file)
    seconds = [entry.graded.seconds for entry in ordered]
    return Drawn(
        file,
        "Time of grading",
        f"Bars of the seconds that grading took: from {training_text.seconds(seconds[0])} to "
        f"{training_text.seconds(seconds[-1])} a submission.",
        f"{training_text.seconds(sum(seconds))} in all"
        + (
            f"; {training_text.seconds(sum(waited))} of them waiting for trainings."
            if any(waited)
            else "."
        ),
    )


def draw(report: ClassReport, folder: Path) -> tuple[tuple[Drawn, ...], tuple[str, ...]]:
    """Draw the figures that have data; returns them, and why the others were left out."""
    figures = [scores(report, folder / "scores.png"), claims(report, folder / "claims.png")]
    missing = []
    if not report.runs:
        missing.append("No submission trained a network: there are no learning curves.")
    elif not _with_curve(report):
        missing.append("No training logged an accuracy: there are no learning curves.")
    else:
        figures.append(learning_curves(report, folder / "learning_curves.png"))
        if report.target is None:
            missing.append(
                "This assignment names no target (`c.Course.targets` in course_config.py): there "
                "are no epochs to count until it is reached."
            )
        elif not any(run.parameters for run in _with_curve(report)):
            missing.append("No training was measured: the networks' weights are not known.")
        else:
            figures.append(epochs_figure.to_target(report, report.target, folder / "epochs.png"))
    figures.append(times(report, folder / "times.svg"))
    return tuple(figures), tuple(missing)


def _with_curve(report: ClassReport) -> list[Run]:
    return [run for _, run in report.runs if training_text.best(run) is not None]


def _names(axes: Axes, ordered: Sequence[Entry]) -> None:
    """Label the bars with names; with their number if the names do not fit."""
    if len(ordered) <= _NAMED:
        axes.set_xticks(
            range(len(ordered)),
            [_label(entry.student) for entry in ordered],
            rotation=45,
            ha="right",
        )
    else:
        axes.set_xticks([])
        axes.set_xlabel(f"{len(ordered)} submissions, the quickest first")


def _label(student: str) -> str:
    """A name that fits under an axis, with $ escaped for matplotlib."""
    short = student if len(student) <= _LETTERS else f"{student[: _LETTERS - 1]}…"
    return short.replace("$", r"\$")
