"""Bars of verdicts for each claim, drawn with matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.model import Claim, Graded, Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's palette suits the colour-blind; hatches tell the bars apart in print.
_STYLES = {
    Outcome.PASSED: ("#009E73", ""),
    Outcome.FAILED: ("#D55E00", "//"),
    Outcome.CRASHED: ("#CC79A7", "xx"),
    Outcome.OVER_LIMIT: ("#E69F00", ".."),
    Outcome.NOT_ATTEMPTED: ("#E5E5E5", ""),
    Outcome.GRADER_FAULT: ("#56B4E9", "++"),
}


def scores_per_claim(
    classes: Mapping[str, tuple[Sequence[Claim], Sequence[Graded]]], path: Path
) -> None:
    """Draw the outcomes of each claim, one panel for each assignment, into a PNG at ``path``.

    Args:
        classes: assignment to its claims and its graded submissions.
        path: the file to write.
    """
    from matplotlib.figure import Figure

    heights = [len(claims) for claims, _ in classes.values()]
    figure = Figure(
        figsize=(8, 1.1 + 0.36 * sum(heights) + 0.3 * len(heights)), layout="constrained"
    )
    panels = figure.subplots(len(classes), 1, height_ratios=heights, squeeze=False)[:, 0]
    for panel, (name, (claims, graded)) in zip(panels, classes.items(), strict=True):
        _draw(panel, name, claims, graded)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    figure.savefig(path, dpi=150)


def _draw(panel: Axes, name: str, claims: Sequence[Claim], graded: Sequence[Graded]) -> None:
    """Draw one assignment: a bar for each claim, divided into outcomes."""
    from matplotlib.ticker import MaxNLocator

    labels = [f"{claim.name} ({claim.points:g})" for claim in claims]
    left = [0] * len(claims)
    for outcome, (colour, hatch) in _STYLES.items():
        counts = [_count(graded, claim, outcome) for claim in claims]
        panel.barh(
            labels, counts, left=left, label=str(outcome),
            color=colour, hatch=hatch, edgecolor="white", linewidth=0.5,
        )  # fmt: skip
        left = [a + b for a, b in zip(left, counts, strict=True)]
    panel.set_title(name, loc="left", fontsize=11)
    panel.set_xlabel(f"of {len(graded)} submissions")
    panel.set_xlim(0, max(len(graded), 1))
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.invert_yaxis()
    panel.spines[["top", "right"]].set_visible(False)


def _count(graded: Sequence[Graded], claim: Claim, outcome: Outcome) -> int:
    return sum(
        verdict.claim == claim.name and verdict.outcome is outcome
        for submission in graded
        for verdict in submission.verdicts
    )
