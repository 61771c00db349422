"""The reporter of one piece of work, for engines whose work runs in this process."""

from __future__ import annotations

from typing import Protocol

from grader.engines.base import Event, Progressed


class Host(Protocol):
    """What an engine does when its work reports."""

    def is_cancelled(self, key: str) -> bool:
        """Whether that work shall end."""
        ...

    def told(self, event: Event) -> None:
        """Pass an event on."""
        ...

    def wait(self, key: str, reason: str) -> None:
        """Let others have that work's place."""
        ...

    def go_on(self, key: str) -> None:
        """Return when that work has a place again; raises ``Cancelled``."""
        ...


class EngineReporter:
    """Tells an engine what one piece of work tells; see ``grader.engines.base.Reporter``.

    Args:
        host: the engine's.
        key: the work's.
    """

    def __init__(self, host: Host, key: str) -> None:
        self._host, self._key = host, key

    @property
    def cancelled(self) -> bool:
        """Whether the work shall end."""
        return self._host.is_cancelled(self._key)

    def progress(self, detail: object) -> None:
        """Tell something."""
        self._host.told(Progressed(self._key, detail))

    def wait(self, reason: str) -> None:
        """Tell that the work waits, and does without its place."""
        self._host.wait(self._key, reason)

    def go_on(self) -> None:
        """Tell that the wait is over; returns when the work has a place again."""
        self._host.go_on(self._key)
