"""Checks on a matplotlib Figure, by a plain description of what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.activations import outputs_by_layer
from grader.checks.answers import describe as words
from grader.checks.journey_maps import numbers, other_filter
from grader.checks.protocols import FigureProxy, capability
from grader.errors import ClaimFailed
from grader.language import gettext

SAME_LINE = 0.02  # axes whose centres are this near, in fractions of the figure, share a line
_STAGES = {"Conv2D", "MaxPooling2D"}  # layers that belong in the figure


@dataclass(frozen=True)
class FigureDescription:
    """What a Figure shows, as plain data that can cross from one process to another.

    Attributes:
        rows: how many rows its axes form.
        columns: how many columns its axes form.
        images: for each axes, row by row from the top left, the shape of the array of its image,
            (height, width) or with a colour axis; None for axes without an image.
        numbers: for each axes, the numbers of that image; None where they cannot be compared.

    """

    rows: int
    columns: int
    images: tuple[tuple[int, ...] | None, ...]
    numbers: tuple[object, ...] = field(default=(), compare=False)  # arrays have no one truth


def describe(figure: Any) -> FigureDescription:
    """Describe a matplotlib Figure; hidden axes and colour bars do not count.

    Args:
        figure: a matplotlib Figure.

    Returns:
        The rows and columns that its axes form, and the images that they show.

    Example:
        In a check::

            figure, axes = plt.subplots(2, 3)
            assert describe(figure).columns == 3
    """
    axes = [each for each in figure.axes if _counts(each)]
    centres = []
    for each in axes:
        box = _place(each)
        centres.append(((box.y0 + box.y1) / 2, (box.x0 + box.x1) / 2))
    tops, lefts = _lines([-y for y, _ in centres]), _lines([x for _, x in centres])
    order = sorted(range(len(axes)), key=lambda i: (tops[i], lefts[i]))
    shown = [axes[i].images[-1].get_array() if axes[i].images else None for i in order]
    return FigureDescription(
        len(set(tops)),
        len(set(lefts)),
        tuple(None if array is None else tuple(array.shape) for array in shown),
        tuple(None if array is None else numbers(array) for array in shown),
    )


def _place(axes: Any) -> Any:
    """The place that was laid out: an image's aspect shrinks the axes within it when drawn."""
    locate = axes.get_axes_locator()  # in an ImageGrid each axes is placed by one when drawn
    box = axes.get_position(original=True) if locate is None else locate(axes, None)
    # Of a part of the figure, if the axes is in one, as figure.subfigures(...) makes them.
    part, whole = axes.get_figure(root=False), axes.get_figure(root=True)
    return box.transformed(part.transSubfigure - whole.transFigure)


def _counts(axes: Any) -> bool:
    # One that was given axes, as by make_axes_locatable, leaves their label as it was.
    is_bar = axes.get_label() == "<colorbar>" or getattr(axes, "_colorbar", None) is not None
    return bool(axes.get_visible()) and not is_bar


def _lines(places: list[float]) -> list[int]:
    """Give each place the number of its row (or column): near ones share it."""
    numbers = [0] * len(places)
    line, before = -1, -np.inf
    for index in sorted(range(len(places)), key=places.__getitem__):
        line += places[index] - before > SAME_LINE
        numbers[index], before = line, places[index]
    return numbers


