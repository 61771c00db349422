"""The contract of an engine: submit work, follow its events, cancel it, close.

An engine knows nothing of what it carries out. Work is a picklable function that is called with a
reporter, somewhere: in a thread of this process, on another machine. What happens to it comes back
as events, in the order in which it happens, to the one who iterates ``events``::

    with LocalEngine(workers=4) as engine:
        for submission in submissions:
            engine.submit(Work(submission.student, partial(judge, submission)))
        for event in engine.events():
            match event:
                case Finished(key, result): ...
                case Failed(key, error): ...

A service asks with ``next_event`` instead, which returns after some time where nothing happens.
"""

from __future__ import annotations

import abc
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

_LOOK_SECONDS = 1.0  # how late it is noticed that an engine was closed


class Reporter(Protocol):
    """The argument of a piece of work, by which it reports its progress."""

    @property
    def cancelled(self) -> bool:
        """Whether the work shall end; it then raises ``Cancelled`` as soon as it can."""
        ...

    def progress(self, detail: object) -> None:
        """Tell something that those who follow the events understand; picklable."""
        ...

    def wait(self, reason: str) -> None:
        """Tell that the work now waits for something else, and does without its place."""
        ...

    def go_on(self) -> None:
        """Tell that the wait is over; returns when the work has a place again.

        Raises:
            Cancelled: the work was cancelled meanwhile.
        """
        ...


class Silent:
    """A reporter that does nothing, for work without an engine."""

    cancelled = False

    def progress(self, detail: object) -> None:
        """Do nothing."""

    def wait(self, reason: str) -> None:
        """Do nothing."""

    def go_on(self) -> None:
        """Return at once."""


class Cancelled(Exception):  # noqa: N818 -- asked for, no error
    """The work was cancelled: by ``cancel`` or since its engine was closed."""


class WorkLost(Exception):  # noqa: N818 -- the engine's word for it
    """What carried the work out is gone: a worker, a node. It says nothing of the work itself."""


@dataclass(frozen=True)
class Work:
    """One piece of work.

    Attributes:
        key: names it among all that an engine holds.
        run: does it, and returns its result; picklable, as its result is, and what it raises.
        expected_seconds: that it took the last time; None: not known.
        priority: work with a greater one is started first, whatever is expected of it.
    """

    key: str
    run: Callable[[Reporter], Any]
    expected_seconds: float | None = None
    priority: int = 0


@dataclass(frozen=True)
class Started:
    """The work has a place.

    Attributes:
        key: the work's.
        place: where it is carried out, in words.
    """

    key: str
    place: str = ""


@dataclass(frozen=True)
class Progressed:
    """The work told something.

    Attributes:
        key: the work's.
        detail: what ``Reporter.progress`` was given.
    """

    key: str
    detail: Any


@dataclass(frozen=True)
class Waiting:
    """The work waits for something else, and other work may have its place.

    Attributes:
        key: the work's.
        reason: what ``Reporter.wait`` was given.
    """

    key: str
    reason: str


@dataclass(frozen=True)
class WentOn:
    """The work's wait is over."""

    key: str


@dataclass(frozen=True)
class Finished:
    """The work's last event: it has a result.

    Attributes:
        key: the work's.
        result: what ``Work.run`` returned.
    """

    key: str
    result: Any


@dataclass(frozen=True)
class Failed:
    """The work's last event: it has no result.

    Attributes:
        key: the work's.
        error: what ``Work.run`` raised; ``Cancelled``, or ``WorkLost``.
    """

    key: str
    error: BaseException


Event = Started | Progressed | Waiting | WentOn | Finished | Failed


class Engine(contextlib.AbstractContextManager["Engine", None]):
    """Carries out work. All methods are called by one thread, its owner's.

    Every piece of work that was submitted gets exactly one ``Finished`` or ``Failed``, unless the
    engine is closed before. One that is started again, since its worker was lost, gets another
    ``Started``.
    """

    @abc.abstractmethod
    def submit(self, work: Work) -> None:
        """Take on a piece of work; also while ``events`` is iterated.

        Raises:
            ValueError: work with this key has not ended yet.
        """

    @property
    @abc.abstractmethod
    def unfinished(self) -> int:
        """How many pieces of work have not told their end yet; 0 once the engine is closed."""

    @abc.abstractmethod
    def next_event(self, seconds: float) -> Event | None:
        """The next event, waited for.

        For a service, which takes on work at any time and has other things to do, too.

        Args:
            seconds: to wait at most.

        Returns:
            None where no event came in that time; at once where all work has ended.
        """

    def events(self) -> Iterator[Event]:
        """Events as they come, until all work that was submitted has ended."""
        while self.unfinished:
            event = self.next_event(_LOOK_SECONDS)
            if event is not None:
                yield event

    @abc.abstractmethod
    def cancel(self, key: str) -> None:
        """End a piece of work, queued or running: it fails with ``Cancelled``.

        One that ends by itself meanwhile may finish. A key that is not there is passed over.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """End all work, wait for its end, and free what the engine holds; may be called twice."""

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()
