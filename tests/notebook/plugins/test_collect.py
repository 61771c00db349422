from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.exchange.default import Exchange

from grader import settings as course_settings
from grader.errors import CourseError
from grader.notebook import exchange, release
from grader.notebook.plugins.collect import CarefulCollect
from grader.notebook.submission import file_rules, paths
from grader.settings import Settings
from tests import tiny


@pytest.fixture
def course(tiny_course: Settings) -> Settings:
    """The tiny course with an exchange, its exercise handed out."""
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write(f"\nc.Exchange.root = {str(tiny_course.root / 'exchange')!r}\n")
        config.write("c.ExchangeCollect.check_owner = False\n")
    course = course_settings.load(tiny_course.root)
    release.release(course, "sums")
    exchange.release(course, "sums")
    return course


def hand_in(course: Settings, student: str, text: str = "a + b") -> Path:
    """Hand in through the exchange; the folder there."""
    own = course.root / "students" / student
    (own / "sums").mkdir(parents=True, exist_ok=True)
    notebook = tiny.submission(course, {"add": f"def add(a, b):\n    return {text}"})
    nbformat.write(notebook, own / "sums" / "sums.ipynb")
    before = set(inbound(course).iterdir())
    exchange.submit(course, "sums", student, own, course.root / "cache")
    (folder,) = set(inbound(course).iterdir()) - before
    return folder


def inbound(course: Settings) -> Path:
    return course.root / "exchange" / "deep_learning" / "inbound"


def collect(course: Settings) -> str:
    """Collect as the formgrader's button does; what it says."""
    result = NbGraderAPI(paths.course_directory(course), config=course.config).collect("sums")
    assert result["success"], result
    return str(result["log"])


def collected(course: Settings) -> list[str]:
    return sorted(path.name for path in (course.root / "submitted").iterdir())


def as_link(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to("/etc")


def named(folder: Path, name: str) -> None:
    folder.rename(folder.with_name(name))


ATTACKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a link in it": (lambda folder: (folder / "more").symlink_to("/etc/passwd"), "a symbolic link"),
    "a link to a folder": (lambda folder: (folder / "more").symlink_to("/etc"), "a symbolic link"),
    "a hard link": (lambda folder: os.link(folder / "sums.ipynb", folder / "b"), "a hard link"),
    "a pipe": (lambda folder: os.mkfifo(folder / "more"), "a named pipe"),
    "no time": (lambda folder: (folder / "timestamp.txt").write_text("noon"), "holds no time"),
    "a link itself": (as_link, "a symbolic link"),
    "no time in its name": (lambda folder: named(folder, "eve+sums+noon"), "noon"),
    "too few parts in its name": (lambda folder: named(folder, "eve+sums+"), "Not collected"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_no_honest_folder_is_named_and_the_class_goes_on(
    course: Settings, attack: str
) -> None:
    act, words = ATTACKS[attack]
    hand_in(course, "ada")
    hand_in(course, "zoe")
    act(hand_in(course, "mallory"))
    said = collect(course)
    assert collected(course) == ["ada", "zoe"]
    assert words in said
    assert "Not collected" in said


def test_the_collector_writes_when_it_was_handed_in(course: Settings) -> None:
    folder = hand_in(course, "mallory")
    (folder / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC")
    collect(course)
    kept = course.root / "submitted" / "mallory" / "sums" / "timestamp.txt"
    assert file_rules.moment(kept.read_text()) == file_rules.moment(folder.name.split("+")[2])


def test_the_last_honest_submission_counts(course: Settings) -> None:
    hand_in(course, "ada", "a - b")
    hand_in(course, "ada", "a + b")
    last = hand_in(course, "ada", "a * b")
    (last / "more").symlink_to("/etc/passwd")
    collect(course)
    assert "a + b" in (course.root / "submitted" / "ada" / "sums" / "sums.ipynb").read_text()


def test_what_becomes_a_link_meanwhile_is_not_followed(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, "ada")
    folder = hand_in(course, "mallory")
    choose = CarefulCollect.init_src

    def choose_and_be_fooled(self: CarefulCollect) -> None:
        choose(self)
        (folder / "more").symlink_to("/etc/passwd")

    monkeypatch.setattr(CarefulCollect, "init_src", choose_and_be_fooled)
    assert "a symbolic link" in collect(course)
    assert collected(course) == ["ada", "mallory"]
    assert not (course.root / "submitted" / "mallory" / "sums").exists()


def test_handing_out_twice_is_one_line(course: Settings) -> None:
    with pytest.raises(CourseError, match="exchange refuses sums: Destination already exists"):
        exchange.release(course, "sums")


def test_what_is_copied_in_part_does_not_count_as_collected(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A time is copied before the notebook, and by the time nbgrader knows what it has."""
    hand_in(course, "ada")
    whole = Exchange.do_copy

    def fails(self: Exchange, source: str, target: str, log: object = None) -> None:
        whole(self, source, target, log)
        (Path(target) / "sums.ipynb").unlink()
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), target)

    with monkeypatch.context() as patch:
        patch.setattr(Exchange, "do_copy", fails)
        with pytest.raises(CourseError, match="Too many open files"):
            exchange.collect(
                course, "sums", "ada", [each.name for each in inbound(course).iterdir()]
            )
    submitted = paths.submission(course, "ada", "sums").submitted
    assert not list(submitted.parent.iterdir())
    (submitted.parent / ".sums.unfinished").mkdir()  # of a process that was killed
    collect(course)
    assert (submitted / "sums.ipynb").exists()
    assert [path.name for path in submitted.parent.iterdir()] == ["sums"]
