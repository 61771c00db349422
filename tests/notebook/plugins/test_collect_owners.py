from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps.api import NbGraderAPI

from grader import settings as course_settings
from grader.notebook.plugins.collect import CarefulCollect, refused_lines
from grader.notebook.submission import file_rules, paths
from grader.settings import Settings

SELF, NOBODY = pwd.getpwuid(os.geteuid()).pw_name, pwd.getpwnam("nobody")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="not root: no file of another account")


@pytest.fixture
def course(tiny_course: Settings) -> Settings:
    """The tiny course with an exchange."""
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write(f"\nc.Exchange.root = {str(tiny_course.root / 'exchange')!r}\n")
    course = course_settings.load(tiny_course.root)
    inbound(course).mkdir(parents=True)
    return course


def inbound(course: Settings) -> Path:
    return course.root / "exchange" / "deep_learning" / "inbound"


def hand_in(course: Settings, student: str, text: str = "honest", hour: int = 8) -> Path:
    """What nbgrader makes of a submission, of this account; the folder there."""
    folder = inbound(course) / f"{student}+sums+2030-01-01 {hour:02}:00:00.000000 UTC+a"
    folder.mkdir()
    (folder / "sums.ipynb").write_text(text)
    return folder


def collect(course: Settings) -> str:
    """Collect as the formgrader's button does; what it says."""
    result = NbGraderAPI(paths.course_directory(course), config=course.config).collect("sums")
    assert result["success"], result
    return str(result["log"])


def collected(course: Settings, student: str = SELF) -> str:
    """The text that came of it; empty: nothing was collected."""
    file = paths.submission(course, student, "sums").notebook
    return file.read_text() if file.exists() else ""


def test_one_s_own_submission_is_collected(course: Settings) -> None:
    hand_in(course, SELF)
    assert "Not collected" not in collect(course)
    assert collected(course) == "honest"


def test_a_submission_in_another_s_name_is_not(course: Settings) -> None:
    hand_in(course, "nobody", "forged")
    said = collect(course)
    assert (
        f"Not collected: nobody+sums+2030-01-01 08:00:00.000000 UTC+a: it belongs to {SELF}" in said
    )
    assert "check_owner = False" in said
    assert collected(course, "nobody") == ""


def test_nor_does_it_stand_in_for_an_honest_one(course: Settings) -> None:
    hand_in(course, SELF, hour=8)
    forged = hand_in(course, SELF, "forged", hour=9)
    forged.rename(forged.with_name(forged.name.replace(SELF, "nobody", 1)))
    collect(course)
    assert (collected(course), collected(course, "nobody")) == ("honest", "")


@needs_root
def test_an_account_without_a_name_is_told_by_its_number(course: Settings) -> None:
    os.chown(hand_in(course, SELF), 1_234_567, -1)
    assert "belongs to account 1234567" in collect(course)
    assert collected(course) == ""


@needs_root
def test_where_all_are_one_account_names_are_believed(course: Settings) -> None:
    course.config.ExchangeCollect.check_owner = False
    hand_in(course, "ada")
    assert "Not collected" not in collect(course)
    assert collected(course, "ada") == "honest"


def link(folder: Path) -> None:
    (folder / "more").symlink_to("/etc/passwd")


def link_of_the_folder(folder: Path) -> None:
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.symlink_to(aside)


@pytest.mark.parametrize("act", [link, link_of_the_folder])
def test_links_are_refused_and_an_earlier_submission_counts(
    course: Settings, act: Callable[[Path], None]
) -> None:
    hand_in(course, SELF, hour=8)
    act(hand_in(course, SELF, "with a link", hour=9))
    assert "a symbolic link" in collect(course)
    assert collected(course) == "honest"


@needs_root
def test_a_file_that_becomes_another_s_meanwhile_is_not_taken(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hand_in(course, SELF)
    choose = CarefulCollect.init_src

    def choose_and_be_fooled(self: CarefulCollect) -> None:
        choose(self)
        os.chown(folder / "sums.ipynb", NOBODY.pw_uid, -1)

    monkeypatch.setattr(CarefulCollect, "init_src", choose_and_be_fooled)
    assert "belongs to another account than the folder" in collect(course)
    assert collected(course) == ""


@pytest.mark.parametrize("refused", [True, False])
def test_thousands_of_folders_are_neither_all_opened_nor_all_named(
    course: Settings, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    looked_at: list[str] = []
    check = file_rules.check

    def counted(folder: Path, *arguments: Any) -> None:
        looked_at.append(folder.name)
        check(folder, *arguments)

    monkeypatch.setattr(file_rules, "check", counted)
    hand_in(course, SELF, hour=1)
    for number in range(300):
        folder = inbound(course) / f"{SELF}+sums+2030-01-01 09:00:00.{number:06} UTC+a"
        folder.mkdir()
        (folder / "sums.ipynb").write_text(str(number))
        if refused:
            link(folder)
    said = collect(course)
    # And once more, of the copy.
    assert len(looked_at) <= (100 if refused else 2)
    assert said.count("Not collected") == refused
    assert ("Not collected: 100 folders: " in said) is refused
    assert collected(course) == ("" if refused else "299")


def deeper(folder: Path) -> None:
    path = folder
    for _ in range(600):
        path = path / "a"
    path.mkdir(parents=True)


def more(folder: Path) -> None:
    for number in range(1001):
        (folder / f"{number}.txt").touch()


def longer(folder: Path) -> None:
    for number in range(5):
        with (folder / f"{number}.bin").open("wb") as file:
            file.truncate(45 << 20)


@pytest.mark.parametrize(
    ("grow", "words"),
    [(deeper, "too many folders within"), (more, "it grew while"), (longer, "it grew while")],
)
def test_what_grows_while_it_is_collected_is_refused(
    course: Settings,
    monkeypatch: pytest.MonkeyPatch,
    grow: Callable[[Path], None],
    words: str,
) -> None:
    folder = hand_in(course, SELF)
    choose = CarefulCollect.init_src

    def choose_and_be_fooled(self: CarefulCollect) -> None:
        choose(self)
        grow(folder)

    monkeypatch.setattr(CarefulCollect, "init_src", choose_and_be_fooled)
    assert words in collect(course)
    assert collected(course) == ""


def test_each_reason_is_said_once_with_the_first_folders_and_without_their_path() -> None:
    folders = [f"{student}+sums+noon" for student in ("ben", "ada", "eve", "dan", "cleo")]
    refused = [(name, f"/exchange/{name}/more is a link") for name in folders]
    assert [*refused_lines([*refused, ("finn", "/exchange/finn is a link")])] == [
        "Not collected: 5 folders: ada+sums+noon, ben+sums+noon, cleo+sums+noon and 2 more: "
        "more is a link",
        "Not collected: finn: the folder is a link",
    ]


def test_of_many_reasons_the_first_are_said() -> None:
    said = [*refused_lines([(f"folder{number}", f"reason {number}") for number in range(60)])]
    assert len(said) == 51
    assert said[-1] == "Not collected: 10 more folders"
