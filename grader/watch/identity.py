"""Tells versions of a submission apart: by a look at its folder, and by what is in it."""

from __future__ import annotations

import os
from hashlib import sha256

from grader.errors import GraderError
from grader.model import Submission
from grader.notebook import machine_lacks
from grader.notebook.submission.submitted_files import Files, files_of
from grader.settings import Settings

_MOST_ENTRIES = 1000  # of which a stamp takes note; a folder with more is refused as a whole


def stamp(submission: Submission) -> str:
    """What a look at a submission's folder shows, without opening a file.

    It is another one whenever a file that lies directly in the folder was added, replaced or
    written; empty where the folder is being taken away or replaced.
    """
    seen: list[tuple[str, int, int, int]] = []
    try:
        with os.scandir(submission.submitted) as entries:
            for entry, _ in zip(entries, range(_MOST_ENTRIES), strict=False):
                state = entry.stat(follow_symlinks=False)
                seen.append((entry.name, state.st_mtime_ns, state.st_size, state.st_ino))
        seen.append(("", submission.submitted.lstat().st_mtime_ns, 0, 0))
    except OSError:
        return ""
    return sha256(repr(sorted(seen)).encode(errors="replace")).hexdigest()


def digest_of(files: Files) -> str:
    """Digest of all that was handed in; raises ``SubmissionError`` where it cannot be read."""
    return sha256(f"{files.sha256()} {files.digest()}".encode()).hexdigest()


def digest(settings: Settings, submission: Submission) -> str:
    """Digest of what lies in the folder now; of the look of it where that cannot be read.

    Raises:
        Exception: for which ``machine_lacks`` has words: nothing is known of what lies there.
    """
    try:
        return digest_of(files_of(settings, submission))
    except (GraderError, OSError) as error:
        if machine_lacks.lacking(error):
            raise
        return f"unreadable {stamp(submission)}"
