from __future__ import annotations

from grader.reports.reasons import by_reason


def test_reasons_that_differ_in_the_student_s_folder_are_one() -> None:
    missing = "sums.ipynb is missing"
    said = [(student, f"submitted/{student}/sums/{missing}") for student in ("ada", "ben")]
    assert by_reason([*said, ("cleo", "no")]) == {
        f"submitted/<student>/sums/{missing}": ["ada", "ben"],
        "no": ["cleo"],
    }


def test_a_name_elsewhere_in_a_reason_stays() -> None:
    assert by_reason([("a", "a cell is a mess"), ("b", "a cell is a mess")]) == {
        "a cell is a mess": ["a", "b"]
    }


def test_the_path_of_one_student_is_told_as_it_is() -> None:
    reason = "submitted/ada/sums/sums.ipynb is missing"
    assert by_reason([("ada", reason)]) == {reason: ["ada"]}
