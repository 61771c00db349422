"""Time that counts for a student: it stands still while the referee makes them wait."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator

_NEAR = 0.05  # seconds: an alarm that comes while the clock stands still looks again after these


class Clock:
    """Seconds since some moment, like ``time.monotonic``, less those that were paused."""

    def __init__(self) -> None:
        self._lost = 0.0
        self._stopped: float | None = None

    def now(self) -> float:
        """Seconds that have counted."""
        moment = time.monotonic() if self._stopped is None else self._stopped
        return moment - self._lost

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let no time count in the body; bodies may be nested."""
        if self._stopped is not None:
            yield
            return
        self._stopped = begin = time.monotonic()
        try:
            yield
        finally:
            self._lost += time.monotonic() - begin
            self._stopped = None

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
