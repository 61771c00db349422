"""What the course gives its test cells beside a student's names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Course:
    """What the course gives its test cells beside a student's names.

    Attributes:
        folder: where the files beside the notebook lie, a student's among them.
        files: names of those that are the course's own.
        hidden: names and bytes of files that students never get.
        imports: by name, the statements by which the course's given cells import it.
        one_system: whether the student's code sees this file system itself, without a sandbox.
    """

    folder: Path
    files: tuple[str, ...] = ()
    hidden: Mapping[str, bytes] = field(default_factory=dict)
    imports: Mapping[str, str] = field(default_factory=dict)
    one_system: bool = False
