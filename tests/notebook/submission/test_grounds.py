from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from grader.model import Graded, Limits
from grader.notebook.assignment import load_assignment
from grader.notebook.submission import grounds, paths
from grader.notebook.submission.submitted_files import files_of
from grader.settings import Settings
from tests import tiny


def found(course: Settings) -> dict[str, str]:
    files = files_of(course, paths.submission(course, "ada", "sums"))
    return grounds.digests(course, load_assignment(course, "sums"), files)


def other_notebook(course: Settings) -> Settings:
    notebook = paths.submission(course, "ada", "sums").notebook
    notebook.write_text(notebook.read_text() + " ")
    return course


def copy_beside(course: Settings) -> Settings:
    notebook = paths.submission(course, "ada", "sums").notebook
    (notebook.parent / "sums-Copy1.ipynb").write_text(notebook.read_text())
    return course


def other_file(course: Settings) -> Settings:
    (paths.submission(course, "ada", "sums").submitted / "helper.py").write_text("x = 1")
    return course


def other_source(course: Settings) -> Settings:
    source = course.root / "source" / "sums" / "sums.ipynb"
    source.write_text(source.read_text().replace("look at adds", "look again at adds"))
    return course


def other_stub(course: Settings) -> Settings:
    course.config.ClearSolutions.code_stub = {"python": "pass"}
    return course


def other_limits(course: Settings) -> Settings:
    return dataclasses.replace(course, limits_of={"sums": Limits(cell_seconds=7)})


def other_sandbox(course: Settings) -> Settings:
    return dataclasses.replace(course, sandbox="none")


def other_packages(course: Settings) -> Settings:
    file = course.root / "packages.txt"
    file.write_text("numpy\n")
    return dataclasses.replace(course, packages=file)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (other_notebook, "notebooks"),
        (copy_beside, "notebooks"),
        (other_file, "files"),
        (other_source, "assignment"),
        (other_stub, "assignment"),
        (other_limits, "limits"),
        (other_sandbox, "sandbox"),
        (other_packages, "packages"),
    ],
)
def test_all_that_verdicts_rest_on_is_compared(
    tiny_course: Settings, change: Callable[[Settings], Settings], name: str
) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    known = Graded("ada", "sums", (), (), 1.0, "none", (), "", "", grounds=found(tiny_course))
    assert grounds.changed(known, found(tiny_course)) == ()
    assert grounds.changed(known, found(change(tiny_course))) == (name,)


def test_another_grader_judges_again(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    known = Graded("ada", "sums", (), (), 1.0, "none", (), "", "", grounds=found(tiny_course))
    monkeypatch.setattr(grounds, "RULES", grounds.RULES + 1)
    assert grounds.changed(known, found(tiny_course)) == ("rules",)


def test_time_is_no_ground_of_a_verdict(tiny_course: Settings) -> None:
    folder = tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD)).parent
    before = found(tiny_course)
    (folder / "timestamp.txt").write_text("2030-01-31 12:00:00 UTC")
    (folder / "submission_secret.txt").write_text("s3cret")
    assert found(tiny_course) == before


def test_each_ground_is_named(tiny_course: Settings) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    assert found(tiny_course).keys() == grounds.CHANGES.keys()


def test_a_file_of_an_earlier_version_holds_none(tiny_course: Settings) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    known = Graded("ada", "sums", (), (), 1.0, "none", (), "", "")
    assert set(grounds.changed(known, found(tiny_course))) == grounds.CHANGES.keys()
