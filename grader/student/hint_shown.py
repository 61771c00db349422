"""An answer of ``%hint`` as HTML that follows the front end's theme, and as text."""

from __future__ import annotations

import textwrap

from grader.cell_messages.boxes import box_html, cleaned, inline
from grader.student.hints_asked import Answer

_WIDTH = 80


class Shown:
    """An answer, for a front end of Jupyter's."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Called by IPython."""
        return {"text/html": hint_html(self._answer), "text/plain": hint_text(self._answer)}


def hint_html(answer: Answer) -> str:
    """The title, the hints as a numbered list, and what can be done next."""
    tag = "ol" if answer.numbered else "ul"
    items = "".join(f"<li>{inline(step)}</li>" for step in answer.steps)
    steps = f'<{tag} style="margin: 4px 0">{items}</{tag}>' if items else ""
    below = "".join(f'<div style="opacity: .8">{inline(line)}</div>' for line in answer.below)
    return box_html(f"<div><b>{inline(answer.title)}</b></div>{steps}{below}")


def hint_text(answer: Answer) -> str:
    """The same in lines of text."""
    marks = (f"{n}. " if answer.numbered else "- " for n in range(1, len(answer.steps) + 1))
    lines = [
        (answer.title, ""),
        *zip(answer.steps, marks, strict=True),
        *((line, "") for line in answer.below),
    ]
    return "\n".join(
        textwrap.fill(cleaned(line), _WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))
        for line, mark in lines
    )
