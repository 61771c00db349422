from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len
from rich.console import Console

from grader.cli import main
from grader.model import Score
from grader.notebook import class_status
from grader.notebook.class_status import ClassStatus, Stage, SubmissionStatus
from grader.reports.terminal.status_table import (
    AssignmentsTable,
    StatusRow,
    StatusSum,
    SubmissionsTable,
)
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
    assert lines[1] == ["student", "handed in", "late", "score", "status", "why"]
    assert lines[3][0] == "s1"
    assert lines[3][2:] == ["2 hours", "6 / 11", "to be graded", r"so\x1b[31m"]
    assert "handed in nothing: zoe" in shown
    assert shown.endswith("handed in 2 (2 late), missing 1\ngraded 1, to be graded 1\n")


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


def rows(width: int, student: str) -> str:
    """What a terminal shows of a class."""
    waits = "submitted/zoe/sums/sums.ipynb is not a notebook: expected Jupyter's JSON; " * 3
    row = StatusRow(student, WHEN, timedelta(hours=2), "cannot be graded", "", waits, Score(6, 11))
    total = StatusSum("sums", "sums", WHEN, 1, 1, 0, [("cannot be graded", 1, "")])
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=True, color_system=None)
    console.print(SubmissionsTable(total, [row], []))
    console.print(AssignmentsTable([total]))
    assert max(map(cell_len, out.getvalue().splitlines())) <= width
    return out.getvalue()


def test_a_reason_stands_below_the_table_and_squeezes_no_column() -> None:
    lines = [line.strip() for line in rows(80, "zoe").splitlines()]
    row = next(line for line in lines if line.startswith("zoe"))
    assert row.endswith("2 hours   6 / 11   cannot be graded")
    assert " ".join(_local(WHEN)) in row
    assert "expected Jupyter's JSON" in " ".join(lines)


@pytest.mark.parametrize("width", [80, 160])
def test_a_long_name_is_told_whole(width: int) -> None:
    name = "maximiliane_von_und_zu_langenfeld_der_dritten"
    lines = rows(width, name).splitlines()
    assert name in "".join(line.strip().split("  ")[0] for line in lines)


def test_an_assignment_has_its_numbers_on_any_terminal() -> None:
    shown = rows(80, "zoe")
    assert f"sums, due {' '.join(_local(WHEN))}" in shown
    assert "handed in 1 (1 late)" in shown
    assert "cannot be graded 1" in shown


def _local(moment: datetime) -> list[str]:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}".split()


def test_a_reason_that_names_each_student_s_file_is_said_once() -> None:
    rows = [
        StatusRow(s, WHEN, timedelta(), "cannot be graded", "", f"submitted/{s}/x is a link", None)
        for s in ("ada", "ben")
    ]
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True)
    console.print(SubmissionsTable(StatusSum("sums", "sums", None, 2, 0, 0, ()), rows, ()))
    shown = out.getvalue()
    assert shown.count("is a link") == 1
    assert "submitted/<student>/x is a link" in shown
    assert "ada, ben" in shown
