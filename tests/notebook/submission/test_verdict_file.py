from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.model import Graded, Outcome, Run, Timing, Verdict, WorkPart
from grader.notebook.submission import verdict_file

RUN = Run("k", ({"loss": 0.5, "accuracy": 0.9},), (1,), ("Stop",), 3, True, True, 0.9, 0.8, 7, 2.0)
GRADED = Graded(
    *("ada", "sums", (Verdict("adds", Outcome.PASSED, 2.0),), ("a note",), 1.0, "bubblewrap"),
    *((Timing(WorkPart.EXAMINING, 1.0, 0.5),), "one", "other", (RUN,)),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    path.write_bytes(verdict_file.dump(GRADED))
    assert verdict_file.read(path) == GRADED
    assert verdict_file.read(tmp_path / "none.json") is None


@pytest.mark.parametrize("version", [1, None, 4])
def test_another_version_is_refused(tmp_path: Path, version: int | None) -> None:
    path = tmp_path / "v.json"
    path.write_text(json.dumps(json.loads(verdict_file.dump(GRADED)) | {"version": version}))
    with pytest.raises(CourseError, match="of another version than 3: remove it and grade again"):
        verdict_file.read(path)


def _written(path: Path, **changed: object) -> Path:
    path.write_text(json.dumps(json.loads(verdict_file.dump(GRADED)) | changed))
    return path


def test_a_loss_that_is_no_number_is_read(tmp_path: Path) -> None:
    run = dataclasses.replace(RUN, logs=({"loss": math.nan, "accuracy": 1},))
    path = tmp_path / "v.json"
    path.write_bytes(verdict_file.dump(dataclasses.replace(GRADED, runs=(run,))))
    graded = verdict_file.read(path)
    assert graded is not None
    assert math.isnan(graded.runs[0].logs[0]["loss"])


def test_a_file_of_before_is_read(tmp_path: Path) -> None:
    """As the first release wrote it: whole numbers where a field is a float."""
    text = (
        '{"version": 2, "student": "ada", "assignment": "sums", "verdicts": [{"claim": "adds", '
        '"outcome": "passed", "points": 2, "message": "", "seconds": 0.5}], "notes": [], '
        '"seconds": 3, "sandbox": "bubblewrap", "timings": [{"part": "the student\'s code", '
        '"wall": 0.0, "cpu": 1, "student": true}], "submission_sha256": "a", "source_sha256": "b", '
        '"runs": []}'
    )
    (tmp_path / "v.json").write_text(text)
    graded = verdict_file.read(tmp_path / "v.json")
    assert graded is not None
    assert graded.verdicts == (Verdict("adds", Outcome.PASSED, 2.0, seconds=0.5),)
    assert graded.timings[0].part is WorkPart.STUDENT_CODE


@pytest.mark.parametrize(
    ("changed", "fact"),
    [
        ({"student": 3}, r"\$\.student"),
        ({"verdicts": [{"claim": "adds", "outcome": "great", "points": 2}]}, "outcome"),
        ({"verdicts": [{"claim": "adds", "outcome": "passed", "points": "2"}]}, "points"),
        ({"timings": "none"}, "timings"),
        ({"runs": [{}]}, "runs"),
    ],
)
def test_wrong_types_are_refused_in_one_line(
    tmp_path: Path, changed: dict[str, object], fact: str
) -> None:
    path = _written(tmp_path / "v.json", **changed)
    with pytest.raises(CourseError, match=fact) as refused:
        verdict_file.read(path)
    assert "\n" not in str(refused.value)
    assert "remove it and grade again" in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "3", "{"])
def test_what_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "v.json").write_text(text)
    with pytest.raises(CourseError, match="JSON"):
        verdict_file.read(tmp_path / "v.json")


def test_a_file_is_written_at_once_and_may_only_be_read(tmp_path: Path) -> None:
    file = tmp_path / "sums.verdicts.json"
    (tmp_path / ".sums.verdicts.json.unfinished").write_text("of a run that was killed")
    for seconds in (1.0, 2.0):  # the second one replaces the first, which cannot be written to
        graded = dataclasses.replace(GRADED, seconds=seconds)
        verdict_file.write(graded, file)
        assert verdict_file.read(file) == graded
    assert file.stat().st_mode & 0o777 == 0o444
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
