"""The time that counts for a submission, and the one place where it is paused."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

_NEAR = 0.05  # seconds: an alarm that comes while the clock stands still looks again after these

Pause = Callable[[], AbstractContextManager[None]]


class Clock:
    """Seconds since some moment, like ``time.monotonic``, less those that were paused.

    Others count a submission's time too: its sandboxes, the process that waits for the judge, and
    the stopwatch. Each says by ``also_pausing`` how it is paused. So code that makes a submission
    wait enters ``paused``, and nothing else.
    """

    def __init__(self) -> None:
        self._lost = 0.0
        self._stopped: float | None = None
        self._others: list[Pause] = []

    def now(self) -> float:
        """Seconds that have counted."""
        moment = time.monotonic() if self._stopped is None else self._stopped
        return moment - self._lost

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let no time of the submission count in the body, anywhere; bodies may be nested."""
        if self._stopped is not None:
            yield
            return
        with ExitStack() as others:
            self._stopped = time.monotonic()
            others.callback(self._go_on)
            # Those that count only part of it, as the sandbox does, stand still for all the others.
            for pause in reversed(self._others):
                others.enter_context(pause())
            yield

    def _go_on(self) -> None:
        assert self._stopped is not None
        self._lost += time.monotonic() - self._stopped
        self._stopped = None

    @contextlib.contextmanager
    def also_pausing(self, pause: Pause) -> Iterator[None]:
        """Within the body, let ``paused`` enter ``pause()`` as well."""
        self._others.append(pause)
        try:
            yield
        finally:
            self._others.remove(pause)

    @contextlib.contextmanager
    def alarm(self, seconds: float, ring: Callable[[], None]) -> Iterator[None]:
        """Call ``ring``, which raises, in the body once ``seconds`` have counted."""
        deadline = self.now() + seconds

        def look(*_: object) -> None:
            if (left := deadline - self.now()) <= 0:
                ring()
            signal.setitimer(signal.ITIMER_REAL, max(_NEAR, left))

        before = signal.signal(signal.SIGALRM, look)
        signal.setitimer(signal.ITIMER_REAL, max(_NEAR, seconds))
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
