"""Files of people's decisions: read whole or refused, so that no decision is dropped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

import msgspec

from grader import whole_files
from grader.errors import ConfigurationError, CourseError

VERSION = 1


class DecisionFile(msgspec.Struct):
    """The content of such a file; a subclass adds the decisions."""

    version: int


Content = TypeVar("Content", bound=DecisionFile)


def read(file: Path, form: type[Content], what: str) -> Content | None:
    """The content of a file; None where there is none.

    Args:
        file: where it is.
        form: what it holds.
        what: the same in words, for a message.

    Raises:
        CourseError: the file cannot be read, or holds something else.
    """
    try:
        content = msgspec.json.decode(file.read_bytes(), type=form)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise CourseError(
            f"{file} cannot be read ({said}): expected {what}; restore it from a backup, or "
            "remove it and decide again"
        ) from error
    if content.version != VERSION:
        raise CourseError(
            f"{file} has version {content.version}, expected {VERSION}: use a newer grader"
        )
    return content


def write(file: Path, content: DecisionFile | None) -> None:
    """Keep decisions, at once; None removes the file.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    try:
        if content is None:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(msgspec.to_builtins(content), indent=1, ensure_ascii=False)
        whole_files.write(file, text.encode())
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or file} cannot be written ({error.strerror}): expected a course's "
            "folder that this account may write to"
        ) from error
