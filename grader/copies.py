"""Copies of the course in folders that the grader made itself, and may therefore remove."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader import settings as course_settings
from grader.errors import ConfigurationError
from grader.settings import CONFIG_FILE, Settings


def clear(folder: Path, mark: str, kind: str) -> None:
    """Make ``folder`` a fresh one that carries ``mark``.

    Args:
        folder: made anew if it carries the mark already.
        mark: the name of the file by which such a folder is known.
        kind: what to call such a folder in front of a person.

    Raises:
        ConfigurationError: the folder holds something else, or cannot be written.
    """
    require(folder, mark, kind)
    make(folder)
    try:
        # Written first and kept: what is left by an interruption can be cleared the next time.
        (folder / mark).write_text("")
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != mark:
                entry.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from error


def require(folder: Path, mark: str, kind: str) -> None:
    """Raise ``ConfigurationError`` if ``folder`` holds anything but what carries ``mark``."""
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / mark).exists():
            raise ConfigurationError(
                f"{folder} holds something that is no {kind}: expected an empty or a {kind}'s "
                "folder; choose another with --folder"
            )
    except OSError as error:
        raise _unwritable(folder, error) from error


def make(folder: Path) -> None:
    """See to it that the folder is there; raises ``ConfigurationError`` if it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def copy(course: Settings, folder: Path, more: str = "") -> Settings:
    """Put the course's configuration and sources into ``folder``; the data is linked to.

    Args:
        course: the course to copy.
        folder: made if need be.
        more: lines to add to the copy's configuration.

    Returns:
        The settings of the copy.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    make(folder)
    try:
        for name in ("course_config.py", CONFIG_FILE):
            shutil.copy(course.root / name, folder)
        with (folder / CONFIG_FILE).open("a") as config:
            config.write(more)
        shutil.copytree(course.root / "source", folder / "source")
        (folder / "data").symlink_to(course.data)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return course_settings.load(folder)


def _unwritable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{error.filename or folder} cannot be written ({error.strerror}): "
        "choose another folder with --folder"
    )
