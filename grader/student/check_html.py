"""The table of a check as HTML: it wraps at any width, and follows the front end's theme."""

from __future__ import annotations

from html import escape

from grader.cell_messages.boxes import box_html, inline
from grader.language import gettext
from grader.model import Outcome
from grader.student.checked import NEEDS_TRAINING, NOT_TESTED, RUNNING, Checked, Row, rows, totals

# White on each of them can be read, in a light theme and in a dark one.
_COLOURS = {
    Outcome.PASSED: "#1a7f37",
    Outcome.FAILED: "#b42318",
    Outcome.CRASHED: "#8e24aa",
    Outcome.OVER_LIMIT: "#9a6700",
    Outcome.NOT_ATTEMPTED: "#59636e",
    Outcome.GRADER_FAULT: "#0b7285",
    RUNNING: "#0969da",
    NOT_TESTED: "#59636e",
    NEEDS_TRAINING: "#59636e",
}

# Inline, and of properties and values that JupyterLab leaves in a notebook that it does not trust:
# it drops style sheets and variables there. Grey with an opacity suits every theme.
_CELL = (
    "text-align: left; vertical-align: top; padding: 5px 10px 5px 0; white-space: normal; "
    "border: 0; border-top: 1px solid #80808066"
)
_SCORE = f"{_CELL}; text-align: right; white-space: nowrap; padding-right: 0"
_CHIP = "color: #fff; border-radius: 3px; padding: 1px 6px; font-size: 12px; white-space: nowrap"

# On a narrow page the message stands below outcome and points.
_NARROW = """
@media (max-width: 900px) {
  .grader-check tr { display: flex; flex-wrap: wrap; padding: 4px 0;
    border-top: 1px solid #80808066; }
  .grader-box .grader-check td { border: 0 !important; padding: 1px 10px 1px 0 !important; }
  .grader-check td.grader-said { flex: 0 0 100%; order: 3; }
  .grader-check td.grader-score { margin-left: auto; }
}
"""


def check_html(checked: Checked) -> str:
    """A table of claims, outcomes, messages and points, with sums below it."""
    body = "".join(map(_row, rows(checked)))
    below = "".join(f"<div>{inline(line)}</div>" for line in totals(checked))
    table = (
        '<table class="grader-check" style="width: 100%; margin: 6px 0; border-collapse: collapse; '
        f'table-layout: auto"><tbody>{body}</tbody></table>'
    )
    return box_html(f"<b>{escape(checked.name)}</b>{table}{below}", _NARROW)


def _row(row: Row) -> str:
    said = [
        f'<b>{escape(row.claim.name)}</b> <span style="opacity: .8">'
        f"{inline(row.claim.statement)}</span>"
    ]
    if row.message:
        said.append(f"<div>{inline(row.message)}</div>")
    if row.hint:
        hint = gettext("Hint:")
        said.append(f"<div><b>{hint}</b> {inline(row.hint)}</div>")
    chip = f'<span style="background: {_COLOURS[row.label]}; {_CHIP}">{escape(row.words)}</span>'
    return (
        f'<tr style="background: transparent"><td style="{_CELL}">{chip}</td>'
        f'<td class="grader-said" style="{_CELL}; width: 100%">{"".join(said)}</td>'
        f'<td class="grader-score" style="{_SCORE}">{escape(row.score)}</td></tr>'
    )
