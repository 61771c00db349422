from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from grader.errors import ConfigurationError
from grader.notebook import class_status
from grader.notebook.class_status import Stage
from grader.notebook.submission import file_rules, paths
from grader.settings import Settings
from tests import tiny


def test_who_handed_in_is_found_by_folder(tiny_course: Settings) -> None:
    assert paths.students(tiny_course, "sums") == ()
    for student in ("ben", "ada"):
        tiny.hand_in(tiny_course, student, tiny.submission(tiny_course, tiny.GOOD))
    assert paths.students(tiny_course, "sums") == ("ada", "ben")
    assert paths.students(tiny_course, "products") == ()


def test_a_folder_that_may_not_be_entered_is_a_students_with_a_problem(
    tiny_course: Settings, tiny_gradebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("ada", "ben"):
        tiny.hand_in(tiny_course, student, tiny.submission(tiny_course, tiny.GOOD))
    monkeypatch.setattr(paths, "_enters", lambda entry: entry.name != "ben")
    monkeypatch.setattr(paths.glob, "glob", _without_ben(paths.glob.glob))
    assert paths.students(tiny_course, "sums") == ("ada", "ben")

    def refuse(folder: Path, *_: object) -> None:
        if "ben" in folder.parts:
            raise file_rules.SubmissionError(f"{folder} cannot be read (Permission denied)")

    monkeypatch.setattr(file_rules, "check", refuse)
    stages = {each.student: each for each in class_status.status(tiny_course, "sums").submissions}
    assert stages["ada"].stage is Stage.TO_GRADE
    assert stages["ben"].stage is Stage.REFUSED
    assert "Permission denied" in stages["ben"].why


def test_a_folder_of_everybody_that_cannot_be_read_is_no_empty_class(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(ConfigurationError, match=r"submitted cannot be read \(Permission denied\)"):
        paths.students(tiny_course, "sums")


def test_what_the_machine_lacks_is_no_matter_of_rights(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))

    def refused(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(OSError, match="Too many open files"):
        paths.students(tiny_course, "sums")


def _without_ben(glob):  # type: ignore[no-untyped-def]  # stands in for one of many signatures
    """As ``glob`` finds nothing below a folder that may not be entered."""
    return lambda pattern: [found for found in glob(pattern) if "/ben/" not in found]
