"""What the figures of a class report have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE = "#0072B2", "#D55E00"  # of Okabe and Ito's palette, as in the other pictures


@dataclass(frozen=True)
class Drawn:
    """A figure as the page shows it.

    Attributes:
        file: the PNG.
        title: its name.
        alt: what there is to be seen, for who does not see it.
        caption: how to read it.
    """

    file: Path
    title: str
    alt: str
    caption: str


def blank(height: float) -> tuple[Figure, Axes]:
    """A figure as wide as the page, with one pair of axes, and so many inches high."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def save(figure: Figure, file: Path) -> None:
    """Write a figure as a PNG."""
    figure.savefig(file, dpi=150, format="png")


def whole_numbers(axis: Any) -> None:
    """Label an axis of counts."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
