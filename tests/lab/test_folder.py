from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from grader.errors import ConfigurationError
from grader.lab.folder import NAMES, STUDENT, prepared
from grader.settings import Settings
from tests import tiny


@pytest.fixture
def course(tiny_course: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The tiny course, with a classmate who has handed in."""
    monkeypatch.setattr("grader.lab.folder.CLASS", {"ada": {}, "ben": {"sums": "good"}})
    folder = tiny_course.root / "tests" / "submissions" / "sums" / "good"
    folder.mkdir(parents=True)
    verdicts = "".join(f'{claim} = "passed"\n' for claim in tiny.TESTS)
    (folder / "case.toml").write_text(f'about = ""\n[verdicts]\n{verdicts}')
    return tiny_course


def test_a_lab_hands_out_and_has_a_class_that_handed_in(course: Settings) -> None:
    before = sorted(path.name for path in course.root.iterdir())
    with prepared(course, course.root / "lab") as lab:
        exchange = lab.exchange / "deep_learning"
        assert (exchange / "outbound" / "sums" / "sums.ipynb").is_file()
        (ben,) = (exchange / "inbound").iterdir()
        assert ben.name.startswith("ben+sums+")
        assert list(lab.student.iterdir()) == []
        assert not (lab.course.root / "submitted").exists()
        with sqlite3.connect(lab.course.root / "gradebook.db") as gradebook:
            names = gradebook.execute("SELECT id, first_name, last_name FROM student").fetchall()
        assert {student: (first, last) for student, first, last in names} == NAMES
    assert sorted(path.name for path in course.root.iterdir()) == sorted([*before, "lab"])


def test_a_lab_is_gone_on_with_or_made_anew(course: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "lab"
    for fresh, kept in ((False, False), (False, True), (True, False)):
        with prepared(course, folder, fresh) as lab:
            work = lab.student / "work"
            assert work.exists() == kept
            work.touch()


def test_a_lab_that_was_not_finished_is_made_anew(
    course: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("grader.lab.folder.gradebook.enrol", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError), prepared(course, tmp_path / "lab"):
            pass
    with prepared(course, tmp_path / "lab") as lab:
        assert lab.student.is_dir()


def test_a_lab_in_use_is_not_made_anew_but_may_be_shared(course: Settings, tmp_path: Path) -> None:
    with prepared(course, tmp_path / "lab") as lab:
        (lab.student / "work").touch()
        with prepared(course, tmp_path / "lab"):
            pass
        with (
            pytest.raises(ConfigurationError, match=r"lab is in use: end it with Ctrl-C"),
            prepared(course, tmp_path / "lab", fresh=True),
        ):
            pass
        assert (lab.student / "work").exists()


def test_a_folder_that_is_no_lab_is_left_alone(course: Settings, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("years of work")
    for fresh in (False, True):
        with (
            pytest.raises(ConfigurationError, match=r"thesis holds something that is no lab"),
            prepared(course, tmp_path / "thesis", fresh),
        ):
            pass
    assert (tmp_path / "thesis" / "chapter").read_text() == "years of work"


def test_a_folder_that_cannot_be_made_is_named(course: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(ConfigurationError, match=r"cannot be written.*choose another folder"),
        prepared(course, tmp_path / "file" / "lab"),
    ):
        pass


def test_the_person_at_the_keyboard_is_one_of_the_class() -> None:
    assert STUDENT in NAMES
