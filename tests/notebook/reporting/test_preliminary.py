"""Pages that are made before a class is graded: of one run, and without a gradebook."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbgrader.utils import notebook_hash

from grader import settings as course_settings
from grader.model import Graded, Outcome, Verdict
from grader.notebook.assignment import load_assignment
from grader.notebook.judging.judge_submission import Judged
from grader.notebook.reporting import preliminary
from grader.notebook.submission import paths
from grader.reports.feedback.content import Preliminary
from grader.settings import Settings
from tests import tiny
from tests.pages import Reader

SAID = Preliminary("at noon", "at one", "Again at two.", "Hidden tests come later.")


def judged(course: Settings, *notes: str) -> Judged:
    """A result in which everything but the first claim failed."""
    assignment = load_assignment(course, "sums")
    verdicts = tuple(
        Verdict(claim.name, Outcome.FAILED if number else Outcome.PASSED, claim.points, "Wrong.")
        for number, claim in enumerate(assignment.claims)
    )
    graded = Graded("ada", "sums", verdicts, notes, 1.0, "none", (), "", "")
    return Judged(tiny.submission(course, tiny.GOOD), graded)


def page(course: Settings, said: Preliminary = SAID, *notes: str, unnamed: str = "") -> Reader:
    assignment = load_assignment(course, "sums")
    names = [unnamed] if unnamed else []
    result = judged(course, *notes)
    return Reader.of(preliminary.page(course, assignment, result, said, names))


def test_it_says_how_far_a_student_is_and_sums_no_points(tiny_course: Settings) -> None:
    reader = page(tiny_course)
    text = " ".join(reader.text.split())
    assert reader.dangers == []
    assert "1 of 3 visible claims passed" in text
    assert "This is not your grade. Handed in at noon, tested at one. Again at two." in text
    assert "Hidden tests come later." in text
    assert "Your score" not in text
    assert "/ 11" not in text
    assert "not marked yet, worth 5 points" in text, "a written answer waits for a person"
    assert not (tiny_course.root / "gradebook.db").exists()


def test_a_claim_of_which_a_part_is_hidden_has_no_score_yet(tiny_course: Settings) -> None:
    said = dataclasses.replace(SAID, part_hidden=frozenset({"adds"}))
    text = " ".join(page(tiny_course, said).text.split())
    assert "passed worth 2 points; a hidden test belongs to it, too" in text
    assert "2 / 2 points" not in text


def test_hidden_claims_are_listed_by_their_statements(tiny_course: Settings) -> None:
    claims = (("It `adds` below 0.", Outcome.PASSED), ("<b>", Outcome.FAILED))
    reader = page(tiny_course, dataclasses.replace(SAID, hidden_claims=claims))
    assert "It adds below 0. ✓ passed <b> ✗ failed" in " ".join(reader.text.split())
    assert reader.dangers == []


def test_a_note_that_names_what_is_not_to_be_named_is_left_out(tiny_course: Settings) -> None:
    notes = ("cell secret_one was changed", "cell add is missing")
    text = page(tiny_course, SAID, *notes, unnamed="secret_one").text
    assert "cell add is missing" in text
    assert "secret_one" not in text


@pytest.fixture
def course(tiny_course: Settings) -> Settings:
    """The tiny course with an exchange."""
    exchange = tiny_course.root / "exchange"
    (exchange / "deep_learning").mkdir(parents=True)
    exchange.chmod(0o777)
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write(f"\nc.Exchange.root = {str(exchange)!r}\n")
    return course_settings.load(tiny_course.root)


def hand_in(course: Settings, **files: str) -> None:
    path = tiny.hand_in(course, "ada", "{}")
    for name, text in files.items():
        (path.parent / f"{name}.txt").write_text(text)


def published(course: Settings) -> bool:
    submission = paths.submission(course, "ada", "sums")
    return preliminary.publish(course, submission, preliminary.ticket(submission), "<p>page</p>")


def test_a_page_is_published_under_the_students_secret(course: Settings) -> None:
    hand_in(course, submission_secret="s3cret", timestamp="2030-01-31 12:00:00 UTC")
    assert published(course)
    name = notebook_hash(secret="s3cret", notebook_id="sums")
    (file,) = (course.root / "exchange" / "deep_learning" / "feedback").iterdir()
    assert file.name == f"{name}.html"
    assert file.read_text() == "<p>page</p>"


@pytest.mark.parametrize(
    "files", [{}, {"submission_secret": " \n"}, {"submission_secret": "x" * 5000}]
)
def test_work_without_a_secret_has_its_page_in_the_course(
    course: Settings, files: dict[str, str]
) -> None:
    hand_in(course, **files)
    assert not published(course)
    assert (course.root / preliminary.FOLDER / "ada" / "sums" / "sums.html").exists()
    assert not (course.root / "exchange" / "deep_learning" / "feedback").exists()


def test_a_secret_that_is_a_link_is_none(course: Settings, tmp_path: Path) -> None:
    hand_in(course)
    folder = paths.submission(course, "ada", "sums").submitted
    (folder / "submission_secret.txt").symlink_to("/etc/hostname")
    assert not published(course)


def test_a_version_keeps_its_ticket_when_another_takes_its_place(course: Settings) -> None:
    hand_in(course, submission_secret="first", timestamp="2030-01-31 12:00:00 UTC")
    submission = paths.submission(course, "ada", "sums")
    ticket = preliminary.ticket(submission)
    (submission.submitted / "submission_secret.txt").write_text("second")
    assert preliminary.publish(course, submission, ticket, "<p>page</p>")
    feedback = course.root / "exchange" / "deep_learning" / "feedback"
    assert [file.stem for file in feedback.iterdir()] == [
        notebook_hash(secret="first", notebook_id="sums")
    ]
    assert ticket.handed_in == datetime(2030, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["noon", "", "9" * 400])
def test_a_time_that_is_none_is_the_notebooks_own(course: Settings, text: str) -> None:
    hand_in(course, timestamp=text)
    written = paths.submission(course, "ada", "sums").notebook.stat().st_mtime
    ticket = preliminary.ticket(paths.submission(course, "ada", "sums"))
    assert ticket.handed_in.timestamp() == pytest.approx(written, abs=1e-3)
