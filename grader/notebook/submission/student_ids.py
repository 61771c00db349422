"""Which ids of students can be graded: they are names of folders, and patterns to nbgrader."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from grader.errors import SubmissionError
from grader.notebook.submission.file_rules import printable_text

_NAMED = 10  # ids in a message
_PATTERN = "*?[]"  # nbgrader looks for the folders of an id as a shell does


def require_plain(student: str) -> None:
    """Refuse an id that nbgrader would take for somebody else's, before anything is opened.

    Raises:
        SubmissionError: it has characters of patterns, or such as cannot be seen, or blanks at an
            end.
    """
    found = [character for character in student if character in _PATTERN]
    found += [character for character in student if not character.isprintable()]
    if student.strip() != student:
        found.append("a blank at an end")
    if student.startswith((".", "-")):
        found.append(f"{student[0]} at the beginning")
    if found:
        said = printable_text(", ".join(found[:3]))
        raise SubmissionError(
            f"the id {printable_text(student)!r} holds {said}: expected letters, digits and marks "
            "such as _, - and @; rename the folder"
        )


def some_of(known: Sequence[str], asked: str) -> str:
    """Which ids were expected in place of ``asked``, those that resemble it first."""
    alike = difflib.get_close_matches(asked, known, _NAMED)
    named = list(dict.fromkeys([*alike, *known]))[:_NAMED]
    more = f" or {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    return printable_text(", ".join(named)) + more
