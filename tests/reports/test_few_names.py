from __future__ import annotations

from grader.reports.few_names import few_names

CLASS = [f"student_{number:03}" for number in range(1, 201)]


def test_a_few_names_are_all_said() -> None:
    assert few_names(CLASS[:3], "the report") == "student_001, student_002, student_003"
    assert few_names(CLASS[:5]).endswith("student_005")
    assert few_names([]) == ""


def test_of_many_names_the_first_are_said_with_the_number_of_the_others() -> None:
    assert few_names(CLASS, "the report", most=2) == (
        "student_001, student_002 and 198 more (the report names all)"
    )
    assert few_names(CLASS[:6]).endswith("student_005 and 1 more")
