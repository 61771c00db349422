"""The figures of a class report, drawn with matplotlib; none holds a name."""

from __future__ import annotations

import math
from pathlib import Path

from grader.model import Run
from grader.reports import training_text
from grader.reports.charts import curves
from grader.reports.charts.figure import (
    BLUE,
    INK,
    ORANGE,
    Drawn,
    blank,
    label_to,
    save,
    whole_numbers,
)
from grader.reports.class_report import epochs_figure
from grader.reports.class_report.content import ClassReport

_MAX_BINS = 25  # most bars of the histogram of scores
_MEDIAN_GAP = 8  # points between a line and the letters beside it


def scores(report: ClassReport, file: Path) -> Drawn:
    """Draw a histogram of the points for claims."""
    figure, axes = blank(2.6)
    width = max(1, math.ceil(report.claims_max / _MAX_BINS))
    edges = [edge - width / 2 for edge in range(0, math.ceil(report.claims_max) + 2 * width, width)]
    points = [entry.claims_score for entry in report.entries]
    axes.hist(points, bins=edges, color=BLUE, rwidth=0.85)
    axes.axvline(report.median, color=INK, linestyle=(0, (6, 3)), linewidth=1.2)
    right = report.median > report.claims_max / 2
    gap = -_MEDIAN_GAP if right else _MEDIAN_GAP
    axes.annotate(
        f"median {report.median:g}", (report.median, 1), (gap, -2),
        xycoords=("data", "axes fraction"), textcoords="offset points",
        ha="right" if right else "left", va="top",
    )  # fmt: skip
    axes.set_ylim(0, axes.get_ylim()[1] * 1.25)  # room for the word
    axes.set_xlim(edges[0], edges[-1])
    label_to(axes.xaxis, report.claims_max)
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
    figure, axes = blank(2.6)
    ordered = sorted(report.entries, key=lambda entry: entry.graded.seconds)
    waited = [entry.referee_seconds for entry in ordered]
    rest = [max(0.0, entry.graded.seconds - entry.referee_seconds) for entry in ordered]
    places = range(len(ordered))
    axes.bar(places, rest, width=0.85, color=BLUE, label="everything else")
    if any(waited):
        axes.bar(
            places, waited, width=0.85, bottom=rest, color=ORANGE, label="waiting for trainings"
        )
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
    axes.set_xticks([])
    axes.set_xlabel(f"{len(ordered)} submissions, the quickest first")
    axes.set_ylabel("seconds")
    axes.set_xlim(-0.75, max(len(ordered), 4) - 0.25)
    save(figure, file)
    seconds = [entry.graded.seconds for entry in ordered]
    total, waiting = training_text.seconds(sum(seconds)), training_text.seconds(sum(waited))
    return Drawn(
        file,
        "Time of grading",
        f"Bars of the seconds that grading took: from {training_text.seconds(seconds[0])} to "
        f"{training_text.seconds(seconds[-1])} a submission.",
        f"{total} in all; {waiting} of them waiting for trainings."
        if any(waited)
        else f"{total} in all.",
    )


def draw(report: ClassReport, folder: Path) -> tuple[tuple[Drawn, ...], tuple[str, ...]]:
    """Draw the figures that have data; returns them, and why the others were left out."""
    figures = [scores(report, folder / "scores.svg")]
    missing = []
    if not report.runs:
        missing.append("No submission trained a network: there are no learning curves.")
    elif not _with_curve(report):
        missing.append("No training logged an accuracy: there are no learning curves.")
    else:
        figures.append(learning_curves(report, folder / "learning_curves.svg"))
        if report.target is None:
            missing.append(
                "This assignment names no target (`c.Course.targets` in course_config.py): there "
                "are no epochs to count until it is reached."
            )
        elif not any(run.parameters for run in _with_curve(report)):
            missing.append("No training was measured: the networks' weights are not known.")
        else:
            figures.append(epochs_figure.to_target(report, report.target, folder / "epochs.svg"))
    figures.append(times(report, folder / "times.svg"))
    return tuple(figures), tuple(missing)


def _with_curve(report: ClassReport) -> list[Run]:
    return [run for _, run in report.runs if training_text.best(run) is not None]
