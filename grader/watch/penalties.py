"""Updates late penalties of graded work to the due dates, extensions and timestamps of now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.errors import ConfigurationError
from grader.notebook import gradebook_queries, late_penalties
from grader.settings import Settings
from grader.watch.logbook import Logbook

SECONDS = 60.0  # between two looks: an instructor moves a date, and nobody waits for it


class Penalties:
    """Late penalties of the watched assignments.

    Args:
        settings: the course.
        logbook: is told whose penalty is another.
        clock: seconds since 1970.
    """

    def __init__(self, settings: Settings, logbook: Logbook, clock: Callable[[], float]) -> None:
        self._settings, self._logbook, self._clock = settings, logbook, clock
        self._looked_at = clock()

    def refresh(self, names: Sequence[str]) -> None:
        """Compute them again, if it was not done within the last minute."""
        if not self._settings.watch.grades:
            return
        if 0 <= self._clock() - self._looked_at < SECONDS:  # a clock may be set back
            return
        self._looked_at = self._clock()
        for name in names:
            problem = ""
            try:
                self._refresh(name)
            except ConfigurationError as error:  # another process keeps the gradebook, for example
                problem = f"{name}: late penalties are not brought up to date: {error}"
            self._logbook.trouble(f"late penalties of {name}", problem)

    def _refresh(self, name: str) -> None:
        students = sorted(gradebook_queries.scored(self._settings, name))
        for student in late_penalties.refresh(self._settings, name, students):
            self._logbook.tell(
                "penalty",
                f"{student}: {name} has another late penalty now",
                student=student,
                assignment=name,
            )
