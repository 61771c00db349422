"""A watched course whose judge is made up, with a clock that stands still until it is moved."""

from __future__ import annotations

import dataclasses
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from grader import settings as course_settings
from grader.engines.base import Engine
from grader.engines.fake import FakeEngine
from grader.engines.scheduling import Capacity
from grader.model import Outcome, Source, Verdict, WatchRules
from grader.notebook import exchange, release
from grader.notebook.assignment import is_claim, load_assignment
from grader.notebook.judging.examination import Examination
from grader.notebook.submission import paths
from grader.settings import Settings
from grader.watch.jobs import Jobs
from grader.watch.logbook import Logbook
from grader.watch.service import Service
from grader.watch.watched import WatchedAssignments
from tests import tiny
from tests.pages import Reader

JUDGE = "grader.notebook.judging.judge_submission.judge_apart"
SECRET = "SECRET: add(-1, -2) is no -3"
HIDDEN = "adds_negatives"

Judge = Callable[..., object]


def judge(
    outcome: Callable[[str, str], Outcome] = lambda _student, _claim: Outcome.PASSED,
) -> Judge:
    """A judge that gives each claim of a student an outcome; what is lost comes with a message."""

    def judged(examination: Examination, *_: object) -> object:
        verdicts = []
        for claim in examination.assignment.claims:
            given = outcome(examination.student, claim.name)
            said = SECRET if claim.name == HIDDEN else f"{claim.name} is wrong"
            message = "" if given is Outcome.PASSED else said
            verdicts.append(Verdict(claim.name, given, claim.points, message))
        return examination.rebuilt.notebook, tuple(verdicts), ()

    return judged


def submission(course: Settings, answers: dict[str, str]) -> NotebookNode:
    """A student's notebook: the release, without hidden tests, with right answers but for some."""
    notebook = tiny.submission(course, tiny.GOOD | answers)
    for cell in notebook.cells:
        if is_claim(cell):
            cell.source = load_assignment(course, "sums").released[cell.id]
    return notebook


class Room:
    """A course, and the service that watches it.

    Args:
        course: the tiny course.
        **rules: of watching, in place of those that suit most tests.

    Attributes:
        now: seconds since 1970.
        engine: what judges.
    """

    def __init__(self, course: Settings, **rules: Any) -> None:
        chosen = {"source": Source.SUBMITTED, "pause_seconds": 0.0, "answers_per_hour": 100}
        self.course = dataclasses.replace(course, watch=WatchRules(**(chosen | rules)))
        self.now = time.time() + 100
        self._written = io.StringIO()
        self.restart()

    def restart(self, engine: Engine | None = None, capacity: Capacity | None = None) -> None:
        """Begin a new service, as after a kill."""
        self.engine: Any = engine or FakeEngine()
        capacity = capacity or Capacity(1, 4)
        self.logbook = Logbook(file=self._written)
        watched = WatchedAssignments(self.course, ("sums",), self.logbook)
        self.service = Service(
            self.course,
            watched,
            self.engine,
            Jobs(capacity),
            self.logbook,
            clock=lambda: self.now,
        )

    @property
    def log(self) -> str:
        """What the service has said."""
        return self._written.getvalue()

    def step(self, seconds: float = 1.5) -> None:
        """Let time pass, and the service do what there is to do."""
        self.now += seconds
        self.service.step(0.0)

    def settle(self) -> None:
        """Step until nothing is left to do now."""
        for number in range(20):
            self.step()
            if number >= 2 and self.service.idle:  # a file is taken at the second look
                return
        raise AssertionError(f"the service is not idle after 20 steps:\n{self.log}")

    def hand_in(self, student: str, **answers: str) -> None:
        """Put a notebook into submitted/, in place of a former one."""
        path = paths.submission(self.course, student, "sums").notebook
        if path.exists():
            path.unlink()
            path.parent.rmdir()
        tiny.hand_in(self.course, student, submission(self.course, answers))

    def page(self, student: str) -> str:
        """The page of a student in the course's folder."""
        return (self.pages / student / "sums" / "sums.html").read_text()

    def text(self, student: str) -> str:
        """What a student reads on that page, in one line."""
        return " ".join(Reader.of(self.page(student)).text.split())

    @property
    def pages(self) -> Path:
        """The folder of all pages."""
        return self.course.root / "watch" / "feedback"

    def score(self, student: str) -> float | None:
        """What the gradebook says; None where it says nothing."""
        with Gradebook(paths.course_directory(self.course).db_url) as gradebook:
            try:
                return float(gradebook.find_submission("sums", student).score)
            except MissingEntry:
                return None


class Exchange:
    """A real exchange beside a course, and students who hand in through it.

    Args:
        folder: for the exchange and the students.
        course: its configuration is written to.
    """

    def __init__(self, folder: Path, course: Settings) -> None:
        self.root, self._cache = folder / "exchange", folder / "cache"
        self._homes = folder / "homes"
        self.root.mkdir(exist_ok=True)
        self.root.chmod(0o777)
        with (course.root / "course_config.py").open("a") as config:
            config.write(f"\nc.Exchange.root = {str(self.root)!r}\n")
            config.write("c.ExchangeCollect.check_owner = False\n")
        self.course = course_settings.load(course.root)

    def release(self) -> None:
        """Hand the assignment out, which takes nbgrader seconds."""
        release.release(self.course, "sums")
        exchange.release(self.course, "sums")

    @property
    def feedback(self) -> Path:
        """Where pages are published."""
        return self.root / "deep_learning" / "feedback"

    def submit(self, student: str, **answers: str) -> None:
        """Hand in as ``nbgrader submit`` does."""
        notebook = submission(self.course, answers)
        home = dataclasses.replace(self.course, root=self._homes)
        path = paths.submission(home, student, "sums").notebook
        if path.exists():
            path.unlink()
            path.parent.rmdir()
        tiny.hand_in(home, student, notebook)
        exchange.submit(self.course, "sums", student, path.parent.parent, self._cache / student)

    def fetch(self, student: str) -> dict[str, str]:
        """Time of handing in to page, as ``nbgrader fetch_feedback`` brings them."""
        place = self._homes / "fetched" / student
        exchange.fetch_feedback(self.course, "sums", student, place, self._cache / student)
        pages = sorted((place / "sums" / "feedback").glob("*/sums.html"))
        return {page.parent.name: page.read_text() for page in pages}
