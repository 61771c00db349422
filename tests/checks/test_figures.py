"""The claim about the picture of images on their way, passing and failing."""

from itertools import product

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from mpl_toolkits.axes_grid1 import ImageGrid, make_axes_locatable

from grader.checks.activations import outputs_by_layer, small_cnn
from grader.checks.figures import FigureDescription, describe, journey_figure
from grader.checks.protocols import FigureProxy
from grader.errors import ClaimFailed

pytestmark = pytest.mark.keras

IMAGES = np.zeros((3, 28, 28, 1))
SIZES = (26, 13, 11, 5)


@pytest.fixture(scope="module")
def model():
    return small_cnn()


@pytest.fixture(autouse=True)
def no_window():
    with mpl.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


def journey(rows=3, sizes=SIZES, missing=(), colorbar=False):
    """Draw what a right solution draws, or something else."""
    figure, axes = plt.subplots(rows, len(sizes), squeeze=False)
    for row, column in product(range(rows), range(len(sizes))):
        if (row, column) not in missing:
            shown = axes[row, column].imshow(np.zeros((sizes[column], sizes[column])))
            if colorbar:
                figure.colorbar(shown, ax=axes[row, column])
    return figure


def by_image_grid():
    figure = plt.figure(figsize=(8, 6))
    for place, axes in enumerate(ImageGrid(figure, 111, nrows_ncols=(3, 4), axes_pad=0.1)):
        axes.imshow(np.zeros((SIZES[place % 4], SIZES[place % 4])))
    return figure


def bars_in_own_axes():
    figure = journey()
    for axes in figure.axes:
        beside = make_axes_locatable(axes).append_axes("right", size="5%", pad=0.05)
        figure.colorbar(axes.images[0], cax=beside)
    return figure


def by_gridspec():
    figure = Figure()
    grid = figure.add_gridspec(3, 4, width_ratios=SIZES)
    for row, column in product(range(3), range(4)):
        figure.add_subplot(grid[row, column]).imshow(np.zeros((SIZES[column], SIZES[column], 4)))
    return figure


def by_subfigures():
    figure = plt.figure()
    for row in figure.subfigures(3, 1):
        for axes, size in zip(row.subplots(1, 4), SIZES, strict=True):
            axes.imshow(np.zeros((size, size)))
    return figure


def by_numbers():
    figure = plt.figure()
    for place in range(12):
        plt.subplot(3, 4, place + 1)
        plt.imshow(np.zeros((SIZES[place % 4], SIZES[place % 4])))
        plt.axis("off")
    plt.tight_layout()
    return figure


def drawn():
    figure = journey(colorbar=True)
    figure.canvas.draw()
    return figure


def test_a_figure_is_described_row_by_row():
    figure = journey(rows=1, sizes=(26, 13), missing=[(0, 1)])
    assert describe(figure) == FigureDescription(1, 2, ((26, 26), None))


def test_an_empty_figure_has_no_rows():
    assert describe(Figure()) == FigureDescription(0, 0, ())


@pytest.mark.parametrize(
    "draw",
    [journey, by_gridspec, by_subfigures, by_numbers, by_image_grid, bars_in_own_axes, drawn],
)
def test_a_row_per_image_and_a_column_per_layer_pass_however_made(draw, model):
    journey_figure(lambda *_: draw(), model, IMAGES, 1)


def test_figures_are_closed(model):
    journey_figure(lambda *_: journey(), model, IMAGES, 1)
    assert plt.get_fignums() == []


def test_a_description_from_elsewhere_passes(model):
    class Elsewhere(FigureProxy):
        def describe_figure(self):
            return FigureDescription(3, 4, tuple((size, size) for _ in range(3) for size in SIZES))

    journey_figure(lambda *_: Elsewhere(), model, IMAGES, 1)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: None, "None"),
        (lambda: plt.subplots(3, 4), "Expected: the matplotlib Figure itself"),
        (lambda: journey(rows=2), "2 rows and 4 columns, for 3 images"),
        (lambda: journey(sizes=SIZES[:3]), "3 rows and 3 columns"),
        (lambda: journey(sizes=(*SIZES, 5)), "3 rows and 5 columns"),
        (lambda: journey(missing=[(1, 2)]), "Row 1, column 2 of the figure shows no image"),
        (lambda: journey(sizes=(28, 13, 11, 5)), "Row 0, column 0 .* 28 x 28 values, expected 26"),
        (lambda: journey(sizes=(26, 11, 13, 5)), "what MaxPooling2D gives"),
        (Figure, "0 rows and 0 columns"),
    ],
)
def test_other_figures_fail_in_their_own_words(draw, words, model):
    with pytest.raises(ClaimFailed, match=words):
        journey_figure(lambda *_: draw(), model, IMAGES, 1)


def drawing(take):
    """A student's plot_journey that draws what ``take`` takes of an output."""

    def plot_journey(model, images, filter_index):
        outputs = [each for each in outputs_by_layer(model, images) if each.ndim == 4]
        figure, axes = plt.subplots(len(images), len(outputs), squeeze=False)
        for row, column in product(range(len(images)), range(len(outputs))):
            axes[row, column].imshow(take(outputs[column][row], filter_index))
        return figure

    return plot_journey


PICTURES = np.random.default_rng(1).random((2, 28, 28, 1))


@pytest.mark.parametrize(
    "take",
    [
        lambda output, index: output[:, :, index],
        lambda output, index: np.uint8(255 * output[:, :, index] / (output.max() + 1)),
        lambda output, index: mpl.colormaps["inferno"](output[:, :, index]),
    ],
    ids=["numbers", "whole_numbers", "colours"],
)
def test_the_filter_that_is_asked_for_passes_however_it_is_scaled(take, model):
    for index in range(4):
        journey_figure(drawing(take), model, PICTURES, index)


@pytest.mark.parametrize("index", [1, 2, 3])
def test_a_figure_of_the_same_filter_each_time_fails(index):
    model, draw = small_cnn(), np.random.default_rng(1)
    model.set_weights([draw.random(weight.shape) for weight in model.weights])  # no filter is dead
    same = drawing(lambda output, _: output[:, :, 0])
    journey_figure(same, model, PICTURES, 0)
    with pytest.raises(ClaimFailed, match=f"gives for filter 0, but filter_index is {index}"):
        journey_figure(same, model, PICTURES, index)


def test_a_place_of_the_grid_left_out_fails(model):
    def draw(*_):
        figure = journey()
        figure.axes[-1].remove()
        return figure

    with pytest.raises(ClaimFailed, match=r"11 axes.*3 rows.*4 columns"):
        journey_figure(draw, model, IMAGES, 1)
