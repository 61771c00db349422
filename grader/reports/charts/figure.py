"""What the figures of a class report share: size, colours for light and dark pages, files."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE = "#0072B2", "#D55E00"  # from Okabe and Ito's palette, as in the other figures
INK, GRID = "#1b1f24", "#d0d7de"  # the page's, in its light theme

_WIDTH = 4.7  # inches: letters of 9 points are legible on a phone, too
# The style sheet in each SVG: a page shows it as an image, to which its own rules do not apply.
_DARK = (
    "@media screen and (prefers-color-scheme: dark) {"
    f' text, [style*="fill: {INK}"] {{ fill: #e6edf3 !important; }}'
    f' [style*="stroke: {INK}"] {{ stroke: #e6edf3 !important; }}'
    f' [style*="stroke: {GRID}"] {{ stroke: #3a444f !important; }}'
    f' [style*="fill: {BLUE.lower()}"] {{ fill: #4da3d9 !important; }}'
    f' [style*="stroke: {BLUE.lower()}"] {{ stroke: #4da3d9 !important; }}'
    " }"
)


@dataclass(frozen=True)
class Drawn:
    """A drawn figure, and its texts on the page.

    Attributes:
        file: the SVG.
        title: its heading.
        alt: a description for people who cannot see it.
        caption: how to read it.
    """

    file: Path
    title: str
    alt: str
    caption: str


def blank(height: float, width: float = _WIDTH) -> tuple[Figure, Axes]:
    """A figure of so many inches, as wide as a phone's page if left out, with one pair of axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(INK)
    axes.tick_params(color=INK)
    return figure, axes


def save(figure: Figure, file: Path) -> None:
    """Write a figure as a PNG; or as an SVG without a background, for light and dark pages.

    The reader's own fonts show the texts of an SVG: a font of ours has no Chinese.
    """
    import matplotlib

    if file.suffix == ".png":
        figure.savefig(file, dpi=150)
        return
    drawing = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "grader"}):
        figure.savefig(drawing, format="svg", transparent=True, metadata={"Date": None})
    head, opened, rest = drawing.getvalue().partition("<defs>")
    file.write_text(f"{head}<style>{_DARK}</style>{opened}{rest}", encoding="utf-8")


def whole_numbers(axis: Any) -> None:
    """Label an axis of counts with whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))


def label_to(axis: Any, maximum: float) -> None:
    """Label an axis from 0 with whole numbers, and with its maximum in any case."""
    from matplotlib.ticker import FixedLocator, MaxNLocator

    ticks = [tick for tick in MaxNLocator(8, integer=True).tick_values(0, maximum) if tick >= 0]
    step = ticks[1] - ticks[0] if len(ticks) > 1 else math.inf
    kept = [tick for tick in ticks if tick <= maximum - 0.6 * step]
    axis.set_major_locator(FixedLocator([*kept, maximum]))
