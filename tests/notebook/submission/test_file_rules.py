from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.notebook.submission import file_rules
from grader.notebook.submission.file_rules import Caps


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What an honest student hands in."""
    folder = tmp_path / "submitted" / "ada" / "sums"
    (folder / "pictures").mkdir(parents=True)
    (folder / "sums.ipynb").write_text("{}")
    (folder / "pictures" / "plot.png").write_bytes(bytes(100))
    (folder / "timestamp.txt").write_text("2030-01-31 12:00:00 UTC")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def bind_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        here = Path.cwd()
        os.chdir(path.parent)  # an address is at most 107 bytes long
        try:
            sock.bind(path.name)
        finally:
            os.chdir(here)


KINDS: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "link": (lambda path, secret: path.symlink_to(secret), "is a symbolic link"),
    "dangling": (lambda path, secret: path.symlink_to("nowhere"), "is a symbolic link"),
    "folder link": (lambda path, secret: path.symlink_to(secret.parent), "is a symbolic link"),
    "hard link": (lambda path, secret: path.hardlink_to(secret), "is a hard link"),
    "pipe": (lambda path, secret: os.mkfifo(path), "is a named pipe"),
    "socket": (lambda path, secret: bind_socket(path), "is a socket"),
}


@pytest.mark.parametrize("depth", [19, 20, 200])
def test_folders_within_folders_are_bounded(folder: Path, depth: int) -> None:
    Path(folder, *["a"] * depth).mkdir(parents=True)
    if depth == 19:
        (Path(folder, *["a"] * depth) / "plot.txt").write_text("plot")
    if depth <= 20:
        file_rules.check(folder)
    else:
        with pytest.raises(SubmissionError, match="more than 20 folders within folders"):
            file_rules.check(folder)


def test_ordinary_files_pass(folder: Path) -> None:
    file_rules.check(folder)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["sums.ipynb", "extra.txt", "pictures/deep.txt", "timestamp.txt"])
def test_what_is_no_ordinary_file_is_refused_by_name(folder: Path, kind: str, name: str) -> None:
    make, words = KINDS[kind]
    path = folder / name
    path.unlink(missing_ok=True)
    make(path, folder.parents[2] / "secret.txt")
    with pytest.raises(SubmissionError, match=f"ada/sums/{name} {words}: expected an? .* again$"):
        file_rules.check(folder)
    with pytest.raises(SubmissionError, match=words):
        file_rules.read(path)


def test_a_device_is_refused(folder: Path) -> None:
    with pytest.raises(SubmissionError, match=r"/dev/zero is a device: expected an ordinary file"):
        file_rules.read(Path("/dev/zero"))


def test_a_folder_that_is_a_link_to_a_classmates_is_refused(folder: Path) -> None:
    (folder.parent / "more").symlink_to(folder)
    with pytest.raises(SubmissionError, match=r"more is a symbolic link: expected a folder"):
        file_rules.check(folder.parent / "more")


def test_a_folder_in_place_of_the_notebook_is_refused(folder: Path) -> None:
    with pytest.raises(SubmissionError, match=r"pictures is a folder: expected an ordinary file"):
        file_rules.read(folder / "pictures")


@pytest.mark.parametrize(
    ("caps", "words"),
    [
        (Caps(notebook=1), r"sums\.ipynb is over a limit: more than"),
        (Caps(file=99), r"plot\.png is over a limit: more than"),
        (Caps(total=100), r"ada/sums is over a limit: more than"),
        (Caps(count=3), r"ada/sums is over a limit: more than 3 files"),
    ],
)
def test_too_much_is_refused(folder: Path, caps: Caps, words: str) -> None:
    with pytest.raises(SubmissionError, match=words):
        file_rules.check(folder, caps=caps)


def test_what_just_fits_is_taken(folder: Path) -> None:
    stamp = (folder / "timestamp.txt").stat().st_size
    file_rules.check(folder, caps=Caps(notebook=2, file=100, total=102 + stamp, count=4))


def test_a_sparse_file_of_500_megabytes_is_not_read(folder: Path) -> None:
    with (folder / "sums.ipynb").open("wb") as file:
        file.truncate(500 << 20)
    with pytest.raises(SubmissionError, match=r"sums\.ipynb is over a limit: more than 20 MB"):
        file_rules.read(folder / "sums.ipynb")


@pytest.mark.parametrize("zone", ["/etc/localtime", "../zone", "~/zone", "b" * 5000, "./UTC"])
def test_a_time_zone_that_is_a_place_of_the_machine_is_refused(folder: Path, zone: str) -> None:
    """dateutil opens the file that a zone's name leads to."""
    (folder / "timestamp.txt").write_text(f"2030-01-31 12:00:00 {zone}")
    with pytest.raises(SubmissionError, match=r"timestamp\.txt holds no time: expected one like"):
        file_rules.check(folder)


@pytest.mark.parametrize(
    "text",
    [
        "2030-01-31 12:00:00 UTC",
        "2030-01-31 12:00:00.5 America/New_York",
        "2030-01-31 12:00:00 +0100",
    ],
)
def test_a_time_with_its_zone_is_read(folder: Path, text: str) -> None:
    (folder / "timestamp.txt").write_text(text)
    file_rules.check(folder)


@pytest.mark.parametrize("text", ["yesterday or so", "9" * 900, "0001-01-01 00:00:00 +1400", "\0"])
def test_a_timestamp_that_is_no_time_is_refused(folder: Path, text: str) -> None:
    (folder / "timestamp.txt").write_text(text)
    with pytest.raises(SubmissionError, match=r"timestamp\.txt holds no time: expected one like"):
        file_rules.check(folder)


def test_an_empty_timestamp_is_nbgraders_affair(folder: Path) -> None:
    (folder / "timestamp.txt").write_text("\n")
    file_rules.check(folder)


def test_what_nbgrader_never_copies_is_passed_over(folder: Path) -> None:
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "link").symlink_to("/")
    with pytest.raises(SubmissionError):
        file_rules.check(folder)
    file_rules.check(folder, [".ipynb_checkpoints"])


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match=r"nowhere cannot be read \(No such file"):
        file_rules.check(tmp_path / "nowhere")


def test_folders_count_too(folder: Path) -> None:
    (folder / "a/b/c/d/e/f/g").mkdir(parents=True)
    with pytest.raises(SubmissionError, match=r"over a limit: more than 8 files"):
        file_rules.check(folder, caps=Caps(count=8))


def test_a_name_is_shown_in_one_plain_line() -> None:
    path = Path("a\n\x1b[31mred") / os.fsdecode(b"\xff")
    assert file_rules.printable_path(path) == r"a\n\x1b[31mred/\xff"
