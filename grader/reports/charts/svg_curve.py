"""A learning curve, as the coordinates of an SVG inside a page.

The page's style sheet sets colours and fonts, so that the curve is readable in dark mode and on
paper. It fits the width of a phone, and scales up on wider screens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from grader.model import Run
from grader.reports.charts import scale

WIDTH, HEIGHT = 328, 212
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, WIDTH - 12.0, 28.0, HEIGHT - 34.0
_APART = 15  # least distance between the labels of an axis
_LABELS = 10  # most labels of epochs


@dataclass(frozen=True)
class Tick:
    """A label of an axis, and its position."""

    place: float
    label: str


@dataclass(frozen=True)
class Plot:
    """The coordinates of everything in the SVG.

    Attributes:
        accuracies: labels of the vertical axis.
        epochs: labels of the horizontal axis.
        strokes: the curve as SVG paths, more than one where it has gaps.
        points: a dot for each epoch.
        end: the dot of the last epoch; None if it logged no accuracy.
        target: the height of the target line; None without a target.
    """

    accuracies: tuple[Tick, ...]
    epochs: tuple[Tick, ...]
    strokes: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    end: tuple[float, float] | None
    target: float | None


def plot(run: Run, target: float | None = None) -> Plot | None:
    """The coordinates of a run's learning curve; None if no epoch logged an accuracy."""
    curve = scale.curve(run)
    if all(map(math.isnan, curve)):
        return None
    low, high = scale.limits([*curve, *([] if target is None else [target])])

    def height(accuracy: float) -> float:
        part = scale.halvings(accuracy) - scale.halvings(low)
        part /= scale.halvings(high) - scale.halvings(low)
        return round(_BOTTOM - part * (_BOTTOM - _TOP), 1)

    places = [_across(number, len(curve)) for number in range(1, len(curve) + 1)]
    dots = [
        None if math.isnan(value) else (place, height(value))
        for place, value in zip(places, curve, strict=True)
    ]
    ticks = [Tick(height(level), f"{level:g}") for level in scale.GRID if low <= level <= high]
    step = math.ceil(len(curve) / _LABELS)
    return Plot(
        accuracies=_apart(ticks),
        epochs=tuple(
            Tick(place, str(number))
            for number, place in enumerate(places, 1)
            if number % step == 0 or len(curve) == 1
        ),
        strokes=_strokes(dots),
        points=tuple(dot for dot in dots if dot),
        end=dots[-1],
        target=None if target is None else height(scale.drawn(target)),
    )


def _across(number: int, count: int) -> float:
    """The x coordinate of an epoch, off both ends of the axis."""
    return round(_LEFT + (number - 0.5) / count * (_RIGHT - _LEFT), 1)


def _apart(ticks: list[Tick]) -> tuple[Tick, ...]:
    """The ticks whose labels do not overlap, chosen from the top down."""
    kept: list[Tick] = []
    for tick in reversed(ticks):
        if not kept or tick.place - kept[-1].place >= _APART:
            kept.append(tick)
    return tuple(kept)


def _strokes(dots: list[tuple[float, float] | None]) -> tuple[str, ...]:
    """A path for each stretch without a gap."""
    strokes: list[list[str]] = [[]]
    for dot in dots:
        if dot is None:
            strokes.append([])
        else:
            strokes[-1].append(f"{dot[0]:g} {dot[1]:g}")
    return tuple("M" + " L".join(stroke) for stroke in strokes if stroke)
