"""Helpers that the figures of a class report share."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE = "#0072B2", "#D55E00"  # from Okabe and Ito's palette, as in the other figures


@dataclass(frozen=True)
class Drawn:
    """A drawn figure, and its texts on the page.

    Attributes:
        file: the PNG or SVG.
        title: its heading.
        alt: a description for people who cannot see it.
        caption: how to read it.
    """

    file: Path
    title: str
    alt: str
    caption: str


def blank(height: float) -> tuple[Figure, Axes]:
    """A figure as wide as the page and ``height`` inches high, with one pair of axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def save(figure: Figure, file: Path) -> None:
    """Write a figure as a PNG, or as an SVG whose texts the reader's own fonts show.

    A font of ours has no Chinese: only an SVG shows the names of all students.
    """
    import matplotlib

    with matplotlib.rc_context({"svg.fonttype": "none"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure.savefig(file, dpi=150, format=file.suffix.removeprefix("."))


def whole_numbers(axis: Any) -> None:
    """Label an axis of counts with whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
