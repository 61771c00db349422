"""Moodle's offline grading worksheet, as its English language pack writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.notebook.exports import cells
from grader.notebook.exports.course import export
from grader.settings import Settings
from tests.notebook.exports import school

TITLES = [
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Online text",
    "Last modified (grade)",
    "Feedback comments",
]


def row(number: int, name: str, email: str, grade: str = "", maximum: str = "11.00") -> list[str]:
    status = "Submitted for grading"
    when = "Monday, 5 January 2026, 10:00 AM"
    who = [f"Participant {number}", name, email, status]
    return [*who, grade, maximum, "Yes", when, "", "-", ""]


CLASS = [
    row(17, "Ada Lovelace", "Ada@example.org"),
    row(18, "Ben Bitdiddle", "ben@example.org", grade="3.00"),
    row(19, "Zoe Stranger", "zoe@example.org"),
]


@pytest.fixture
def worksheet(tmp_path: Path) -> Path:
    return written(tmp_path, [TITLES, *CLASS])


def written(folder: Path, rows: list[list[str]]) -> Path:
    cells.write(folder / "worksheet.csv", rows)
    return folder / "worksheet.csv"


def test_grades_and_feedback_are_filled_in_and_the_rest_stays(
    graded: Settings, worksheet: Path
) -> None:
    done = export(graded, "moodle", ["sums"], worksheet=worksheet)
    assert done.file == graded.root / "exports" / "moodle-worksheet.csv"
    ada = [*CLASS[0][:4], "11.00", *CLASS[0][5:10], "11 / 11 points."]
    assert school.table(done.file) == [TITLES, ada, CLASS[1], CLASS[2]]
    assert [note.text for note in done.notes] == [
        "sums: waiting for a person, left out: ben (written_answer)",
        "sums: nothing handed in, left out: cleo",
        "sums: not in the gradebook, left as it was: zoe@example.org",
    ]
    assert [note.lacking for note in done.notes] == [True, False, False]


def test_who_is_graded_and_not_in_the_worksheet_is_named(graded: Settings, tmp_path: Path) -> None:
    file = written(tmp_path, [TITLES, *CLASS[1:]])
    done = export(graded, "moodle", ["sums"], worksheet=file, include_waiting=True)
    assert "sums: graded, not in the worksheet: ada" in [note.text for note in done.notes]
    assert not done.complete


def test_whose_grade_moodle_will_not_change_is_named(graded: Settings, tmp_path: Path) -> None:
    locked = [*CLASS[0][:6], "No", *CLASS[0][7:]]
    done = export(graded, "moodle", ["sums"], worksheet=written(tmp_path, [TITLES, locked]))
    assert "sums: Moodle will not change the grade of: ada" in [note.text for note in done.notes]


def test_a_worksheet_without_feedback_gets_grades_alone(graded: Settings, tmp_path: Path) -> None:
    file = written(tmp_path, [one[:-1] for one in (TITLES, *CLASS)])
    rows = school.table(export(graded, "moodle", ["sums"], worksheet=file).file)
    assert (rows[1][4], len(rows[1])) == ("11.00", len(TITLES) - 1)


def test_what_students_wrote_cannot_become_a_formula(graded: Settings, tmp_path: Path) -> None:
    evil = [*CLASS[2][:1], "=1+1", *CLASS[2][2:8], "@SUM(A1)", *CLASS[2][9:]]
    done = export(graded, "moodle", ["sums"], worksheet=written(tmp_path, [TITLES, evil]))
    cell = dict(zip(TITLES, school.table(done.file)[1], strict=True))
    assert (cell["Full name"], cell["Online text"]) == ("'=1+1", "'@SUM(A1)")
    assert cell["Last modified (grade)"] == "-"


@pytest.mark.parametrize("maximum", ["11.00", "11,00", "11"])
def test_a_maximum_may_be_written_in_any_language(
    graded: Settings, tmp_path: Path, maximum: str
) -> None:
    file = written(tmp_path, [TITLES, row(17, "Ada", "ada@example.org", maximum=maximum)])
    assert school.table(export(graded, "moodle", ["sums"], worksheet=file).file)[1][4] == "11.00"


def test_another_maximum_is_refused(graded: Settings, tmp_path: Path) -> None:
    file = written(tmp_path, [TITLES, row(17, "Ada", "ada@example.org", maximum="100.00")])
    with pytest.raises(CourseError, match=r"maximum grade is 100\.00, that of sums is 11: set it"):
        export(graded, "moodle", ["sums"], worksheet=file)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [["Nummer", "Bewertung"]],
            r"lacks the columns Identifier, Grade, .*Moodle set to English",
        ),
        ([TITLES, CLASS[0][:-1]], r"row 2: expected 11 cells"),
        ([[*TITLES, "Status"], [*CLASS[0], "?"]], r"has two columns of one title"),
        ([], r"is not a worksheet"),
    ],
)
def test_a_file_that_is_no_worksheet_is_refused(
    graded: Settings, tmp_path: Path, rows: list[list[str]], message: str
) -> None:
    with pytest.raises(CourseError, match=message):
        export(graded, "moodle", ["sums"], worksheet=written(tmp_path, rows))


def test_a_worksheet_is_of_one_assignment_and_of_moodle(graded: Settings, worksheet: Path) -> None:
    with pytest.raises(CourseError, match=r"a worksheet is of one assignment, not of 2: name it"):
        export(graded, "moodle", worksheet=worksheet)
    with pytest.raises(CourseError, match=r"expected --to moodle, received --to canvas"):
        export(graded, "canvas", ["sums"], worksheet=worksheet)
    with pytest.raises(CourseError, match=r"nowhere\.csv is not a worksheet .*No such file"):
        export(graded, "moodle", ["sums"], worksheet=worksheet.parent / "nowhere.csv")
