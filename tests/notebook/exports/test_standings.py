"""How a student stands while the submission is being graded."""

from __future__ import annotations

import os

from grader.engines.base import Finished, Started
from grader.notebook import grading_now
from grader.notebook.exports import exporter
from grader.notebook.exports.course import export
from grader.notebook.submission import paths
from grader.settings import Settings
from tests.notebook.exports import school

BEING_GRADED = "sums: being graded, or grading was interrupted, left out: cleo"


def notes(course: Settings) -> list[str]:
    return [note.text for note in export(course, "csv", ["sums"]).notes]


def test_who_is_being_graded_is_named_once(graded: Settings) -> None:
    school.grade(graded, "cleo")  # as nbgrader makes the rows, before any score is there
    done = export(graded, "csv", ["sums"], include_waiting=True)
    assert BEING_GRADED in [note.text for note in done.notes]
    assert not done.complete
    assert not [note.text for note in done.notes if "adds" in note.text]


def test_a_run_that_grades_says_so_and_its_end_does_too(graded: Settings) -> None:
    school.grade(graded, "cleo", **school.POINTS)  # of an earlier run
    with grading_now.telling(graded, "sums") as teller:
        teller.follow(Started("cleo", "here"))
        assert BEING_GRADED in notes(graded)
        teller.follow(Finished("cleo", None))
        assert BEING_GRADED not in notes(graded)


def test_claims_that_all_wait_for_a_person_are_not_being_graded(graded: Settings) -> None:
    school.grade(graded, "cleo")
    verdicts = paths.submission(graded, "cleo", "sums").verdict_file
    verdicts.parent.mkdir(parents=True)
    verdicts.touch()
    waits = "cleo (adds, adds_negatives, totals, written_answer)"
    assert f"sums: waiting for a person, left out: ben (written_answer), {waits}" in notes(graded)


def test_a_folder_whose_name_is_no_text_is_named_and_costs_nobody_a_grade(graded: Settings) -> None:
    (graded.root / "submitted" / os.fsdecode(b"\xff\x1b[2J") / "sums").mkdir(parents=True)
    done = export(graded, "csv", ["sums"], include_waiting=True)
    named = "sums: handed in but not graded, left out: \\udcff\\x1b[2J"
    assert named in [note.text for note in done.notes]
    assert "Lovelace" in done.file.read_text()


def test_what_all_wait_for_is_said_once() -> None:
    waiting = [(f"student_{number:03}", "written_answer") for number in range(1, 201)]
    assert exporter.who_waits([*waiting, ("zoe", "adds")], "sums") == (
        "student_001, student_002, student_003, student_004, student_005 and 195 more "
        "(written_answer), zoe (adds); grader status sums --json names all"
    )
    assert exporter.who_waits([("ada", ""), ("ben", "")], "sums") == "ada, ben"
