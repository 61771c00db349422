"""The wall time of a submission, without what it is made to wait for."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class SandboxClock:
    """Wall time, without the time while it is paused."""

    limit: float
    used: float = 0.0
    since: float | None = field(default_factory=time.monotonic)

    def pause(self) -> None:
        """Stop counting."""
        self.used, self.since = self.spent, None

    def resume(self) -> None:
        """Count again."""
        self.used, self.since = self.spent, time.monotonic()

    @property
    def spent(self) -> float:
        """Seconds counted so far."""
        return self.used + (0.0 if self.since is None else time.monotonic() - self.since)
