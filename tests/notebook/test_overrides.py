"""A person's decision on a claim, from the command to every place where grades are read."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.errors import CourseError, SubmissionError
from grader.model import Graded, Outcome, Override, Verdict
from grader.notebook import autograde, overrides
from grader.notebook.assignment import grade_id
from grader.notebook.exports import course as exports
from grader.notebook.judging.examination import Examination
from grader.notebook.reporting import class_report, feedback
from grader.notebook.submission import override_file, paths, verdict_file
from grader.settings import Settings
from tests import tiny

JUDGE = "grader.notebook.judging.judge_submission.judge_apart"

pytestmark = pytest.mark.kernel


@pytest.fixture
def course(
    tiny_course: Settings, tiny_gradebook: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Ada failed each claim, as a judge says that runs nothing."""
    shutil.copy(tiny_gradebook, tiny_course.root)
    monkeypatch.setattr(JUDGE, _all(Outcome.FAILED))
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    grade(tiny_course)
    return tiny_course


def _all(outcome: Outcome) -> Callable[..., object]:
    def judge(examination: Examination, *_: object) -> object:
        claims = examination.assignment.claims
        verdicts = tuple(Verdict(claim.name, outcome, claim.points, "No.") for claim in claims)
        return examination.rebuilt.notebook, verdicts, ()

    return judge


def grade(course: Settings, *, force: bool = False) -> Graded:
    (result,) = autograde.grade(course, "sums", force=force)
    assert result.graded is not None, result.problem
    return result.graded


def decide(course: Settings, claim: str = "adds", points: float = 1.5) -> None:
    overrides.decide(
        course, "ada", "sums", claim, points=points, reason="The test\nwas wrong.", by="ben"
    )


def in_gradebook(course: Settings, claim: str = "adds") -> tuple[object, object, bool]:
    with Gradebook(paths.course_directory(course).db_url) as book:
        found = book.find_grade(claim, "sums", "sums", "ada")
        return found.auto_score, found.manual_score, found.needs_manual_grade


def on_disk(course: Settings) -> Graded:
    graded = verdict_file.read(paths.submission(course, "ada", "sums").verdict_file)
    assert graded is not None
    return graded


def test_a_decision_stands_beside_the_verdict_and_survives_grading_again(
    course: Settings,
) -> None:
    decide(course)
    assert in_gradebook(course) == (0, 1.5, False)
    for graded in (on_disk(course), grade(course), grade(course, force=True)):
        verdict = graded.verdicts[0]
        assert (verdict.outcome, verdict.machine_score, verdict.score) == (Outcome.FAILED, 0, 1.5)
        assert verdict.override is not None
        assert (verdict.override.reason, verdict.override.by) == ("The test was wrong.", "ben")
        age = datetime.now(UTC) - datetime.fromisoformat(verdict.override.when)
        assert age.total_seconds() < 3600
        assert (graded.score, graded.notes) == (1.5, ())
        assert in_gradebook(course) == (0, 1.5, False)


def shown(course: Settings) -> str:
    """What the formgrader shows below the test of ``adds``."""
    autograded = paths.submission(course, "ada", "sums").autograded_notebook
    cells = nbformat.read(autograded, as_version=4).cells
    (output,) = next(cell for cell in cells if grade_id(cell) == "adds").outputs
    return str(output.text)


def test_the_formgrader_shows_verdict_and_decision_side_by_side(course: Settings) -> None:
    assert shown(course) == "failed: 0 / 2 points\nNo."
    decide(course)
    for _ in range(2):
        verdict, decision = shown(course).split("\n\n")
        assert verdict == "failed: 0 / 2 points\nNo."
        assert decision.startswith("A person's decision counts: 1.5 / 2 points, by ben on 20")
        assert decision.endswith("\nThe test was wrong.")
        grade(course, force=True)
    overrides.remove(course, "ada", "sums", "adds")
    assert shown(course) == "failed: 0 / 2 points\nNo."


def test_it_is_applied_to_a_changed_submission_with_a_note(course: Settings) -> None:
    decide(course)
    handed_in = paths.submission(course, "ada", "sums").notebook
    handed_in.write_text(handed_in.read_text() + "\n")
    graded = grade(course)
    assert graded.score == 1.5
    (note,) = graded.notes
    assert "adds (points: 1.5, " in note
    assert "was made for an earlier hand-in: look whether it still holds" in note
    decide(course)
    assert on_disk(course).notes == ()


def test_a_lost_gradebook_gets_it_again(course: Settings, tiny_gradebook: Path) -> None:
    decide(course)
    shutil.copy(tiny_gradebook, course.root)
    grade(course)
    assert in_gradebook(course) == (0, 1.5, False)


def test_points_of_the_formgrader_that_it_replaces_are_noted(course: Settings) -> None:
    decide(course)
    with Gradebook(paths.course_directory(course).db_url) as book:
        book.find_grade("adds", "sums", "sums", "ada").manual_score = 2
        book.db.commit()
    (note,) = grade(course, force=True).notes
    assert "adds (points: 1.5) replaces what was given in the formgrader, 2" in note
    assert in_gradebook(course) == (0, 1.5, False)


