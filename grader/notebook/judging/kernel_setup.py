"""What a submission's kernel is started with; ``start_kernel`` starts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.settings import Settings


@dataclass(frozen=True)
class KernelSetup:
    """What a submission's kernel is started with.

    Attributes:
        settings: the course: its data, limits, and kind of sandbox.
        assignment: whose limits hold.
        folder: the public files that lie beside the notebook.
        blocked: names of packages that cannot be imported, besides the course's own.
        warm: socket of a warm parent that gives the kernel, and blocks the same packages; empty
            for a cold start.
    """

    settings: Settings
    assignment: str
    folder: Path
    blocked: Sequence[str] = ()
    warm: str = ""
