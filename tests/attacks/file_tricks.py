"""Attacks by names, permissions, times and numbers of files, which are all ordinary files."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat

from tests.attacks import exercise
from tests.attacks.submissions import Attack, HandedIn, notebook_in, placing

WRONG = {"add": "def add(a, b):\n    return 0"}
# A file system takes any bytes but a slash and NUL: half a character, a new line, a terminal's
# commands, an override of the direction of writing, a dot at the end.
ODD_NAMES = (
    *(b"\xff\xfe.txt", b"line\nbreak.txt", b"\x1b[2J\x1b]0;owned\x07.txt", b"data.txt.", b" .txt "),
    *("cafe\u0301.txt".encode(), "caf\u00e9.txt".encode(), "\u202etxt.gpj".encode(), b"-rf", b"~"),
    *(
        b"$(touch pwned)",
        b"'; DROP TABLE grade; --.txt",
        b"<img src=x onerror=alert(20300131)>.txt",
    ),
)
NUL_TO_255 = b"a" * 255
SPECIAL = 0o7777  # setuid, setgid, sticky, and everything for everybody


def right_copy(name: str) -> HandedIn:
    """A wrong notebook of the expected name, and the right one under another name beside it."""

    def place(folder: Path) -> None:
        nbformat.write(exercise.submission({}), folder / name)

    return HandedIn(WRONG, place=place)


def same_copy(name: str) -> HandedIn:
    """A right notebook, and once more under another name, as JupyterLab's Duplicate leaves it."""

    def place(folder: Path) -> None:
        (folder / name).write_bytes(notebook_in(folder).read_bytes())

    return HandedIn(place=place)


def odd_names(folder: Path) -> None:
    for name in (*ODD_NAMES, NUL_TO_255):
        (folder / os.fsdecode(name)).write_text("3")


def plain_names(folder: Path) -> None:
    for name in ("données.txt", "two words.txt", "Ω.csv", "data (1).txt"):
        (folder / name).write_text("3")


def sparse_files(folder: Path) -> None:
    """Five files of 45 MB each, which take nothing from the disk."""
    for number in range(5):
        with (folder / f"{number}.bin").open("wb") as file:
            file.truncate(45 << 20)


def sparse_file(folder: Path) -> None:
    with (folder / "0.bin").open("wb") as file:
        file.truncate(1 << 20)


def many_files(count: int) -> HandedIn:
    def place(folder: Path) -> None:
        for number in range(count):
            (folder / f"{number}.txt").touch()

    return placing(place)


def special_bits(folder: Path) -> None:
    """A program with setuid in a folder with setgid, and a notebook with both."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "tool").write_text("#!/bin/sh\nid > @OUTSIDE@/id\n")
    for path in (tools / "tool", tools, notebook_in(folder)):
        path.chmod(SPECIAL)


def executable(folder: Path) -> None:
    (folder / "tool.sh").write_text("#!/bin/sh\necho 3\n")
    (folder / "tool.sh").chmod(0o755)


def attributes(folder: Path) -> None:
    """Extended attributes, as far as the file system takes them."""
    (folder / "data.txt").write_text("3")
    for number in range(8):
        os.setxattr(folder / "data.txt", f"user.{number}", b"x" * 400)


def times(*moments: int) -> HandedIn:
    """Files whose time of change is before 1970, and long after the sun has burnt out."""

    def place(folder: Path) -> None:
        for number, moment in enumerate(moments):
            (folder / f"{number}.txt").write_text("3")
            os.utime(folder / f"{number}.txt", (moment, moment))
        os.utime(notebook_in(folder), (moments[0], moments[0]))

    return placing(place)


def timestamp(text: str) -> HandedIn:
    def place(folder: Path) -> None:
        (folder / "timestamp.txt").write_text(text)

    return placing(place)


def folder_for_file(folder: Path) -> None:
    """A folder of the name that a file of the course's has."""
    (folder / exercise.GIVEN).mkdir(parents=True)
    (folder / exercise.GIVEN / "mine.txt").write_text("3")


def file_for_folder(folder: Path) -> None:
    """A file of the name that a folder of the course's has."""
    (folder / Path(exercise.GIVEN).parent).write_text("3")


def changed_given(folder: Path) -> None:
    """The course's file with other content, as a program of the student's left it."""
    (folder / exercise.GIVEN).parent.mkdir()
    (folder / exercise.GIVEN).write_text("0,0")


ATTACKS = (
    Attack(
        61,
        "folder_for_file",
        "a folder of the name that a file of the course's has",
        placing(folder_for_file),
        placing(changed_given),
        "",
        "table.csv is a folder",
    ),
    Attack(
        61,
        "file_for_folder",
        "a file of the name that a folder of the course's has",
        placing(file_for_folder),
        placing(changed_given),
        "",
        "given is an ordinary file",
    ),
    Attack(
        61,
        "name_in_capitals",
        "the right answers in NUMBERS.IPYNB beside a wrong notebook",
        right_copy("NUMBERS.IPYNB"),
        same_copy("numbers-Copy1.ipynb"),
        "FF++",
    ),
    Attack(
        61,
        "name_of_wide_letters",
        "the right answers under a name that looks like the notebook's",
        right_copy("\uff4eumbers.ipynb"),
        same_copy("numbers (1).ipynb"),
        "FF++",
    ),
    Attack(
        61,
        "odd_names",
        "names with line breaks, terminal commands, markup, half a character, commands of a shell",
        placing(odd_names),
        placing(plain_names),
    ),
    Attack(
        62,
        "sparse_files",
        "five files of 45 MB that take no space",
        placing(sparse_files),
        placing(sparse_file),
        "",
        "more than 200 MB",
    ),
    Attack(
        62,
        "huge_folder",
        "20,000 empty files",
        many_files(20_000),
        many_files(200),
        "",
        "more than 1000 files",
    ),
    Attack(
        62,
        "special_bits",
        "files and folders with setuid, setgid and the sticky bit",
        placing(special_bits),
        placing(executable),
    ),
    Attack(
        62,
        "extended_attributes",
        "extended attributes of a few kilobytes",
        placing(attributes),
        placing(plain_names),
    ),
    Attack(
        62,
        "times_of_change",
        "files that were last changed in 1901, and in 2400",
        times(-(1 << 31), 13_569_465_600),
        times(1_900_000_000),
    ),
    Attack(
        62,
        "timestamp_no_number",
        "a timestamp.txt that says NaN",
        timestamp("NaN"),
        timestamp("2030-01-31 12:00:00 UTC"),
        "",
        "holds no time",
    ),
    Attack(
        62,
        "timestamp_of_no_zone",
        "a timestamp.txt 99 hours east of Greenwich, in the year 0",
        timestamp("0000-00-00 00:00:00 +99:99"),
        timestamp("2030-01-31 12:00:00.5 UTC"),
        "",
        "holds no time",
    ),
)
