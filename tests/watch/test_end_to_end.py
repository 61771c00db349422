"""The service in a process of its own, with real judges and a real exchange."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

from grader.notebook.submission import paths
from tests.pages import Reader
from tests.watch.room import Exchange

pytestmark = [pytest.mark.kernel, pytest.mark.process, pytest.mark.xdist_group("watch")]

SECONDS = 300  # for what takes a few on a machine that is not busy
END_SECONDS = 60  # in which the service must end; it takes a few

# What `grader watch` does, without the data sets, which this course has not.
_DRIVER = """
import sys
from pathlib import Path
from grader import settings
from grader.watch.logbook import Logbook
from grader.watch.run import serve
course = settings.load(Path(sys.argv[1]))
sys.exit(not serve(course, ["sums"], Logbook(), workers=2, once="--once" in sys.argv))
"""

# Notes what it is called with, and tells it in each way that a page shows.
SPY = {
    "add": (
        "SEEN = []\n"
        "def add(a, b):\n"
        "    SEEN.append((a, b))\n"
        "    print('told', SEEN)\n"
        "    return a + b"
    ),
    "total": ("print('told', SEEN)\ndef total(numbers):\n    raise ValueError(f'told {SEEN}')"),
}


@pytest.fixture
def handing(handing: Exchange) -> Exchange:
    """The exchange of a course that answers as often as students ask."""
    with (handing.course.root / "course_config.py").open("a") as config:
        config.write('\nc.Course.watch = {"pause_seconds": 0}\n')
    return handing


@pytest.fixture
def start(handing: Exchange) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a service; what still runs at the end is killed."""
    started = []

    def start(*options: str) -> subprocess.Popen[str]:
        with log_of(handing).open("a") as log:
            command = [sys.executable, "-c", _DRIVER, str(handing.course.root), *options]
            process = subprocess.Popen(command, stdout=log, stderr=log, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(SECONDS)


def log_of(handing: Exchange) -> Path:
    return handing.course.root / "log"


def wait_for(handing: Exchange, text: str, times: int = 1) -> None:
    """Wait until the service has said it so often."""
    end = time.monotonic() + SECONDS
    while log_of(handing).read_text().count(text) < times:
        assert time.monotonic() < end, f"not said: {text}\n{log_of(handing).read_text()}"
        time.sleep(0.1)


def test_from_handing_in_to_fetched_feedback_and_a_gradebook(
    handing: Exchange, start: Callable[..., subprocess.Popen[str]]
) -> None:
    start()
    wait_for(handing, "watching sums")
    handing.submit("ada", add="def add(a, b):\n    return 3")
    wait_for(handing, "ada: sums answered")
    (page,) = handing.fetch("ada").values()
    text = " ".join(Reader.of(page).text.split())
    assert "2 of 2 visible claims passed" in text, "add(1, 2) is 3, and total does not call it"
    assert "they run when your work is graded" in text
    handing.submit("spy", **SPY)
    wait_for(handing, "spy: sums is recorded")
    (page,) = handing.fetch("spy").values()
    text = " ".join(Reader.of(page).text.split())
    assert "told [(1, 2)]" in text, "it reads its own calls"
    told = text.split("told [")[1:]
    assert not [each for each in told if "-1" in each[:60]], "and none of a hidden test"
    with Gradebook(paths.course_directory(handing.course).db_url) as gradebook:
        scores = {each: gradebook.find_submission("sums", each).score for each in ("ada", "spy")}
    assert scores == {"ada": 5, "spy": 3}, "the hidden claim counts in the gradebook"


def test_sigterm_ends_it_in_seconds_and_what_was_tested_comes_again(
    handing: Exchange, start: Callable[..., subprocess.Popen[str]]
) -> None:
    service = start()
    wait_for(handing, "watching sums")
    handing.submit("slow", add="import time\ntime.sleep(8)\ndef add(a, b):\n    return a + b")
    wait_for(handing, "slow handed in")
    time.sleep(2)  # its kernel starts meanwhile
    present = psutil.Process(service.pid).children(recursive=True)
    service.send_signal(signal.SIGTERM)
    assert service.wait(END_SECONDS) == 0
    assert "left for the next start: 1" in log_of(handing).read_text()
    _, alive = psutil.wait_procs(present, timeout=END_SECONDS)
    assert not [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]
    killed = start()
    wait_for(handing, "slow handed in", times=2)
    time.sleep(2)
    killed.kill()  # and a kill at the same moment costs nothing either
    killed.wait(SECONDS)
    assert start("--once").wait(SECONDS) == 0
    assert log_of(handing).read_text().count("slow: sums answered") == 1
    assert len(handing.fetch("slow")) == 1
