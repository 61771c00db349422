from __future__ import annotations

from pathlib import Path

from grader.reports.terminal import feedback_written

CLASS = [f"student_{number:03}" for number in range(1, 201)]
PAGES = [Path("feedback", student, "sums", "sums.html") for student in CLASS]


def test_a_reason_is_said_once_for_all_whom_it_holds_for() -> None:
    problems = [(student, f"{student}'s sums is not graded yet") for student in CLASS]
    problems.insert(3, ("ada", "ada handed in sums again since it was graded"))
    first, second = feedback_written.problems(problems, "sums", every=False)
    assert first == (
        "no feedback for student_001, student_002, student_003, student_004, student_005 and 195 "
        "more (--verbose names all): not graded yet"
    )
    assert second == "no feedback for ada: handed in sums again since it was graded"


def test_all_students_are_named_where_that_is_asked_for() -> None:
    problems = [(student, "the source of sums was changed") for student in CLASS]
    (line,) = feedback_written.problems(problems, "sums", every=True)
    assert line == f"no feedback for {', '.join(CLASS)}: the source of sums was changed"


def test_one_line_says_where_all_pages_are() -> None:
    place = "students is in feedback/<student>/sums/sums.html"
    assert [*feedback_written.pages(PAGES, 200, every=False)] == [f"Feedback for 200 {place}"]
    assert [*feedback_written.pages(PAGES[:9], 200, every=False)] == [
        f"Feedback for 9 of 200 {place}"
    ]
    assert [*feedback_written.pages([], 200, every=False)] == []


def test_every_page_is_named_where_that_is_asked_for() -> None:
    *named, _ = feedback_written.pages(PAGES, 200, every=True)
    assert named == [str(page) for page in PAGES]
