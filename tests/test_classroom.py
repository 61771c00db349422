from __future__ import annotations

import io

import pytest
from rich.console import Console

from grader import classroom, datasets
from grader.settings import Settings
from tests import tiny


def test_what_a_student_wrote_is_printed_as_it_is(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "verify", lambda folder: None)
    tiny.hand_in(tiny_course, "ada", "[/bold] no JSON")
    out = io.StringIO()
    result = classroom.grade_class(tiny_course, "sums", Console(file=out, width=300))
    assert not result.complete
    assert "ada is not graded" in out.getvalue()
    assert "[/bold] no JSON" in out.getvalue()
