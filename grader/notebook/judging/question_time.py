"""How much of a test's time its questions to a student's kernel take."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator


class QuestionTime:
    """Counts the time of the questions of one test.

    Args:
        now: the submission's clock.

    Attributes:
        open: whether a question is open.
        seconds: that questions have taken so far.
        count: how many were asked.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.open = False
        self.seconds = 0.0
        self.count = 0

    def begin(self) -> None:
        """Count from zero, for another test."""
        self.open, self.seconds, self.count = False, 0.0, 0

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """Count the body as the time of a question."""
        begin, self.open = self._now(), True
        self.count += 1
        try:
            yield
        finally:
            self.open = False
            self.seconds += self._now() - begin
