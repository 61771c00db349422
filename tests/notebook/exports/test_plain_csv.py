"""nbgrader's columns, and the same through nbgrader's own command."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.plugins import CsvExportPlugin

from grader.notebook.exports.course import export
from grader.settings import Settings
from tests.notebook.exports import school


@pytest.mark.lengthy
def test_what_is_final_is_exported_as_nbgrader_itself_does(
    course: Settings, tmp_path: Path
) -> None:
    for student, penalty in (("ada", 0), ("ben", 2)):
        school.grade(course, student, penalty=penalty, **school.POINTS)
        school.enrol(course, student, first_name=student, last_name="L", email=f"{student}@x.org")
    school.enrol(course, "cleo")
    with school.opened(course) as book:
        book.find_assignment("sums").duedate = datetime(2026, 1, 31, 12)
        CsvExportPlugin(to=str(tmp_path / "theirs.csv")).export(book)
    done = export(course, "csv", missing_as_zero=True)
    assert done.file == course.root / "exports" / "grades.csv"
    header, *ours = school.table(done.file)
    assert [header, *sorted(ours)] == [
        header,
        *sorted(school.table(tmp_path / "theirs.csv")[1:]),
    ]
    assert header == school.table(tmp_path / "theirs.csv")[0]
    assert done.complete


def test_what_waits_has_no_score(graded: Settings) -> None:
    rows = school.table(export(graded, "csv", ["sums"]).file)
    assert rows[1] == [
        *("sums", "", "", "ben", "Bitdiddle", "Ben", "ben@example.org"),
        *("", "", "", "11.0"),
    ]
    assert rows[2][7:] == ["11.0", "0.0", "11.0", "11.0"]


def test_a_comma_in_a_name_moves_no_column(graded: Settings) -> None:
    school.enrol(graded, "ada", last_name='Lovelace, "Countess"', first_name="=1")
    rows = school.table(export(graded, "csv", ["sums"]).file)
    assert {len(row) for row in rows} == {11}
    assert rows[2][4:6] == ['Lovelace, "Countess"', "'=1"]


def nbgrader_export(course: Settings, name: str, *options: str) -> subprocess.CompletedProcess[str]:
    exporter = f"--exporter=grader.notebook.exports.{name}"
    command = [sys.executable, "-m", "nbgrader", "export", exporter, *options]
    return subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)


@pytest.mark.process
def test_nbgraders_own_command_writes_the_same_file(graded: Settings) -> None:
    ours = export(graded, "canvas", ["sums"]).file.read_text()
    done = nbgrader_export(
        graded, "canvas.CanvasExporter", "--assignment=sums", "--to", "theirs.csv"
    )
    assert done.returncode == 0, done.stderr
    assert (graded.root / "theirs.csv").read_text() == ours
    assert "sums: waiting for a person, left out: ben (written_answer)" in done.stderr


@pytest.mark.process
def test_nbgraders_own_command_ends_in_one_line(graded: Settings) -> None:
    done = nbgrader_export(
        graded, "moodle.MoodleExporter", "--GradeExporter.identify_by=lms_user_id"
    )
    assert done.returncode == 1
    assert "no lms_user_id of ben, ada, cleo" in done.stderr
    assert "Traceback" not in done.stderr
