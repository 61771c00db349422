"""Figures as PNG: as matplotlib draws them, in one drawing, with no more channels than needed."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from IPython.core.pylabtools import print_figure
from matplotlib import pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from grader.sandbox.guest.surroundings import figure_png

TIGHT = {"bbox_inches": "tight"}


def figure(draw: Callable[[Any], object], **how: Any) -> Figure:
    """A small figure that is none of pyplot's, with one pair of axes."""
    made = Figure(figsize=(5, 4), **how)
    FigureCanvasAgg(made)
    draw(made.subplots())
    return made


def picture(text: str | None) -> Image.Image:
    assert text is not None
    return Image.open(io.BytesIO(base64.b64decode(text)))


def encoded(drawn: Figure, **options: Any) -> Image.Image:
    return picture(figure_png.encoded(drawn, drawn.dpi, options or TIGHT))


def matplotlibs(drawn: Figure) -> Image.Image:
    return picture(print_figure(drawn, base64=True))


def drawings(drawn: Figure) -> int:
    """How many times a figure is drawn to be encoded."""
    count = []
    drawn.canvas.mpl_connect("draw_event", count.append)
    encoded(drawn)
    return len(count)


def line(axes: Any) -> None:
    axes.plot([1, 3, 2], color="black")


def image(axes: Any) -> None:
    axes.imshow(np.arange(100).reshape(10, 10), cmap="gray")
    axes.axis("off")


@pytest.mark.parametrize("draw", [line, image])
@pytest.mark.parametrize("layout", [None, "tight", "constrained"])
def test_a_figure_is_drawn_once_and_looks_as_matplotlibs(draw: Any, layout: str | None) -> None:
    ours, theirs = encoded(figure(draw, layout=layout)), matplotlibs(figure(draw, layout=layout))
    assert ours.size == theirs.size
    size = ours.width // 8, ours.height // 8
    seen = [np.array(each.convert("L").resize(size), float) for each in (ours, theirs)]
    assert np.abs(seen[0] - seen[1]).mean() < 4
    assert drawings(figure(draw, layout=layout)) == 1


@pytest.mark.parametrize(
    ("draw", "how", "mode"),
    [
        (line, {}, "L"),
        (lambda axes: axes.plot([1, 2], color="red"), {}, "RGB"),
        (line, {"facecolor": "none"}, "RGBA"),
    ],
    ids=["grey", "colours", "transparent"],
)
def test_a_picture_has_the_channels_that_it_needs(draw: Any, how: Any, mode: str) -> None:
    assert encoded(figure(draw, **how)).mode == mode


def test_the_margin_around_a_figure_has_its_colour() -> None:
    def fill(axes: Any) -> None:
        axes.set_position((0, 0, 1, 1))
        axes.set_xticks([])
        axes.set_yticks([])

    drawn = figure(fill, facecolor="red")
    ours = encoded(drawn)
    assert ours.width > 5 * drawn.dpi
    assert ours.getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.text(1.3, 0.5, "outside of the figure"),
        lambda axes: axes.figure.patch.set(linewidth=2, edgecolor="blue"),
    ],
    ids=["outside", "edge"],
)
def test_other_figures_are_left_to_matplotlib(draw: Any) -> None:
    ours, theirs = encoded(figure(draw)), matplotlibs(figure(draw))
    assert ours.mode == theirs.mode
    assert np.array_equal(np.array(ours), np.array(theirs))


def test_options_of_the_student_are_heeded() -> None:
    assert encoded(figure(line), bbox_inches=None).size == (500, 400)


def test_an_empty_figure_is_no_picture() -> None:
    empty = Figure()
    FigureCanvasAgg(empty)
    assert figure_png.encoded(empty, 100, TIGHT) is None


def test_the_first_figure_leaves_pyplot_as_it_was() -> None:
    before = pyplot.get_fignums(), dict(pyplot.rcParams)
    figure_png.draw_first()
    assert (pyplot.get_fignums(), dict(pyplot.rcParams)) == before
