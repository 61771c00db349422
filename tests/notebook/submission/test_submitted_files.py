"""A submission's files: where they lie, and carried along to another machine."""

from __future__ import annotations

import errno
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from traitlets.config import Config

from grader.errors import SubmissionError
from grader.notebook.submission import parse, paths
from grader.notebook.submission.submitted_files import FilesOnDisk, files_of
from grader.settings import Settings
from tests import tiny


@pytest.fixture
def files(tiny_course: Settings) -> FilesOnDisk:
    """A notebook, a file of the student's own, and one that the course hands out."""
    folder = tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD)).parent
    (folder / "notes").mkdir()
    (folder / "notes" / "own.txt").write_text("own")
    (folder / "given.txt").write_text("changed")
    (folder / "other.ipynb").write_text("{}")
    (folder / "ignored.pyc").write_text("")
    (tiny_course.root / "source" / "sums" / "given.txt").write_text("given")
    return files_of(tiny_course, paths.submission(tiny_course, "ada", "sums"))


def laid_out(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def test_the_courses_files_replace_a_students(files: FilesOnDisk, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    files.lay_out(place)
    assert laid_out(place) == {"notes/own.txt": "own", "given.txt": "given", "other.ipynb": "{}"}
    (files.submission.submitted / "other (1).ipynb.txt").write_text("{}")
    assert files.beside() == files.carried().beside()
    assert sorted(files.beside()) == ["given.txt", "notes/own.txt"]


@pytest.mark.parametrize("name", [".matplotlibrc", ".ipython/startup/00.py", "a/.b/c.txt"])
def test_what_programs_read_as_they_start_is_not_laid_out(
    files: FilesOnDisk, tmp_path: Path, name: str
) -> None:
    hidden = files.submission.submitted / name
    hidden.parent.mkdir(parents=True, exist_ok=True)
    hidden.write_text("raise SystemExit")
    files.lay_out(tmp_path / "place")
    files.carried().lay_out(tmp_path / "other")
    assert set(laid_out(tmp_path / "place")) == {"notes/own.txt", "given.txt", "other.ipynb"}
    assert laid_out(tmp_path / "other") == laid_out(tmp_path / "place")


def test_carried_files_are_the_same_without_the_course(files: FilesOnDisk, tmp_path: Path) -> None:
    notebooks, carried = files.notebooks(), pickle.loads(pickle.dumps(files.carried()))
    files.submission.notebook.unlink()
    place = tmp_path / "place"
    place.mkdir()
    carried.lay_out(place)
    assert laid_out(place) == {"notes/own.txt": "own", "given.txt": "given", "other.ipynb": "{}"}
    assert carried.notebooks() == notebooks
    assert carried.carried() is carried


def test_a_file_that_students_may_change_is_theirs(tiny_course: Settings, tmp_path: Path) -> None:
    folder = tiny.hand_in(tiny_course, "ben", "{}").parent
    (folder / "given.txt").write_text("changed")
    (tiny_course.root / "source" / "sums" / "given.txt").write_text("given")
    tiny_course.config.Autograde = Config(exclude_overwriting={"sums": ["given.txt"]})
    place = tmp_path / "place"
    place.mkdir()
    files_of(tiny_course, paths.submission(tiny_course, "ben", "sums")).lay_out(place)
    assert laid_out(place) == {"given.txt": "changed"}


def test_notebooks_beside_are_laid_out_to_be_run_and_the_assignments_own_is_not(
    files: FilesOnDisk, tmp_path: Path
) -> None:
    folder = files.submission.submitted
    (folder / "a b").mkdir()
    for name in ("a b/tools.ipynb", ".ipynb_checkpoints/x.ipynb", "._other.ipynb", "x.ipynb.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    carried = files.carried()
    files.lay_out(tmp_path / "place")
    carried.lay_out(tmp_path / "other")
    notebooks = {name for name in laid_out(tmp_path / "place") if name.endswith(".ipynb")}
    assert notebooks == {"other.ipynb", "a b/tools.ipynb"}
    assert laid_out(tmp_path / "other") == laid_out(tmp_path / "place")


def test_a_link_is_refused_before_anything_is_read(files: FilesOnDisk) -> None:
    (files.submission.submitted / "link").symlink_to("/etc/passwd")
    for read in (files.notebooks, files.carried):
        with pytest.raises(SubmissionError, match="is a symbolic link"):
            read()


def test_notebooks_of_all_names_are_found_the_expected_first(files: FilesOnDisk) -> None:
    folder = files.submission.submitted
    for name in ("a sums (1).ipynb", "sums.ipynb.txt", "notes/sums-Copy1.IPYNB"):
        (folder / name).write_text("{}")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "sums-checkpoint.ipynb").write_text("{}")
    names = [name for name, _ in files.notebooks()]
    assert names[0] == "sums.ipynb"
    assert set(names[1:]) == {
        "other.ipynb", "a sums (1).ipynb", "sums.ipynb.txt", "notes/sums-Copy1.IPYNB",
    }  # fmt: skip


def test_files_that_no_digest_holds_are_shown_to_no_code(
    files: FilesOnDisk, tmp_path: Path
) -> None:
    for name in ("timestamp.txt", "submission_secret.txt", "hints_read.txt"):
        (files.submission.submitted / name).write_text("2030-01-31 12:00:00 UTC")
    place = tmp_path / "place"
    place.mkdir()
    files.lay_out(place)
    assert "notes/own.txt" in laid_out(place)
    assert not {"timestamp.txt", "submission_secret.txt", "hints_read.txt"} & set(laid_out(place))


def test_a_file_of_the_same_size_and_time_has_a_digest_of_its_own(files: FilesOnDisk) -> None:
    own = files.submission.submitted / "notes" / "own.txt"
    times, before = (own.stat().st_atime_ns, own.stat().st_mtime_ns), files.digest()
    own.write_text(own.read_text().swapcase())
    os.utime(own, ns=times)
    assert files.digest() != before


def test_the_digest_is_of_what_is_laid_out(files: FilesOnDisk) -> None:
    before, folder = files.digest(), files.submission.submitted
    (folder / "timestamp.txt").write_text("2030-01-31 12:00:00 UTC")
    (folder / "given.txt").write_text("changed again, and replaced by the course's")
    assert files.digest() == before
    (folder / "notes" / "own.txt").write_text("other")
    assert files.digest() != before
    (folder / "notes" / "own.txt").write_text("own")
    (files.source / "given.txt").write_text("given anew")
    assert files.digest() != before


def as_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


def as_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def grown(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(60 << 20)


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a link": (as_link, "is a symbolic link"),
    "a pipe": (as_pipe, "is a named pipe"),
    "grown": (grown, "is over a limit"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("read", ["lay_out", "digest", "carried"])
def test_what_is_no_ordinary_file_any_more_is_not_read(
    files: FilesOnDisk, tmp_path: Path, change: str, read: str
) -> None:
    act, words = CHANGES[change]
    files.check()
    files.digest()
    act(files.submission.submitted / "notes" / "own.txt")
    arguments = [tmp_path / "place"] if read == "lay_out" else []
    with pytest.raises(SubmissionError, match=rf"own\.txt {words}"):
        getattr(files, read)(*arguments)


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """This account may read no file of a student's, as where its mode is 000; root always may."""

    def refused(path: Path, cap: int = 0) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr("grader.notebook.submission.file_rules.read", refused)


_MAY_READ = r"cannot be read \(Permission denied\); see to it that this account may read it"


def test_what_this_account_may_not_read_is_said_with_what_to_do(
    files: FilesOnDisk, locked: None
) -> None:
    with pytest.raises(SubmissionError, match=rf"\.txt {_MAY_READ}"):
        files.carried()
    with pytest.raises(SubmissionError, match=rf"sums\.ipynb {_MAY_READ}"):
        parse.read(files.submission.notebook)


def test_what_is_gone_meanwhile_is_named(
    files: FilesOnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = list(files._others())
    monkeypatch.setattr(FilesOnDisk, "_others", lambda _self: iter(found))
    (files.submission.submitted / "notes" / "own.txt").unlink()
    with pytest.raises(SubmissionError, match=r"own\.txt cannot be read .* grade it again"):
        files.digest()


@pytest.mark.parametrize(
    ("given", "mine", "words"),
    [
        ("table.csv", "table.csv/mine.txt", r"table\.csv is a folder: expected an ordinary file"),
        ("data/a/table.csv", "data/a", "data/a is an ordinary file: expected a folder"),
        ("data/a/table.csv", "data", "data is an ordinary file: expected a folder"),
    ],
)
def test_what_stands_in_the_way_of_the_courses_files_is_refused(
    files: FilesOnDisk, tmp_path: Path, given: str, mine: str, words: str
) -> None:
    for path in (files.source / given, files.submission.submitted / mine):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    with pytest.raises(SubmissionError, match=words):
        files.notebooks()
    (files.submission.submitted / mine).unlink()
    if mine.startswith(given):
        (files.submission.submitted / given).rmdir()
    files.check()
    files.lay_out(tmp_path / "place")
    assert laid_out(tmp_path / "place")[given] == "1"
