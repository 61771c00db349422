from __future__ import annotations

import os
import subprocess
import sys

import pytest

from grader.engines.base import Failed, Finished, Started, Waiting, WentOn
from grader.errors import ConfigurationError
from grader.notebook import grading_now
from grader.notebook.grading_now import Doing
from grader.settings import Settings


def test_what_is_done_with_each_submission_is_told(tiny_course: Settings) -> None:
    with grading_now.telling(tiny_course, "sums") as teller:
        for event in (Started("ada", "here"), Started("ben", "here"), Waiting("ben", "training")):
            teller.follow(event)
        told = {"ada": Doing.JUDGED, "ben": Doing.TRAINING}
        assert grading_now.being_graded(tiny_course, "sums") == told
        for event in (WentOn("ben"), Failed("ada", OSError())):
            teller.follow(event)
        assert grading_now.being_graded(tiny_course, "sums") == {"ben": Doing.JUDGED}
        teller.follow(Finished("ben", None))
        assert grading_now.being_graded(tiny_course, "sums") == {}
    assert not list(tiny_course.root.glob(".grading*"))


def test_nobody_is_graded_where_no_run_was(tiny_course: Settings) -> None:
    assert grading_now.being_graded(tiny_course, "sums") == {}


def test_a_second_run_leaves_the_telling_to_the_first(tiny_course: Settings) -> None:
    with grading_now.telling(tiny_course, "sums") as first:
        first.follow(Started("ada", "here"))
        with grading_now.telling(tiny_course, "sums") as second:
            second.follow(Started("ben", "here"))
        assert grading_now.being_graded(tiny_course, "sums") == {"ada": Doing.JUDGED}


@pytest.mark.process
def test_a_run_that_was_killed_tells_nothing(tiny_course: Settings) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from grader import settings; from grader.notebook import grading_now\n"
        "from grader.engines.base import Started\n"
        "with grading_now.telling(settings.load(Path(sys.argv[1])), 'sums') as teller:\n"
        "    teller.follow(Started('ada', 'here'))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tiny_course.root)], check=False)
    assert list(tiny_course.root.glob(".grading*"))
    assert grading_now.being_graded(tiny_course, "sums") == {}


def test_a_file_that_cannot_be_made_is_named(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "open", refused)
    with (
        pytest.raises(ConfigurationError, match=r"\.grading\.sums\.json cannot be written"),
        grading_now.telling(tiny_course, "sums"),
    ):
        pass
