"""The feedback page, and a notice in its place, each rendered as one HTML file."""

from __future__ import annotations

from grader.language import N_
from grader.model import Outcome
from grader.reports import html, training_text
from grader.reports.charts import svg_curve
from grader.reports.feedback.content import Notice, Page

# A sign and words besides the colour: pages are printed, and read by the colour-blind.
WORDS = {
    Outcome.PASSED: ("✓", N_("passed")),
    Outcome.FAILED: ("✗", N_("failed")),
    Outcome.CRASHED: ("✗", N_("crashed: the code ended with an error")),
    Outcome.OVER_LIMIT: ("✗", N_("over a limit: the code took too much time or memory")),
    Outcome.NOT_ATTEMPTED: ("○", N_("not attempted")),
    Outcome.GRADER_FAULT: (
        "?",
        N_("could not be graded: not your fault, a person will look at it"),
    ),
}


def render_notice(notice: Notice) -> str:
    """Render a notice as one HTML document."""
    return html.render("notice.html.j2", "feedback.css", notice=notice)


def render(page: Page) -> str:
    """Render the page as one HTML document."""
    return html.render(
        "feedback.html.j2",
        "feedback.css",
        page=page,
        words=WORDS,
        cells={answer.name: number for number, answer in enumerate(page.answers, 1)},
        plots=[svg_curve.plot(run, page.target) for run in page.runs],
        size=(svg_curve.WIDTH, svg_curve.HEIGHT),
        tell=training_text,
    )
