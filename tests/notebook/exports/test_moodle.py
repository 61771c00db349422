from __future__ import annotations

import pytest

from grader.errors import CourseError
from grader.notebook.exports.course import export
from grader.settings import Settings
from tests.notebook.exports import school


def test_the_columns_are_moodles_own_with_a_grade_and_a_feedback_each(graded: Settings) -> None:
    done = export(graded, "moodle", identify_by="email")
    assert done.file == graded.root / "exports" / "moodle.csv"
    assert school.table(done.file) == [
        [
            "First name",
            "Last name",
            "Email address",
            "Assignment: sums (Real)",
            "Assignment: sums (Feedback)",
            "Assignment: more_sums (Real)",
            "Assignment: more_sums (Feedback)",
        ],
        ["Ben", "Bitdiddle", "ben@example.org", "", "", "", ""],
        ["Ada", "Lovelace", "ada@example.org", "11.00", "11 / 11 points.", "", ""],
        ["Cleo", "Patra", "cleo@example.org", "", "", "", ""],
    ]
    assert not done.complete


@pytest.mark.parametrize(
    ("field", "title", "value"),
    [("id", "Username", "ada"), ("lms_user_id", "ID number", "S1")],
)
def test_students_are_found_by_what_was_chosen(
    course: Settings, field: str, title: str, value: str
) -> None:
    school.grade(course, "ada", **school.POINTS)
    school.enrol(course, "ada", lms_user_id="S1")
    rows = school.table(export(course, "moodle", ["sums"], identify_by=field).file)
    assert (rows[0][2], rows[1][2]) == (title, value)


def test_nobody_may_lack_what_moodle_finds_them_by(graded: Settings) -> None:
    school.enrol(graded, "dan")
    with pytest.raises(CourseError, match=r"no email of dan: .* columns id,email"):
        export(graded, "moodle", identify_by="email")
    assert not (graded.root / "exports").exists()


def test_an_id_that_would_become_a_formula_is_refused(course: Settings) -> None:
    school.enrol(course, "@dan")
    with pytest.raises(CourseError, match=r"the id of @dan is '@dan'"):
        export(course, "moodle")


def test_a_name_cannot_become_a_formula(graded: Settings) -> None:
    school.enrol(graded, "ada", first_name="@Ada", last_name="+Lovelace")
    assert school.table(export(graded, "moodle").file)[1][:2] == ["'@Ada", "'+Lovelace"]


def test_feedback_says_why_points_were_lost(course: Settings) -> None:
    scores = school.POINTS | {"adds": 0, "written_answer": 4}
    school.grade(course, "ada", penalty=1, **scores)
    school.comment(course, "ada", "Well said,\nbut short.")
    row = school.table(export(course, "moodle", ["sums"]).file)[1]
    assert row[3:] == [
        "7.00",
        "7 / 11 points. Not in full: adds (0 / 2), written_answer (4 / 5). "
        "Handed in late: 1 points less.\nWell said,\nbut short.",
    ]


def test_feedback_on_what_waits_says_so_where_it_is_included(graded: Settings) -> None:
    done = export(graded, "moodle", ["sums"], include_waiting=True)
    assert school.table(done.file)[1][4] == (
        "5 / 11 points. Not marked yet: written_answer. Not in full: adds_negatives (0 / 1)."
    )
    assert done.complete
