"""What the grader adds to an error for those who read it; a test that looks at its notes sees none.

``BaseException.add_note`` would stand among the notes of the student's own code.
"""

from __future__ import annotations

_NOTES = "_notes_of_the_grader"


def add_note(error: BaseException, note: str) -> None:
    """Add a sentence of ours to what a student reads of an error; a test does not see it."""
    vars(error).setdefault(_NOTES, []).append(note)


def notes_of(error: BaseException) -> list[str]:
    """The sentences beside the text of an error: ours, and a check's; none of the student's."""
    own: list[str] = vars(error).get(_NOTES, [])
    by_student = getattr(error, "by_student", False) is True
    return own if by_student else [*map(str, getattr(error, "__notes__", ())), *own]
