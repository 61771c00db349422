"""Learning curves, drawn with matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.accuracy import logged_accuracy
from grader.errors import RefereeError
from grader.model import Run
from grader.reports.charts import scale
from grader.reports.charts.figure import GRID, INK, blank, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's palette; strokes and marks tell the runs apart also in black and white.
_STYLES = (
    ("#0072B2", "-", "o"),
    ("#D55E00", "--", "s"),
    ("#009E73", "-.", "^"),
    ("#CC79A7", ":", "D"),
    ("#E69F00", (0, (6, 2, 1, 2, 1, 2)), "v"),
    (INK, (0, (1, 3)), "P"),
)
_ONE_OF_MANY = ("#0072B2", "-", ".")


def draw(runs: Sequence[Run], path: Path, target: float | None = None) -> None:
    """Draw the training accuracy after each epoch of some runs, into a PNG or an SVG at ``path``.

    The axis is stretched towards 1, each halving of the errors the same step up, because that is
    where trainings end. A full mark ends a run that its callback stopped, an empty one any other;
    the cross at the same epoch is the accuracy on the test set.

    Args:
        runs: at least one; up to six are told apart, more are drawn as one bundle.
        path: the file to write; an SVG is narrow, for a page that phones show, too.
        target: an accuracy to draw a line at.

    Raises:
        RefereeError: no run has logged an accuracy, or the file cannot be written.
    """
    drawn = [run for run in runs if any(logged_accuracy(logs) is not None for logs in run.logs)]
    if not drawn:
        names = sorted({name for run in runs for logs in run.logs for name in logs})
        raise RefereeError(
            f"there is no curve to draw: no epoch logged an accuracy, only {', '.join(names)}"
        )
    drawn_for_page = path.suffix == ".svg"
    figure, axes = blank(3.4) if drawn_for_page else blank(4.8, width=8)
    told_apart = len(drawn) <= len(_STYLES)
    for index, run in enumerate(drawn):
        style = _STYLES[index] if told_apart else _ONE_OF_MANY
        label = _label(run, index) if told_apart else f"{len(drawn)} runs" if not index else None
        _draw(axes, run, style, label, bundled=not told_apart)
    _prepare(axes, drawn, target)
    columns = 1 if drawn_for_page and told_apart else 2
    figure.legend(*_legend(axes, drawn), loc="outside lower center", ncols=columns, frameon=False)
    try:
        save(figure, path)
    except OSError as error:
        raise RefereeError(f"{path} cannot be written: {error.strerror or error}") from error


def _draw(axes: Axes, run: Run, style: Any, label: str | None, bundled: bool) -> None:
    """One run: its curve, how it ended, and the test accuracy, tied to that end."""
    colour, stroke, mark = style
    curve = scale.curve(run)
    epochs = range(1, len(curve) + 1)
    axes.plot(
        epochs, curve, color=colour, linestyle=stroke, marker=mark, markersize=4, label=label,
        linewidth=1.6, alpha=0.55 if bundled else 1,
    )  # fmt: skip
    axes.plot(
        epochs[-1], curve[-1], marker="o" if bundled else mark, markersize=6 if bundled else 9,
        color=colour, markerfacecolor=colour if run.stopped else "none",
        markeredgewidth=1.6, zorder=3,
    )  # fmt: skip
    if run.test_accuracy is None:
        return
    tested = scale.drawn(run.test_accuracy)
    if not bundled:
        axes.plot([epochs[-1]] * 2, [curve[-1], tested], color=colour, linestyle=":", linewidth=1)
    axes.plot(
        epochs[-1], tested, marker="x", markersize=5 if bundled else 8, color=colour,
        markeredgewidth=1.5 if bundled else 2, zorder=3,
    )  # fmt: skip


def _prepare(axes: Axes, runs: Sequence[Run], target: float | None) -> None:
    """Axes, their grid, and the line to reach."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

    axes.set_yscale("function", functions=(_stretched, _accuracy))
    levels = [run.test_accuracy for run in runs] + [target]
    marked = [level for level in levels if level is not None]
    axes.set_ylim(scale.limits([*marked, *(value for run in runs for value in scale.curve(run))]))
    axes.yaxis.set_major_locator(FixedLocator(scale.GRID))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True, min_n_ticks=1))
    axes.set_xlim(0.6, max(run.epochs for run in runs) + 0.6)
    axes.set_xlabel("epoch")
    axes.set_ylabel("training accuracy")
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    if target is not None:
        axes.axhline(target, color=INK, linestyle=(0, (8, 4)), linewidth=1)
        axes.annotate(
            f"target {target:g}", (0.6, target), (4, 3), textcoords="offset points", fontsize=9
        )


def _legend(axes: Axes, runs: Sequence[Run]) -> tuple[list[Any], list[str]]:
    """The runs, and those marks that occur."""
    from matplotlib.lines import Line2D

    handles, labels = axes.get_legend_handles_labels()
    for occurs, mark, face, meaning in (
        (any(run.stopped for run in runs), "o", INK, "stopped by its callback"),
        (any(not run.stopped for run in runs), "o", "none", "end of the run"),
        (
            any(run.test_accuracy is not None for run in runs),
            "x",
            INK,
            "accuracy on the test set",
        ),
    ):
        if occurs:
            handles.append(
                Line2D([], [], linestyle="", marker=mark, color=INK, markerfacecolor=face)
            )
            labels.append(meaning)
    return handles, labels


def _label(run: Run, index: int) -> str:
    name = run.key[:10] or f"run {index + 1}"
    weights = f", {run.parameters:,} weights" if run.parameters else ""
    return f"{name}{weights}, {run.epochs} epoch{'s' if run.epochs > 1 else ''}"


def _stretched(accuracy: Any) -> Any:
    import numpy as np

    return -np.log2(1 - np.minimum(accuracy, 1 - 1e-9))


def _accuracy(stretched: Any) -> Any:
    import numpy as np

    return 1 - np.exp2(-np.asarray(stretched))
