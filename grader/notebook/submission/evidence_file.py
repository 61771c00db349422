"""What verdicts rest on, on disk: compressed JSON beside the verdict file."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from grader import whole_files
from grader.errors import CourseError
from grader.model import Evidence, Graded

VERSION = 1

_NOT_READ = (OSError, EOFError, zlib.error, ValueError, RecursionError, msgspec.ValidationError)


def write(evidence: Evidence, file: Path, permissions: int = 0o444) -> None:
    """Put the record into ``file`` at once: a reader finds all of it, or none."""
    content = gzip.compress(dump(evidence).encode(), mtime=0)
    whole_files.write(file, content, permissions)


def dump(evidence: Evidence) -> str:
    """The record as JSON text."""
    return json.dumps({"version": VERSION} | asdict(evidence))


def read(file: Path, graded: Graded) -> Evidence:
    """The record that the verdicts in ``graded`` rest on.

    Raises:
        CourseError: there is none, or it belongs to another grading.
    """
    again = f"grade it again (grader grade {graded.assignment} --student {graded.student} --force)"
    if not graded.seed:
        raise CourseError(
            f"{graded.student}'s {graded.assignment} was graded by a version that did not record "
            f"what verdicts rest on: {again}"
        )
    try:
        evidence = msgspec.convert(_object(file), Evidence, strict=True)
    except FileNotFoundError:
        raise CourseError(f"{file} is missing: {again}") from None
    except _NOT_READ as error:
        raise CourseError(f"{file} cannot be read ({error}): {again}") from error
    if evidence.seed != graded.seed:
        raise CourseError(f"{file} is of another grading than the verdicts: {again}")
    return evidence


def _object(file: Path) -> dict[str, Any]:
    content = json.loads(gzip.decompress(file.read_bytes()))
    if not isinstance(content, dict) or content.pop("version", None) != VERSION:
        raise ValueError(f"expected an object of version {VERSION}")
    return content
