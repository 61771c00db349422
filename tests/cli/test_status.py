from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.model import Score
from grader.notebook import class_status
from grader.notebook.class_status import ClassStatus, Stage, SubmissionStatus
from grader.settings import Settings

WHEN = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)


def submission(student: str, stage: Stage, why: str = "") -> SubmissionStatus:
    return SubmissionStatus(student, stage, why, WHEN, timedelta(hours=2), Score(6, 11, 5))


def show(
    course: Settings, monkeypatch: pytest.MonkeyPatch, stages: list[Stage], *arguments: str
) -> Result:
    known = tuple(submission(f"s{n}", stage, "so\x1b[31m") for n, stage in enumerate(stages))
    status = ClassStatus("sums", "sums (Sums)", WHEN, known, ("zoe",))
    monkeypatch.setattr(class_status, "status", lambda *_: status)
    return CliRunner().invoke(main, ["--course", str(course.root), "status", *arguments])


@pytest.mark.parametrize(
    ("stages", "code"),
    [
        ([], 0),
        ([Stage.DONE], 0),
        ([Stage.DONE, Stage.TO_MARK], 1),
        ([Stage.REFUSED], 1),
        ([Stage.TO_MARK, Stage.TO_GRADE], 3),
        ([Stage.FAILED], 3),
        ([Stage.JUDGED], 3),
        ([Stage.TRAINING], 3),
    ],
)
def test_the_exit_code_says_for_whom_something_waits(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, stages: list[Stage], code: int
) -> None:
    for arguments in ([], ["sums"], ["--json"]):
        assert show(tiny_course, monkeypatch, stages, *arguments).exit_code == code


def test_a_class_has_a_row_a_submission_and_a_sum(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = show(tiny_course, monkeypatch, [Stage.DONE, Stage.TO_GRADE], "sums").output
    lines = [line.split("\t") for line in shown.splitlines()]
    assert lines[0] == ["sums (Sums)"]
    assert lines[1] == ["student", "handed in", "late", "score", "status"]
    assert lines[3][0] == "s1"
    assert lines[3][2:] == ["2 hours", "6 / 11", r"to be graded: so\x1b[31m"]
    assert "Handed in nothing: zoe" in shown
    assert "2 handed in, 2 late, 1 graded, 1 to be graded" in shown


def test_a_course_has_a_row_an_assignment(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = show(tiny_course, monkeypatch, [Stage.DONE, Stage.TO_MARK]).output
    head, row = (line.split("\t") for line in shown.splitlines())
    told = dict(zip(head, row, strict=True))
    assert (told["assignment"], told["handed in"], told["missing"]) == ("sums", "2", "1")
    assert (told["graded"], told["waits for a person"]) == ("1", "1")


def test_programs_get_numbers_and_moments_in_utc(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (known,) = json.loads(show(tiny_course, monkeypatch, [Stage.TO_MARK], "--json").output)
    assert known["missing"] == ["zoe"]
    assert known["due"] == "2026-01-31T12:30:00+00:00"
    (one,) = known["submissions"]
    assert one["handed_in"] == "2026-01-31T12:30:00+00:00"
    assert (one["score"], one["max_score"], one["to_mark"]) == (6, 11, 5)
    assert (one["status"], one["seconds_late"]) == ("waits for a person", 7200)


def test_an_unknown_assignment_is_one_line(tiny_course: Settings) -> None:
    arguments = ["--course", str(tiny_course.root), "status", "products"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "no assignment 'products'" in result.stderr
