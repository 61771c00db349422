"""What the verdicts on a submission rest on, as digests that are kept beside them.

A second ``grader grade`` compares them, and judges again only where one has changed. Time is no
ground of a verdict: a due date or a timestamp changes a late penalty, which is computed from the
gradebook (``grader.notebook.late_penalties``).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from hashlib import sha256

from grader import course_packages
from grader.model import Graded
from grader.notebook.assignment import Assignment
from grader.notebook.submission.submitted_files import Files
from grader.settings import Settings

# How verdicts are reached. Raise it with every change after which the same submission may get other
# verdicts, notes or answers: submissions that were graded before are then judged again. It is kept
# by hand: a digest of the code would have a whole class judged again after each change of a word.
# Name the latest reason on the same line: two branches that raise it to one number then conflict.
RULES = 53  # chains of comparisons that end early, and layers that stand where activations do

NOTEBOOKS, FILES, ASSIGNMENT = "notebooks", "files", "assignment"

# What is said of each that changed, after "since it was graded".
CHANGES = {
    NOTEBOOKS: "the notebook was handed in again",
    FILES: "a file beside the notebook was changed",
    ASSIGNMENT: "the source was changed",
    "limits": "the limits were changed",
    "sandbox": "the sandbox was changed",
    "packages": "the course's packages were changed",
    "language": "the course's language was changed",
    "rules": "the grader reaches verdicts in another way",
}


def digests(settings: Settings, assignment: Assignment, files: Files) -> dict[str, str]:
    """What verdicts on a submission would rest on now, by the names in ``CHANGES``.

    Raises:
        SubmissionError: what was handed in may not be there, or cannot be read.
    """
    limits = {
        "limits": dataclasses.asdict(settings.limits(assignment.name)),
        "budget": dataclasses.asdict(settings.budget(assignment.name)),
    }
    texts = [cell.source for cell in assignment.master.cells]
    hidden = {name: sha256(text).hexdigest() for name, text in assignment.hidden_files.items()}
    parts = [assignment.sha256, texts, sorted(assignment.released.items()), sorted(hidden.items())]
    return {
        NOTEBOOKS: files.sha256(),
        FILES: files.digest(),
        ASSIGNMENT: _digest([*parts, sorted(assignment.earlier.items())]),
        "limits": json.dumps(limits, sort_keys=True),
        "sandbox": settings.sandbox,
        "packages": json.dumps(course_packages.installed(settings), sort_keys=True),
        "language": settings.language,
        "rules": str(RULES),
    }


def changed(known: Graded, now: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the grounds that are not what they were when a submission was graded.

    A verdict file of an earlier version holds none; then all have changed.
    """
    return tuple(name for name, digest in now.items() if known.grounds.get(name) != digest)


def _digest(content: object) -> str:
    return sha256(repr(content).encode(errors="replace")).hexdigest()
