"""Keeps a test cell from changing files outside of its folder, once a student's code has answered.

A library may do what a returned text says, as ``DataFrame.query`` and templates do, and no path
that it then writes to need stand in the text. So a test writes into its own folder and among
temporary files alone.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

EXPECTED = (
    "it writes into its working directory and among temporary files alone. Write to a name without "
    "folders, as 'out.txt', or into a folder of tempfile.TemporaryDirectory()"
)
"""What a test's author reads."""

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_ONE_PATH = """
os.chmod os.chown os.mkdir os.remove os.removexattr os.rmdir os.setxattr os.truncate os.utime
shutil.rmtree sqlite3.connect
"""
_PATHS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(_ONE_PATH.split(), (0,)),
    **dict.fromkeys(("os.link", "os.symlink"), (1,)),
    "os.rename": (0, 1),
}


def changed_elsewhere(event: str, arguments: Sequence[Any], folder: Path) -> str:
    """The path outside of a test's folder that it is about to change; empty if there is none.

    Args:
        event: of Python's table of audit events.
        arguments: of the event.
        folder: the test's own.
    """
    places = (folder, *_shared())
    for path in _changed(event, arguments):
        if path.startswith((":memory:", "file:")):  # of SQLite's, whose files are opened by C
            continue
        real = Path(os.path.realpath(path))
        if not any(real.is_relative_to(place) for place in places):
            return path
    return ""


def _changed(event: str, arguments: Sequence[Any]) -> Iterator[str]:
    which = _PATHS.get(event, ())
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES:
        which = (0,)
    for number in which:
        if isinstance(path := arguments[number], str | bytes | os.PathLike):
            yield os.fsdecode(path)


def _shared() -> tuple[Path, ...]:
    """Temporary files, devices, and where libraries keep what they have worked out once."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 -- there may be none
    kept = [home / ".cache", home / ".config" / "matplotlib", home / ".keras"]
    kept += _named("XDG_CACHE_HOME", "MPLCONFIGDIR", "KERAS_HOME")
    kept += [place / "matplotlib" for place in _named("XDG_CONFIG_HOME")]
    return tuple(place.resolve() for place in (*_temporary(), Path("/dev"), *kept))


def _temporary() -> list[Path]:
    """Where temporary files are made.

    ``gettempdir`` may be what opens a file just now, to find out, and holds a lock meanwhile.
    """
    if tempfile.tempdir is not None:
        return [Path(os.fsdecode(tempfile.tempdir))]
    return [*_named("TMPDIR", "TEMP", "TMP"), Path("/tmp")]


def _named(*names: str) -> list[Path]:
    """The folders that variables of the environment name."""
    return [Path(os.environ[name]) for name in names if os.environ.get(name)]
