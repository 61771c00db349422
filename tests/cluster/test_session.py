"""What a cluster is sent, and a class of the tiny course graded on two real nodes."""

from __future__ import annotations

import dataclasses
import pickle
from functools import partial
from pathlib import Path

import psutil
import pytest

from grader.cluster import node_data, session
from grader.cluster.addresses import Scheduler
from grader.cluster.referee import Place
from grader.engines.base import Progressed, Started, Work
from grader.errors import ConfigurationError, SubmissionError
from grader.notebook import autograde, submission_state
from grader.notebook.assignment import Assignment, load_assignment
from grader.notebook.judging.judge_messages import VerdictReached
from grader.notebook.judging.judge_submission import judge_submission
from grader.notebook.loaded_course import LoadedCourse
from grader.settings import Settings
from tests import tiny
from tests.processes import command_line


@pytest.fixture
def sums(tiny_course: Settings) -> Assignment:
    return load_assignment(tiny_course, "sums")


@pytest.fixture
def work(tiny_course: Settings, sums: Assignment) -> Work:
    """As ``autograde`` submits it."""
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, tiny.GOOD))
    loaded = LoadedCourse(tiny_course, sums)
    state = submission_state.look_at(loaded, "ada")
    return Work("ada", partial(judge_submission, submission_state.work_of(loaded, state)))


def test_a_submission_is_sent_with_its_files_and_where_the_referee_is(
    tiny_course: Settings, work: Work
) -> None:
    data = node_data.manifest(tiny_course.data)
    sent = session.sent(data, lambda: Place("tcp://10.0.0.1:7345", "key"), work)
    notebook = tiny_course.root / "submitted" / "ada" / "sums" / "sums.ipynb"
    content = notebook.read_bytes()
    notebook.unlink()
    arrived = pickle.loads(pickle.dumps(sent))
    assert arrived.work.files.notebooks() == (("sums.ipynb", content),)
    assert arrived.work.settings.referee == "tcp://10.0.0.1:7345"
    assert arrived.work.settings.referee_key == "key"


def test_without_a_referee_of_its_own_the_course_says_where_it_is(
    tiny_course: Settings, work: Work
) -> None:
    sent = session.sent(node_data.manifest(tiny_course.data), lambda: None, work)
    assert sent.work.settings.referee == tiny_course.referee


def test_a_submission_that_was_taken_back_is_an_error(tiny_course: Settings, work: Work) -> None:
    (tiny_course.root / "submitted" / "ada" / "sums" / "sums.ipynb").unlink()
    with pytest.raises(SubmissionError):
        session.sent(node_data.manifest(tiny_course.data), lambda: None, work)


def test_other_work_is_refused(tiny_course: Settings) -> None:
    with pytest.raises(TypeError, match="expected a submission"):
        session.sent(node_data.manifest(tiny_course.data), lambda: None, Work("a", lambda _: 1))


def test_a_referee_that_other_machines_cannot_reach_is_refused(
    tiny_course: Settings, sums: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = dataclasses.replace(tiny_course, referee="ipc:///tmp/referee/socket")
    monkeypatch.setattr(Assignment, "uses_networks", property(lambda _: True))
    with pytest.raises(ConfigurationError, match="other machines cannot reach"):
        session._require_reachable_referee(settings, sums, Scheduler("tls://head:8786"))


@pytest.mark.kernel
@pytest.mark.process
def test_a_class_is_graded_on_two_nodes(
    tiny_course: Settings, sums: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    for student in ("ada", "ben"):
        tiny.hand_in(tiny_course, student, tiny.submission(tiny_course, tiny.GOOD))
    events = []
    with session.session(tiny_course, sums, "local:2") as ready:
        assert ready.nodes == 2
        results = list(
            autograde.grade(
                tiny_course, "sums", assignment=sums, engine=ready.engine, follow=events.append
            )
        )
        family = psutil.Process().children(recursive=True)
        nodes = [each for each in family if "spawn_main" in command_line(each)]
        assert len(nodes) == 2
    assert {result.student for result in results} == {"ada", "ben"}
    assert all(result.graded and result.graded.score == 6 for result in results)
    assert len({event.place for event in events if isinstance(event, Started)}) == 2
    told = [e for e in events if isinstance(e, Progressed) and isinstance(e.detail, VerdictReached)]
    assert len(told) == 2 * len(sums.claims)
    _, left = psutil.wait_procs(nodes, timeout=60)
    assert not left
    assert not list(temporary.iterdir())
