from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from grader import datasets
from grader.classroom import grade_class
from grader.cluster.session import Session
from grader.engines.base import Cancelled
from grader.engines.fake import FakeEngine
from grader.notebook.assignment import Assignment
from grader.settings import Settings
from tests import tiny

pytestmark = pytest.mark.kernel


def test_what_a_student_wrote_is_printed_as_it_is(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "verify", lambda folder: None)
    tiny.hand_in(tiny_course, "ada", "[/bold] no JSON")
    out = io.StringIO()
    result = grade_class.grade_class(tiny_course, "sums", Console(file=out, width=300))
    assert not result.complete
    assert "ada is not graded" in out.getvalue()
    assert "[/bold] no JSON" in out.getvalue()


def test_a_class_is_graded_by_the_engine_of_a_cluster(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    @contextlib.contextmanager
    def session(
        _settings: Settings, assignment: Assignment, where: str, **how: object
    ) -> Iterator[Session]:
        asked.append((assignment.name, where, how))
        with FakeEngine({"ada": Cancelled("ada")}) as engine:
            yield Session(engine, nodes=2, workers=4)

    monkeypatch.setattr("grader.cluster.session.session", session)
    monkeypatch.setattr(datasets, "verify", lambda folder: None)
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    out = io.StringIO()
    options = grade_class.Options(cluster="local:2", workers=2)
    grade_class.grade_class(tiny_course, "sums", Console(file=out, width=300), options)
    assert asked == [("sums", "local:2", {"workers": 2, "insecure": False})]
    assert "cancelled: run the same command again" in out.getvalue()
