"""Verdicts on disk: a small versioned JSON beside each autograded notebook."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.errors import ConfigurationError, CourseError
from grader.model import Graded, Outcome, Run, Timing, Verdict

VERSION = 2


def file_name(notebook: str) -> str:
    """Name of the file that holds the verdicts on ``notebook``."""
    return f"{notebook}.verdicts.json"


def dump(graded: Graded) -> bytes:
    """``graded`` as JSON text."""
    return json.dumps({"version": VERSION} | asdict(graded), indent=1).encode()


def read(file: Path) -> Graded | None:
    """What ``file`` holds, or None if nothing was graded there yet.

    Raises:
        CourseError: a file of another version, or no verdicts at all.
        ConfigurationError: a folder that cannot be read.
    """
    try:
        found = json.loads(file.read_text())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read ({error.strerror}): expected a folder that this account may use"
        ) from error
    except ValueError as error:
        raise CourseError(f"{file} is not JSON ({error}): remove it and grade again") from error
    if found.pop("version", None) != VERSION:
        raise CourseError(f"{file} is of another version than {VERSION}: remove it and grade again")
    verdicts = tuple(
        Verdict(**verdict | {"outcome": Outcome(verdict["outcome"])})
        for verdict in found.pop("verdicts")
    )
    timings = tuple(Timing(**timing) for timing in found.pop("timings"))
    notes = tuple(found.pop("notes"))
    runs = tuple(_run(run) for run in found.pop("runs"))
    return Graded(verdicts=verdicts, timings=timings, notes=notes, runs=runs, **found)


def _run(found: dict[str, Any]) -> Run:
    """A run as ``asdict`` wrote it: JSON knows no tuples."""
    sequences = {name: tuple(found[name]) for name in ("logs", "fits", "callbacks")}
    return Run(**found | sequences)
