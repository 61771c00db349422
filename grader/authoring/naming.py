"""Checks the name of a new assignment, which names a notebook, folders and gradebook rows."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from grader.errors import CourseError
from grader.notebook import gradebook
from grader.settings import Settings

# Names of nbgrader's own folders, in a course (CourseDirectory.*_directory) and in its exchange.
RESERVED = frozenset(
    ("source", "release", "submitted", "autograded", "feedback", "solution", "inbound", "outbound")
)

# Lower case only: on macOS and Windows, Relu and relu are the same folder.
_NAME = re.compile(r"[a-z][a-z0-9_]{1,63}", re.ASCII)


def places(settings: Settings, name: str) -> tuple[Path, ...]:
    """The folders that belong to an assignment, existing or not."""
    folders = (("source", name), ("release", name), ("tests", "submissions", name))
    return tuple(settings.root.joinpath(*parts) for parts in folders)


def require_free(settings: Settings, name: str) -> None:
    """Raise ``CourseError`` unless a new assignment may have this name."""
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CourseError(
            f"an assignment cannot be called {name!r}: expected 2 to 64 small letters, digits and "
            "underscores, a letter first, and no word of Python's, such as edge_filters"
        )
    if name in RESERVED:
        raise CourseError(
            f"an assignment cannot be called {name}: nbgrader calls one of its own folders so; "
            "expected a name of what students do, such as edge_filters"
        )
    if there := [path for path in places(settings, name) if path.exists()]:
        raise CourseError(
            f"{there[0].relative_to(settings.root)} is there already: expected a new name; choose "
            "another, or remove that if nobody needs it"
        )
    if name in (gradebook.assignments_in(settings) or ()):
        raise CourseError(
            f"the gradebook has an assignment {name} already: expected a new name; choose another, "
            f"or remove it with all its grades (nbgrader db assignment remove {name} --force)"
        )
