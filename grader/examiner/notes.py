"""Notes of an error: those of the student's own code, and what is added for those who read it.

A test that looks at an error's notes sees the student's first. What the grader adds here, it does
not see; a check adds its notes as any code does.
"""

from __future__ import annotations

from collections.abc import Sequence

_OURS, _STUDENTS = "_notes_of_the_grader", "_notes_of_the_student"


def add_note(error: BaseException, note: str) -> None:
    """Add a sentence of ours to what a student reads of an error."""
    vars(error).setdefault(_OURS, []).append(note)


def take_students(error: BaseException, notes: Sequence[str]) -> None:
    """Give an error the notes that the student's code has added to it."""
    first, _ = vars(error).get(_STUDENTS, (len(getattr(error, "__notes__", ())), 0))
    for note in notes:
        error.add_note(note)
    vars(error)[_STUDENTS] = first, len(getattr(error, "__notes__", ()))


def notes_of(error: BaseException) -> list[str]:
    """The sentences beside the text of an error: ours, and a check's; none of the student's.

    The line that raised it is ours: it comes first, and of a hidden test nothing else is told.
    """
    first, last = vars(error).get(_STUDENTS, (0, 0))
    notes = getattr(error, "__notes__", [])
    return [*vars(error).get(_OURS, []), *map(str, [*notes[:first], *notes[last:]])]
