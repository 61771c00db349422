"""Short messages of the course as HTML that follows the front end's theme, and as text."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from grader.cell_messages import test_cells
from grader.cell_messages.failures import Failure
from grader.cell_messages.frames import CellFrame
from grader.language import gettext
from grader.model import scores

# The variables are JupyterLab's and VS Code's; elsewhere colours are the page's own. In a notebook
# that it does not trust, JupyterLab drops this sheet: what makes a message readable is inline.
STYLE = """
.grader-box { color: var(--jp-content-font-color1, var(--vscode-foreground, inherit));
  font: 14px/1.45 var(--jp-ui-font-family, system-ui, sans-serif); max-width: 60em;
  padding: 2px 8px; overflow-wrap: anywhere; white-space: normal; }
.grader-box code, .grader-box pre { font: 13px/1.4 var(--jp-code-font-family, monospace);
  background: rgba(128, 128, 128, .15); color: inherit; padding: 0 3px; white-space: pre-wrap;
  word-break: normal; }
.grader-box pre { padding: 4px 8px; margin: 4px 0; }
.grader-box summary { cursor: pointer; opacity: .8; }
"""

_CODE = re.compile(r"`([^`\n]+)`")
_UNSEEN = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)


def inline(text: str) -> str:
    """A message as HTML, in which what stands between backticks is code."""
    return _CODE.sub(r"<code>\1</code>", html.escape(cleaned(text))).replace("\n", "<br>")


def cleaned(text: str) -> str:
    """A text without terminal commands, and without characters that hide or reorder others."""
    return _UNSEEN.sub("", text)


def box_html(content: str, style: str = "") -> str:
    """A message with its style sheet.

    Args:
        content: HTML.
        style: further rules, without which the message can be read, too.
    """
    return f'<style>{STYLE}{style}</style><div class="grader-box">{content}</div>'


def failure_html(failure: Failure) -> str:
    """What was found, the hint, the student's line, and where in the test it was, folded."""
    parts = [f"<div>{inline(failure.message)}</div>"] if failure.message else []
    if failure.hint:
        hint = gettext("Hint:")
        parts.append(f"<div><b>{hint}</b> {inline(failure.hint)}</div>")
    if (own := _students_place(failure)) is not None:
        parts.append(_place_html(own))
    others = [place for place in failure.places if place is not own]
    if others:
        folded = "".join(_place_html(place) for place in others)
        shown = gettext("Where in the test")
        parts.append(f"<details><summary>{shown}</summary>{folded}</details>")
    return box_html("".join(parts))


def failure_lines(failure: Failure, points: str = "") -> list[str]:
    """The same as lines of text, for terminals and for programs.

    Args:
        failure: what a student is told.
        points: of the claim, in words; or empty.
    """
    worth = f" ({points})" if points else ""
    lines = [f"{failure.verdict}{worth}: {failure.message}".rstrip(": ")]
    if failure.hint:
        hint = gettext("Hint:")
        lines.append(f"{hint} {failure.hint}")
    for place in reversed(failure.places):
        lines.append(f"{_where(place)}: {place.code.strip()}")
    return [cleaned(line) for line in lines]


def note_html(text: str, colour: str) -> str:
    """A line below a cell, with a coloured mark before it."""
    mark = f'<span style="color: {colour}; font-weight: bold">&#9632;</span>'
    return box_html(f"{mark} {inline(text)}")


def points_text(graded: test_cells.Graded | None) -> str:
    """How many points a claim is worth, in words; empty where that is not known."""
    if graded is None or not graded.points:
        return ""
    return scores.points_text(graded.points)


def _students_place(failure: Failure) -> CellFrame | None:
    """The innermost place, where it is in no test."""
    places: Sequence[CellFrame] = failure.places
    return places[-1] if places and not test_cells.is_claim(places[-1].source) else None


def _place_html(place: CellFrame) -> str:
    code = html.escape(cleaned(place.code))
    return f"<div>{inline(_where(place))}:</div><pre>{code}</pre>"


def _where(place: CellFrame) -> str:
    if place.function:
        return gettext("In `{name}`, line {line}", name=place.function, line=place.line)
    if test_cells.is_claim(place.source):
        return gettext("In the test, line {line}", line=place.line)
    return gettext("In the cell, line {line}", line=place.line)