def test_once_removed_the_verdict_counts_again(course: Settings) -> None:
    decide(course)
    decide(course, "totals", 3)
    assert [each.override.claim for each in overrides.listed(course)] == ["adds", "totals"]
    overrides.remove(course, "ada", "sums", "adds")
    assert in_gradebook(course) == (0, None, False)
    assert in_gradebook(course, "totals") == (0, 3, False)
    assert on_disk(course).score == 3
    overrides.remove(course, "ada", "sums", "totals")
    assert list(overrides.listed(course)) == []
    assert grade(course, force=True).score == 0
    with pytest.raises(CourseError, match="nothing was decided on adds of ada"):
        overrides.remove(course, "ada", "sums", "adds")


def test_a_claim_that_waits_for_a_person_gets_its_points(
    course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JUDGE, _all(Outcome.GRADER_FAULT))
    grade(course, force=True)
    assert in_gradebook(course) == (None, None, True)
    decide(course)
    assert in_gradebook(course) == (None, 1.5, False)
    overrides.remove(course, "ada", "sums", "adds")
    assert in_gradebook(course) == (None, None, True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"student": "zoe"}, "zoe handed in nothing for sums: expected one of ada"),
        ({"assignment": "products"}, "no assignment 'products'"),
        ({"claim": "written_answer"}, "no claim written_answer: expected one of adds, adds_neg"),
        ({"points": 2.5}, "2.5 points were given for adds: expected 0 to 2"),
        ({"points": -1}, "-1 points were given for adds: expected 0 to 2"),
        ({"points": float("nan")}, "nan points were given for adds: expected 0 to 2"),
        ({"reason": " \n"}, "no reason was given"),
        ({"reason": "no " * 1000}, "expected at most 2000"),
    ],
)
def test_what_cannot_be_decided_is_said_and_changes_nothing(
    course: Settings, changes: dict[str, object], said: str
) -> None:
    places = {"student": "ada", "assignment": "sums", "claim": "adds"}
    given = places | {"points": 1, "reason": "Because."} | changes
    with pytest.raises(CourseError, match=said):
        overrides.decide(course, *(str(given.pop(name)) for name in places), **given)  # type: ignore[arg-type]
    assert in_gradebook(course) == (0, None, False)
    assert list(overrides.listed(course)) == []


def test_nothing_handed_in_is_said(tiny_course: Settings) -> None:
    with pytest.raises(CourseError, match=r"nothing is handed in for sums: .*submitted/ada/sums/"):
        overrides.find_graded(tiny_course, "ada", "sums")


def test_nothing_graded_is_said(course: Settings) -> None:
    tiny.hand_in(course, "ben", tiny.submission(course, tiny.GOOD))
    with pytest.raises(CourseError, match="ben's sums is not graded yet"):
        overrides.decide(course, "ben", "sums", "adds", points=1, reason="Because.")


def test_what_cannot_be_graded_is_told_with_the_reason(course: Settings) -> None:
    tiny.hand_in(course, "ben", "{no notebook")
    with pytest.raises(SubmissionError, match=r"submitted/ben/sums/sums\.ipynb is not a notebook"):
        overrides.decide(course, "ben", "sums", "adds", points=1, reason="Because.")


def test_it_stands_in_feedback_report_and_export(course: Settings) -> None:
    with Gradebook(paths.course_directory(course).db_url) as book:
        book.find_grade("written_answer", "sums", "sums", "ada").manual_score = 5
        book.find_grade("written_answer", "sums", "sums", "ada").needs_manual_grade = False
        book.db.commit()
    decide(course, points=2)
    (written,) = feedback.generate(course, "sums")
    assert written.page is not None, written.problem
    page = " ".join(written.page.read_text().split())
    assert "2 / 2 points, set by a person" in page
    assert "A person looked at it and decided on " in page
    assert "The test was wrong." in page
    assert "ben" not in page, "who decided is not the student's to know"
    report = class_report.gather(course, "sums")
    ((student, verdict),) = report.decided
    assert (student, verdict.claim, report.entries[0].total) == ("ada", "adds", 7)
    done = exports.export(course, "moodle", ["sums"], identify_by="id")
    assert done.complete
    assert "adds: 2 / 2 points by a person's decision: The test was wrong." in done.file.read_text()


def test_a_file_that_is_damaged_stops_grading_and_drops_no_decision(course: Settings) -> None:
    decide(course)
    file = paths.override_file(course, "ada", "sums")
    file.write_text(file.read_text()[:-20])
    (result,) = autograde.grade(course, "sums", force=True)
    assert result.graded is None
    assert "expected the decisions of grader override; restore it" in result.problem


def test_what_fits_the_claims_no_longer_is_noted(course: Settings) -> None:
    graded = on_disk(course)
    kept = [
        Override("adds", 9, "r", "b", "2026-01-01T00:00:00+00:00"),
        Override("gone", 1, "r", "b", "2026-01-01T00:00:00+00:00"),
    ]
    noted = override_file.applied(graded, kept)
    assert noted.verdicts == graded.verdicts
    assert [note.partition(" is not applied: ")[2] for note in noted.notes] == [
        "the claim is worth 2 points now",
        "the assignment has no such claim any more",
    ]
    assert override_file.applied(noted, []) == dataclasses.replace(graded, notes=())
