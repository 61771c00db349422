"""The title of an assignment, and what it is about, for people."""

from __future__ import annotations

import re

from grader.notebook.assignment import Assignment
from grader.settings import Settings

_HEADING = re.compile(r"^ {0,3}#[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
_LONGEST = 120


def title(settings: Settings, assignment: Assignment) -> str:
    """The configured title, else the notebook's first heading, else the assignment's name."""
    if configured := settings.title_of.get(assignment.name):
        return configured
    texts = (cell.source for cell in assignment.source.cells if cell.cell_type == "markdown")
    heading = next((found[1] for text in texts if (found := _HEADING.search(text))), "")
    return re.sub(r"[*`]", "", heading)[:_LONGEST].strip() or assignment.name


def labelled(settings: Settings, assignment: Assignment) -> str:
    """The name, by which commands know it, and the title behind it where that is another."""
    titled = title(settings, assignment)
    return assignment.name if titled == assignment.name else f"{assignment.name} ({titled})"


def description(settings: Settings, assignment: Assignment) -> str:
    """The configured description; empty where there is none."""
    return settings.description_of.get(assignment.name, "")
