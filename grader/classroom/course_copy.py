"""Copies the course into folders that the grader made, and may therefore empty."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader import settings as course_settings
from grader.errors import ConfigurationError
from grader.settings import CONFIG_FILE, Settings


def clear(folder: Path, mark: str, kind: str) -> None:
    """Make an empty folder that holds only the file ``mark``.

    Args:
        folder: created, or emptied if it holds ``mark`` already.
        mark: name of the file that tells such a folder from others.
        kind: what a message calls such a folder.

    Raises:
        ConfigurationError: the folder holds something else, or cannot be written.
    """
    require(folder, mark, kind)
    make(folder)
    try:
        # Written first and kept, so that after an interruption the folder can be emptied again.
        (folder / mark).write_text("")
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != mark:
                entry.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from error


def require(folder: Path, mark: str, kind: str) -> None:
    """Raise ``ConfigurationError`` if ``folder`` holds files but not ``mark``."""
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / mark).exists():
            raise ConfigurationError(
                f"{folder} holds something that is no {kind}: expected an empty or a {kind}'s "
                "folder; choose another with --folder"
            )
    except OSError as error:
        raise _unwritable(folder, error) from error


def make(folder: Path) -> None:
    """Create the folder if need be; raises ``ConfigurationError`` if that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def copy(course: Settings, folder: Path, more: str = "") -> Settings:
    """Copy the course's configuration and sources into ``folder``, and link to its data.

    Args:
        course: the course to copy.
        folder: created if need be.
        more: lines to add to the copy's configuration.

    Returns:
        The settings of the copy.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    make(folder)
    try:
        for name in ("course_config.py", CONFIG_FILE):
            shutil.copy(course.root / name, folder / name)
        with (folder / CONFIG_FILE).open("a") as config:
            config.write(more)
        shutil.copytree(course.root / "source", folder / "source")
        (folder / "data").symlink_to(course.data)
        if course.packages is not None and course.packages.is_relative_to(course.root):
            shutil.copy(course.packages, folder / course.packages.relative_to(course.root))
    except OSError as error:
        raise _unwritable(folder, error) from error
    return course_settings.load(folder)


def _unwritable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{error.filename2 or error.filename or folder} cannot be written ({error.strerror}): "
        "choose another folder with --folder"
    )
