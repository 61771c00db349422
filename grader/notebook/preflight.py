"""Whether the folders that grading writes to can be written, asked before anything is graded."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from grader.errors import ConfigurationError
from grader.notebook.assignment import Assignment
from grader.notebook.submission import paths
from grader.settings import Settings

# A notebook with its outputs, the gradebook's journal; an epoch's weights take more, and the
# referee says so itself.
NEEDED_BYTES = 4 << 20


def require_writable(settings: Settings, assignment: Assignment) -> None:
    """Ensure that results can be kept.

    Raises:
        ConfigurationError: a folder that cannot be made or written, or a full disk.
    """
    autograded = paths.submission(settings, "somebody", assignment.name).autograded
    places = [settings.root, autograded.parent.parent]
    if assignment.uses_networks and settings.referee == "local":
        places.append(settings.runs)
    for place in places:
        require_space(place)


def require_space(place: Path) -> None:
    """Ensure that a folder can be written.

    Raises:
        ConfigurationError: it cannot be made or written, or its disk is full.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place) as file:
            os.posix_fallocate(file.fileno(), 0, NEEDED_BYTES)
    except OSError as error:
        raise ConfigurationError(
            f"{place} cannot be written ({error.strerror}): expected a folder that this account "
            f"may write to, with {NEEDED_BYTES >> 20} MB free; nothing was graded"
        ) from error
