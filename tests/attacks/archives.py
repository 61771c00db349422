"""Attacks by archives that an instructor unpacks."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from tests.attacks import exercise
from tests.attacks.submissions import PEER


@dataclass(frozen=True)
class Archive:
    """An archive to be collected with ``nbgrader zip_collect``; its twin is a plain one.

    Attributes:
        name: of the attack.
        about: what is in it.
        kind: ``zip`` or ``tar.gz``.
        write: makes it, with the text of a notebook for what it pretends to be.
        refused: words of the refusal.
        dangerous: whether unpacking it can hurt a machine.
    """

    name: str
    about: str
    kind: str
    write: Callable[[Path, str], object]
    refused: str
    dangerous: bool = False


def zip_up(path: Path, text: str, name: str = "{}_numbers.ipynb", claims: int = 0) -> None:
    """A zip with one file; ``claims`` is a size that it only pretends to have."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name.format(path.name.partition(".")[0]), text)
        archive.filelist[0].file_size = claims or archive.filelist[0].file_size


def tar_up(path: Path, text: str, link: str) -> None:
    """A tar.gz with one link, by the name of a notebook."""
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo(f"{path.name.partition('.')[0]}_numbers.ipynb")
        info.type, info.linkname = tarfile.SYMTYPE, link
        archive.addfile(info)


COLLECT = r"--FileNameCollectorPlugin.named_regexp=.*/(?P<student_id>[a-z]+)_(?P<file_id>\w+)"
ARCHIVES = (
    Archive(
        "climbs",
        "a zip whose file leads out of its folder, to a classmate's",
        "zip",
        lambda path, text: zip_up(path, text, f"../{PEER}/{PEER}_numbers.ipynb"),
        "a link or a way out",
    ),
    Archive(
        "links",
        "a tar with a link to a file of the machine",
        "tar.gz",
        lambda path, text: tar_up(path, text, "/etc/passwd"),
        "a link or a way out",
    ),
    Archive(
        "explodes",
        "a zip bomb of 10 GB",
        "zip",
        lambda path, text: zip_up(path, text, claims=10 << 30),
        "more than 1000 MB",
        dangerous=True,
    ),
)


def hand_in_archives(course: Path, archive: Archive) -> None:
    """Put three students' archives where ``nbgrader zip_collect`` looks for them."""
    folder = course / "downloaded" / exercise.NAME / "archive"
    folder.mkdir(parents=True)
    exercise.write_source(course)
    (course / "release" / exercise.NAME).mkdir(parents=True)
    text = nbformat.writes(exercise.submission({}))
    archive.write(folder / f"attacker.{archive.kind}", text)
    for student in (PEER, "twin"):
        zip_up(folder / f"{student}.zip", text)
