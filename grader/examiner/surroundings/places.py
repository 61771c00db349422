"""Keeps a test cell from a place that a text of a student's names: a file, a folder, an address.

A test cell runs outside of every sandbox. Were it to open, remove or list what a returned text
names, it would do so with any file of this machine, and connect to any server.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np

from grader.errors import ClaimFailed

# Where the paths stand among the arguments of an event; see the table of audit events in Python's
# documentation. Checks of a path that open nothing (`os.path.exists`) raise none.
_ONE_PATH = """
os.chdir os.chmod os.chown os.fwalk os.getxattr os.listdir os.listxattr os.mkdir os.remove
os.removexattr os.rmdir os.scandir os.setxattr os.truncate os.utime os.walk glob.glob glob.glob/2
pathlib.Path.glob pathlib.Path.rglob shutil.chown shutil.rmtree sqlite3.connect
"""
_TWO_PATHS = """
os.link os.rename os.symlink shutil.copyfile shutil.copymode shutil.copystat shutil.copytree
shutil.move shutil.unpack_archive
"""
_PATHS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(_ONE_PATH.split(), (0,)),
    **dict.fromkeys(_TWO_PATHS.split(), (0, 1)),
    "shutil.make_archive": (0, 2, 3),
}
_URL, _CONNECT = "urllib.Request", "socket.connect"
_NAMES = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})
WATCHED = frozenset({*_PATHS, *_NAMES, _URL, _CONNECT})

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class Texts:
    """The texts that a student's code has returned.

    Args:
        texts: those that were kept.
        lost: whether there were more.
    """

    def __init__(self, texts: Sequence[str | bytes], lost: bool = False) -> None:
        self._texts, self._lost = _decoded(tuple(texts)), lost

    def require_elsewhere(self, path: str, folder: Path, imports: bool = False) -> None:
        """Refuse a path that leads out of the test's folder, if a text leads there.

        Args:
            path: as it is about to be opened.
            folder: the test's own.
            imports: whether a module is imported: only what is put together of a text is refused.

        Raises:
            ClaimFailed: one does.
        """
        real = Path(os.path.realpath(path))
        if real.is_relative_to(folder):
            return
        named = self._are_in(path, but_roots=imports)
        if named or (not imports and self._lead_to(path, real, folder)):
            raise ClaimFailed(
                "Your answer is the path {path}, where your code has written nothing. Expected: "
                "the path of a file that it writes into its working directory.",
                path=path,
            )

    def require_other(self, address: str) -> None:
        """Refuse an address or a host that a text names.

        Raises:
            ClaimFailed: one does.
        """
        host = (urlsplit(address).hostname or "") if "://" in address else address
        if host and (self._lost or any(host.lower() in text.lower() for text in self._texts)):
            raise ClaimFailed(
                "Your answer names the address {address}. A test opens no address that your code "
                "returns. Expected: the content itself, or the path of a file that your code "
                "writes into its working directory.",
                address=address,
            )

    def _are_in(self, path: str, but_roots: bool) -> bool:
        """Whether a path is put together of a text; ``/`` is in each, and may not count."""
        found = (text for text in self._texts if text in path and _leads(text))
        return any(text.strip("/.") or not but_roots for text in found)

    def _lead_to(self, path: str, real: Path, folder: Path) -> bool:
        """Whether a text names a path in another way, or a folder that it is in."""
        if self._lost or (_leads(path) and any(path in text for text in self._texts)):
            return True
        places = _places(self._texts, folder)
        return not places.isdisjoint((real, *real.parents))


def open_numbers() -> Mapping[int, object]:
    """What this process has open, by its number, which a later file may get."""
    found = {number: _file_of(number) for number in map(int, os.listdir("/proc/self/fd"))}  # noqa: PTH208 -- names alone
    return {number: file for number, file in found.items() if file is not None}


def require_new(number: Any, before: Mapping[int, object]) -> None:
    """Refuse to open what this process had open before the test, by its number.

    Args:
        number: as it is about to be opened; an object of the student's may say another each time.
        before: what ``open_numbers`` gave then.

    Raises:
        ClaimFailed: it was.
    """
    is_one = isinstance(number, int | np.integer)
    if not is_one or (number in before and _file_of(int(number)) == before[number]):
        raise ClaimFailed(
            "Your answer is a number where a test opens a file. Expected: the path of a file that "
            "your code writes into its working directory."
        )


def _file_of(number: int) -> object:
    try:
        status = os.fstat(number)
    except OSError:  # what listed them is closed again
        return None
    return status.st_dev, status.st_ino


def refuse(event: str, arguments: Sequence[Any], texts: Texts, folder: Path | None) -> None:
    """Refuse what a test cell is about to do, if it goes where a text leads.

    Args:
        event: one of ``WATCHED``.
        arguments: of the event.
        texts: of the student's.
        folder: the test's own; None where it is not apart.

    Raises:
        ClaimFailed: it does.
    """
    if folder is None:
        return
    for path in _paths(event, arguments):
        texts.require_elsewhere(path, folder)
    for address in _addresses(event, arguments):
        texts.require_other(address)


def _paths(event: str, arguments: Sequence[Any]) -> Iterator[str]:
    found: list[Any] = [arguments[i] for i in _PATHS.get(event, ()) if i < len(arguments)]
    if event == _CONNECT and arguments[0].family == socket.AF_UNIX:
        found.append(arguments[1])
    for path in found:
        if isinstance(path, str | bytes | os.PathLike):
            yield os.fsdecode(path)


def _addresses(event: str, arguments: Sequence[Any]) -> Iterator[str]:
    found = arguments[0] if event == _URL or event in _NAMES else None
    if event == _CONNECT and isinstance(arguments[1], tuple):
        found = arguments[1][0]
    if isinstance(found, str | bytes):
        yield os.fsdecode(found)


def _leads(text: str) -> bool:
    """Whether a text leads to another folder."""
    return text.startswith((os.sep, "~")) or os.pardir in text or bool(_SCHEME.match(text))


@functools.lru_cache(maxsize=1)
def _decoded(texts: tuple[str | bytes, ...]) -> tuple[str, ...]:
    return tuple(map(os.fsdecode, texts))


@functools.lru_cache(maxsize=1)
def _places(texts: tuple[str, ...], folder: Path) -> frozenset[Path]:
    """Where texts lead, with nothing in between: no link, no ``..``, no second slash."""
    return frozenset(
        Path(os.path.realpath(folder / way))
        for text in texts
        if _leads(text) and "\0" not in text
        for way in (text, _path_in(text), *_at_home(text))
    )


def _at_home(text: str) -> Iterator[str]:
    with contextlib.suppress(RuntimeError):  # there is nobody of that name
        yield str(Path(text).expanduser())


def _path_in(text: str) -> str:
    """The path in an address such as ``file:///etc/passwd``; else the text."""
    try:
        return unquote(urlsplit(text).path) if _SCHEME.match(text) else text
    except ValueError:  # it is no address
        return text