def journey_figure(
    plot_journey: Callable[..., object],
    model: Any,
    images: NDArray[np.floating],
    filter_index: int,
) -> None:
    """Check a figure of images on their way through a network's convolutions and poolings.

    Args:
        plot_journey: the student's function; takes the model, the images and the filter, and
            returns a matplotlib Figure.
        model: a network of known layers, such as ``activations.small_cnn()``.
        images: (n, 28, 28, 1) floats, at least two; ``plot_journey`` gets a copy.
        filter_index: of the filter whose output is to be shown, from 0.

    Raises:
        ClaimFailed: the function returns no Figure, a Figure of another number of rows or columns,
            or one that shows an image of another size, or the output of another filter.

    Example:
        In a test cell, with the student's ``plot_journey``::

            images = test_images[:3, ..., np.newaxis] / 255.0
            journey_figure(plot_journey, small_cnn(), images, 1)
    """
    shown = _described(plot_journey(model, images.copy(), filter_index))
    stages = [
        (type(layer).__name__, tuple(layer.output.shape[1:3]))
        for layer in model.layers
        if type(layer).__name__ in _STAGES
    ]
    if (shown.rows, shown.columns) != (len(images), len(stages)):
        raise ClaimFailed(
            "The figure has {rows} rows and {columns} columns, for {images} "
            "images and {layers} layers ({listed}). Expected: "
            "a row per image and a column per convolution and pooling layer, {images} x "
            "{layers}; lay them out with plt.subplots(rows, columns).",
            rows=shown.rows,
            columns=shown.columns,
            images=len(images),
            layers=len(stages),
            listed=", ".join(kind for kind, _ in stages),
        )
    _expect_images(shown, stages)
    _expect_filter(shown, model, images, filter_index)


def _expect_images(shown: FigureDescription, stages: list[tuple[str, tuple[int, ...]]]) -> None:
    """Each place of the grid shows an image of its layer's size."""
    if len(shown.images) != shown.rows * shown.columns:
        raise ClaimFailed(
            "The figure has {images} axes for {rows} rows and {columns} "
            "columns. Expected: one in each place. Lay them out with plt.subplots(rows, columns).",
            images=len(shown.images),
            rows=shown.rows,
            columns=shown.columns,
        )
    for place, shape in enumerate(shown.images):
        row, column = divmod(place, shown.columns)
        kind, expected = stages[column]
        where = gettext("Row {row}, column {column} of the figure", row=row, column=column)
        if shape is None:
            raise ClaimFailed(
                "{where} shows no image, expected one. Draw what {kind} gives with imshow.",
                where=where,
                kind=kind,
            )
        if tuple(shape[:2]) != expected:
            raise ClaimFailed(
                "{where} shows an image of {size} values, expected {expected_rows} x "
                "{expected_columns}, what {kind} gives for one image and one filter. Take "
                "output[image, :, :, filter_index].",
                where=where,
                size=" x ".join(map(str, shape)),
                expected_rows=expected[0],
                expected_columns=expected[1],
                kind=kind,
            )


def _expect_filter(
    shown: FigureDescription, model: Any, images: NDArray[np.floating], filter_index: int
) -> None:
    """No place of the grid shows what another filter of its layer gives."""
    outputs = [
        (type(layer).__name__, output)
        for layer, output in zip(model.layers, outputs_by_layer(model, images), strict=True)
        if type(layer).__name__ in _STAGES
    ]
    for place, picture in enumerate(shown.numbers[: len(shown.images)]):
        row, column = divmod(place, shown.columns)
        kind, output = outputs[column]
        if (other := other_filter(picture, output[row], filter_index)) is not None:
            raise ClaimFailed(
                "{where} shows what {kind} gives for filter {other}, but filter_index is "
                "{filter_index}. Take output[image, :, :, filter_index].",
                where=gettext("Row {row}, column {column} of the figure", row=row, column=column),
                kind=kind,
                other=other,
                filter_index=filter_index,
            )


def _described(answer: Any) -> FigureDescription:
    """Describe an answer, and close it if it is a Figure, so that figures do not pile up."""
    # In the examiner the answer is a proxy: the Figure is described where it is.
    proxy = capability(answer, FigureProxy)
    shown = _described_here(answer) if proxy is None else proxy.describe_figure()
    if type(shown) is FigureDescription:
        return shown
    raise ClaimFailed(
        "plot_journey(...) is {found}. Expected: the matplotlib Figure itself; after "
        "figure, axes = plt.subplots(...), end with: return figure.",
        found=words(answer),
    )


def _described_here(answer: Any) -> FigureDescription | None:
    """The description of an answer that is an object of this process."""
    from matplotlib import pyplot
    from matplotlib.figure import Figure

    if not isinstance(answer, Figure):
        return None
    description = describe(answer)
    pyplot.close(answer)
    return description
