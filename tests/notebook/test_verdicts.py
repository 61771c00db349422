from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.model import Graded, Outcome, Run, Timing, Verdict
from grader.notebook import verdicts

RUN = Run("k", ({"loss": 0.5, "accuracy": 0.9},), (1,), ("Stop",), 3, True, True, 0.9, 0.8, 7, 2.0)
GRADED = Graded(
    *("ada", "sums", (Verdict("adds", Outcome.PASSED, 2.0),), ("a note",), 1.0, "bubblewrap"),
    *((Timing("examining", 1.0, 0.5),), "one", "other", (RUN,)),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    path.write_bytes(verdicts.dump(GRADED))
    assert verdicts.read(path) == GRADED
    assert verdicts.read(tmp_path / "none.json") is None


@pytest.mark.parametrize("version", [1, None, 3])
def test_another_version_is_refused(tmp_path: Path, version: int | None) -> None:
    path = tmp_path / "v.json"
    path.write_text(json.dumps(json.loads(verdicts.dump(GRADED)) | {"version": version}))
    with pytest.raises(CourseError, match="of another version than 2: remove it and grade again"):
        verdicts.read(path)
