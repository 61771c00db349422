"""Verdicts on disk: a small versioned JSON beside each autograded notebook."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from grader import whole_files
from grader.errors import ConfigurationError, CourseError
from grader.model import Graded

VERSION = 3  # version 2 had no grounds, and no verdicts that wait for a person
_READ = (2, VERSION)


def dump(graded: Graded) -> bytes:
    """``graded`` as JSON text."""
    return json.dumps({"version": VERSION} | asdict(graded), indent=1).encode()


def write(graded: Graded, file: Path, permissions: int | None = 0o444) -> None:
    """Put the verdicts into ``file`` at once: a reader finds all of them, or none.

    Args:
        graded: the verdicts.
        file: it is replaced.
        permissions: of the file; None: those that it has.
    """
    whole_files.write(file, dump(graded), permissions)


def read(file: Path) -> Graded | None:
    """What ``file`` holds, or None if nothing was graded there yet.

    Raises:
        CourseError: a file of another version, or one that holds no verdicts.
        ConfigurationError: a folder that cannot be read.
    """
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read ({error.strerror}): expected a folder that this account may use"
        ) from error
    content = _object(text, file)
    if content.get("version") not in _READ:
        raise CourseError(f"{file} is of another version than {VERSION}: remove it and grade again")
    try:
        return msgspec.convert(content, Graded, strict=True)
    except (msgspec.ValidationError, ValueError, RecursionError) as error:
        raise CourseError(
            f"{file} holds no verdicts ({error}): remove it and grade again"
        ) from error


def _object(text: bytes, file: Path) -> dict[str, Any]:
    """The JSON object in ``text``; a loss may be NaN, which msgspec's own reader refuses."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CourseError(f"{file} is not JSON ({error}): remove it and grade again") from error
    if not isinstance(content, dict):
        raise CourseError(f"{file} holds no JSON object: remove it and grade again")
    return content
