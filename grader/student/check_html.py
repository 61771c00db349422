"""The table of a check as HTML: it wraps at any width, and follows the front end's theme."""

from __future__ import annotations

from html import escape

from grader.cell_messages.boxes import STYLE, inline
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

_TABLE_STYLE = """
.grader-box table.grader-check { border-collapse: collapse; table-layout: auto; width: 100%;
  margin: 6px 0; font: inherit; color: inherit; }
.grader-box .grader-check tr, .grader-box .grader-check tr:hover { background: transparent; }
.grader-box .grader-check td { text-align: left; vertical-align: top; padding: 5px 10px 5px 0;
  border: 0; border-top: 1px solid var(--jp-border-color2, rgba(128, 128, 128, .4));
  white-space: normal; }
.grader-box .grader-check td.grader-score { text-align: right; white-space: nowrap;
  padding-right: 0; }
.grader-box .grader-chip { color: #fff; border-radius: 3px; padding: 1px 6px; font-size: 12px;
  white-space: nowrap; }
.grader-box .grader-claim { opacity: .8; }
@media (max-width: 900px) {
  .grader-box .grader-check tr { display: flex; flex-wrap: wrap; padding: 4px 0;
    border-top: 1px solid var(--jp-border-color2, rgba(128, 128, 128, .4)); }
  .grader-box .grader-check td { border: 0; padding: 1px 0; }
  .grader-box .grader-check td.grader-said { flex: 0 0 100%; order: 3; }
  .grader-box .grader-check td.grader-score { margin-left: auto; }
}
"""


def check_html(checked: Checked) -> str:
    """A table of claims, outcomes, messages and points, with sums below it."""
    body = "".join(map(_row, rows(checked)))
    below = "".join(f"<div>{inline(line)}</div>" for line in totals(checked))
    return (
        f'<style>{STYLE}{_TABLE_STYLE}</style><div class="grader-box">'
        f"<b>{escape(checked.name)}</b>"
        f'<table class="grader-check"><tbody>{body}</tbody></table>{below}</div>'
    )


def _row(row: Row) -> str:
    said = [
        f'<b>{escape(row.claim.name)}</b> <span class="grader-claim">'
        f"{inline(row.claim.statement)}</span>"
    ]
    if row.message:
        said.append(f"<div>{inline(row.message)}</div>")
    if row.hint:
        said.append(f"<div><b>{gettext('Hint:')}</b> {inline(row.hint)}</div>")
    chip = f'<span class="grader-chip" style="background: {_COLOURS[row.label]}">{row.label}</span>'
    return (
        f'<tr><td>{chip}</td><td class="grader-said">{"".join(said)}</td>'
        f'<td class="grader-score">{escape(row.score)}</td></tr>'
    )
