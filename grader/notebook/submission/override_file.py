"""People's decisions on a submission's claims, kept apart from what grading writes.

Grading removes ``autograded/`` and writes it again. The decisions lie in ``overrides/`` of the
course, and are set beside the verdicts each time.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from hashlib import sha256

from grader.model import Graded, Override, Verdict
from grader.notebook.submission import decision_file, grounds, paths
from grader.notebook.submission.decision_file import DecisionFile
from grader.settings import Settings

# How each note begins that ``applied`` and the gradebook's writer add.
NOTE = "a person's decision on"


class _Overrides(DecisionFile):
    """The content of a file of decisions."""

    overrides: tuple[Override, ...]


def read(settings: Settings, student: str, assignment: str) -> tuple[Override, ...]:
    """The decisions on a submission, in the order of claims; none where there is no file.

    Raises:
        CourseError: the file cannot be read, or holds something else. No decision is dropped.
    """
    file = paths.override_file(settings, student, assignment)
    content = decision_file.read(file, _Overrides, "the decisions of grader override")
    return () if content is None else content.overrides


def write(settings: Settings, student: str, assignment: str, overrides: Sequence[Override]) -> None:
    """Keep the decisions on a submission, at once: a reader finds the former ones, or these.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    file = paths.override_file(settings, student, assignment)
    content = _Overrides(decision_file.VERSION, tuple(overrides)) if overrides else None
    decision_file.write(file, content)


def applied(graded: Graded, overrides: Sequence[Override]) -> Graded:
    """The verdicts with people's decisions beside them, and notes on what needs another look.

    Decisions that were set beside them before are replaced.
    """
    worth = {verdict.claim: verdict.points for verdict in graded.verdicts}
    fits = {each.claim: each for each in overrides if each.points <= worth.get(each.claim, -1.0)}
    notes = [note for note in graded.notes if not note.startswith(NOTE)]
    return dataclasses.replace(
        graded,
        verdicts=tuple(_with(verdict, fits.get(verdict.claim)) for verdict in graded.verdicts),
        notes=(*notes, *_notes(graded, overrides, worth)),
    )


def handed_in(graded: Graded) -> str:
    """A digest of what was handed in: notebooks, and files beside them."""
    files = graded.grounds.get(grounds.FILES, "")
    return sha256(f"{graded.submission_sha256} {files}".encode()).hexdigest()


def _with(verdict: Verdict, override: Override | None) -> Verdict:
    return dataclasses.replace(verdict, override=override)


def _notes(graded: Graded, overrides: Sequence[Override], worth: dict[str, float]) -> Iterator[str]:
    for each in overrides:
        begin = f"{NOTE} {each.claim} (points: {each.points:g}, {each.day})"
        if each.claim not in worth:
            yield f"{begin} is not applied: the assignment has no such claim any more"
        elif each.points > worth[each.claim]:
            yield f"{begin} is not applied: the claim is worth {worth[each.claim]:g} points now"
        elif each.handed_in != handed_in(graded):
            yield f"{begin} was made for an earlier hand-in: look whether it still holds"
