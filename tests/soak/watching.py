"""A ``grader watch`` beside, and students who hand in through its exchange."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests import tiny
from tests.conftest import ROOT
from tests.patience import eventually
from tests.watch.room import Exchange

_SECONDS = 300.0
# What `grader watch` does, without the data sets, which this course has not.
_SERVICE = """
import sys
from pathlib import Path
from grader import settings
from grader.watch.logbook import Logbook
from grader.watch.run import serve
serve(settings.load(Path(sys.argv[1])), ["sums"], Logbook(), workers=1)
"""


class Watching:
    """The service, and its exchange, which fills.

    Args:
        folder: new, for course, exchange and students.

    Attributes:
        process: the service.
    """

    def __init__(self, folder: Path) -> None:
        (folder / "course").mkdir(parents=True)
        course = tiny.make_course(folder / "course", cell_seconds=60)
        with (course.root / "course_config.py").open("a") as config:
            config.write('\nc.Course.watch = {"pause_seconds": 0, "answers_per_hour": 100000}\n')
        self._exchange = Exchange(folder, course)
        self._exchange.release()
        self._log, self._count = folder / "log", 0
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _SERVICE, str(course.root)],
                stdout=log,
                stderr=log,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
            )

    def submit(self) -> None:
        """Let a new student hand in."""
        self._count += 1
        self._exchange.submit(f"w{self._count:05}")

    def settle(self) -> None:
        """Wait until all that was handed in is recorded."""
        if not eventually(lambda: self._recorded() >= self._count or self._ended(), _SECONDS):
            raise RuntimeError(f"not all is recorded:\n{self._log.read_text()[-2000:]}")
        if self._ended():
            raise RuntimeError(f"the service has ended:\n{self._log.read_text()[-2000:]}")

    def end(self) -> None:
        """End the service, as systemd does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(_SECONDS)

    def _recorded(self) -> int:
        return self._log.read_text().count("is recorded in the gradebook")

    def _ended(self) -> bool:
        return self.process.poll() is not None
