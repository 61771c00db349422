from __future__ import annotations

from grader.examiner.notes import add_note, notes_of, take_students


def test_the_students_notes_are_not_told_as_ours() -> None:
    error = ValueError("x")
    take_students(error, ["theirs"])
    error.add_note("a check's")
    add_note(error, "ours")
    assert notes_of(error) == ["ours", "a check's"]
    assert error.__notes__ == ["theirs", "a check's"]


def test_an_error_without_notes_has_none() -> None:
    assert notes_of(ValueError("x")) == []


def test_notes_that_the_student_adds_to_an_error_of_the_tests_are_theirs() -> None:
    error = ValueError("x")
    error.add_note("a check's")
    take_students(error, ["theirs"])
    take_students(error, ["theirs, too"])
    assert notes_of(error) == ["a check's"]
