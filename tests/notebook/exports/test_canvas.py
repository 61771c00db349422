from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.errors import CourseError
from grader.notebook.exports.course import export
from grader.notebook.exports.exporter import Exported
from grader.settings import Settings
from tests.notebook.exports import school

HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]


def lines(done: Exported) -> list[str]:
    return [note.text for note in done.notes]


def test_the_columns_are_canvas_own(graded: Settings) -> None:
    school.grade(graded, "ada", "more_sums", **school.POINTS | {"totals": 1.5})
    done = export(graded, "canvas")
    assert done.file == graded.root / "exports" / "canvas.csv"
    assert school.table(done.file) == [
        [*HEADER, "sums", "more_sums"],
        ["    Points Possible", "", "", "", "", "11.00", "11.00"],
        ["Bitdiddle, Ben", "", "", "ben", "", "", ""],
        ["Lovelace, Ada", "", "", "ada", "", "11.00", "9.50"],
        ["Patra, Cleo", "", "", "cleo", "", "", ""],
    ]
    assert lines(done) == [
        "sums: waiting for a person, left out: ben (written_answer)",
        "sums: nothing handed in, left out: cleo",
        "more_sums: nothing handed in, left out: ben, cleo",
    ]
    assert not done.complete


def test_what_waits_and_what_is_missing_can_be_included(graded: Settings) -> None:
    done = export(graded, "canvas", ["sums"], include_waiting=True, missing_as_zero=True)
    assert [row[-1] for row in school.table(done.file)[2:]] == ["5.00", "11.00", "0.00"]
    assert lines(done) == [
        "sums: waiting for a person, exported with the points so far: ben (written_answer)",
        "sums: nothing handed in, exported as 0: cleo",
    ]
    assert done.complete


def test_a_claim_that_the_grader_failed_on_waits_too(course: Settings) -> None:
    school.grade(course, "ada", **{k: v for k, v in school.POINTS.items() if k != "adds"})
    done = export(course, "canvas", ["sums"])
    assert lines(done) == ["sums: waiting for a person, left out: ada (adds)"]
    assert school.table(done.file)[2][-1] == ""


def test_what_is_handed_in_but_not_graded_is_no_missing_work(graded: Settings) -> None:
    school.hand_in(graded, "cleo")
    school.hand_in(graded, "dan")
    done = export(graded, "canvas", ["sums"], missing_as_zero=True, include_waiting=True)
    assert lines(done)[1] == "sums: handed in but not graded, left out: cleo, dan"
    assert [row[-1] for row in school.table(done.file)[2:]] == ["5.00", "11.00", ""]
    assert not done.complete


def test_a_late_penalty_is_taken_off_and_never_below_zero(course: Settings) -> None:
    school.grade(course, "ada", penalty=2.5, **school.POINTS)
    school.grade(course, "ben", penalty=20, **school.POINTS)
    done = export(course, "canvas", ["sums"])
    assert [row[-1] for row in school.table(done.file)[2:]] == ["8.50", "0.00"]
    assert done.complete


def test_a_students_own_name_cannot_become_a_formula(graded: Settings) -> None:
    school.enrol(graded, "ada", first_name="Ada", last_name='=HYPERLINK("http://evil.example")')
    row = school.table(export(graded, "canvas", ["sums"]).file)[2]
    assert row[0] == '\'=HYPERLINK("http://evil.example"), Ada'


def test_a_student_without_a_name_goes_by_the_id(course: Settings) -> None:
    school.grade(course, "ada", **school.POINTS)
    assert school.table(export(course, "canvas", ["sums"]).file)[2][:4] == ["ada", "", "", "ada"]


def test_canvas_own_ids_lead_where_they_are_known(graded: Settings) -> None:
    school.enrol(graded, "ada", lms_user_id="4711")
    rows = school.table(export(graded, "canvas", ["sums"]).file)
    assert [row[1:4] for row in rows[2:]] == [
        ["", "", "ben"],
        ["4711", "", "ada"],
        ["", "", "cleo"],
    ]


def test_an_id_that_canvas_would_take_for_another_is_refused(graded: Settings) -> None:
    school.enrol(graded, "ada", lms_user_id="4711b")
    with pytest.raises(CourseError, match="lms_user_id of ada is '4711b'"):
        export(graded, "canvas")


def test_the_login_may_be_the_email(graded: Settings) -> None:
    rows = school.table(export(graded, "canvas", ["sums"], identify_by="email").file)
    assert rows[3][:4] == ["Lovelace, Ada", "", "", "ada@example.org"]


def test_whom_the_platform_would_not_find_is_named(graded: Settings) -> None:
    with pytest.raises(
        CourseError, match=r"no lms_user_id of ben, ada, cleo.*columns id,lms_user_id"
    ):
        export(graded, "canvas", identify_by="lms_user_id")


def test_two_students_of_one_email_are_refused(graded: Settings) -> None:
    school.enrol(graded, "ada", email="ben@example.org")
    with pytest.raises(CourseError, match=r"more than one student has the email ben@example\.org"):
        export(graded, "canvas", identify_by="email")


def test_columns_may_be_called_what_canvas_calls_them(graded: Settings) -> None:
    graded.config.CanvasExporter.columns = {"sums": "Sums (4711)"}
    header = school.table(export(graded, "canvas").file)[0]
    assert header == [*HEADER, "Sums (4711)", "more_sums"]
    graded.config.CanvasExporter.columns = {"sums": "=1+1"}
    with pytest.raises(CourseError, match=r"column of sums is '=1\+1'"):
        export(graded, "canvas")


def test_an_unknown_assignment_is_refused(graded: Settings) -> None:
    with pytest.raises(
        CourseError, match=r"knows no assignment products: expected some of more_su"
    ):
        export(graded, "canvas", ["sums", "products"])


def test_the_command_names_on_stderr_who_is_left_empty(graded: Settings, tmp_path: Path) -> None:
    arguments = ["--course", str(graded.root), "export", "sums", "--to", "canvas"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "grader: sums: waiting for a person, left out: ben (written_answer)" in done.stderr
    assert done.stdout == "Grades are in exports/canvas.csv\n"
    own = tmp_path / "own.csv"
    done = CliRunner().invoke(main, [*arguments, "--output", str(own), "--include-waiting"])
    assert (done.exit_code, done.stdout) == (0, f"Grades are in {own}\n")
    assert own.is_file()


def test_a_course_without_a_gradebook_says_what_to_do(tiny_course: Settings) -> None:
    with pytest.raises(CourseError, match=r"has no gradebook yet: grade something first"):
        export(tiny_course, "canvas")
    assert not (tiny_course.root / "gradebook.db").exists()
