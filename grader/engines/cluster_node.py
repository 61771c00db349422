"""Carries out the tasks of a cluster's engine on a node, in a worker process of Dask's.

A task leaves Dask's pool of threads at once. How much of the work computes is decided by the places
of the node, which know what waits, and not by the number of Dask's threads.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from grader.engines.base import Cancelled, Event, Started, Waiting, WentOn, Work
from grader.engines.places import Places
from grader.engines.reporter import EngineReporter
from grader.engines.scheduling import Capacity

if TYPE_CHECKING:
    from distributed import Worker

Admission = Callable[[int], Capacity]

# Two nodes of a test may be in one process.
_places: WeakKeyDictionary[Worker, Places] = WeakKeyDictionary()
_PRESENT = ("running", "paused")  # Dask's words for a worker that has not begun to end


@dataclass(frozen=True)
class Outcome:
    """How a task ended.

    Attributes:
        end: what it returned, as ``(True, result)``, or raised, as ``(False, error)``; pickled.
        told: the events that it told, pickled: some may not have come through.
    """

    end: bytes
    told: tuple[bytes, ...]


def admit(admission: Admission, neighbours: int) -> Capacity:
    """Ask this node whether it can take work, and how much at once.

    Args:
        admission: looks at this machine, and raises what is wrong with it.
        neighbours: how many nodes share the machine, this one included.
    """
    from distributed import get_worker

    allowed = admission(neighbours)
    _places_of(get_worker()).allowed = allowed
    return allowed


def open_work(topic: str) -> int:
    """How many pieces of an engine's work have not ended on this node."""
    from distributed import get_worker

    places = _places_of(get_worker())
    with places.changed:
        return sum(key.startswith(topic) for key in places.open)


def is_unwanted(worker: Worker, task: str) -> bool:
    """Whether a task's result is not wanted any more, by Dask's state of it.

    The driver cancelled it or is gone, or this node is about to end.
    """
    known = worker.state.tasks.get(task)
    gone = known is None or known.state == "cancelled"
    return gone or worker.status.name not in _PRESENT


def is_idle() -> bool:
    """Whether this node has no open work from any sender."""
    from distributed import get_worker

    return not _places_of(get_worker()).open


def carry_out(run: bytes, key: str, task: str, topic: str, place: str) -> Outcome:
    """Carry out a piece of work here, and report its progress.

    Args:
        run: what does it, pickled.
        key: the work's.
        task: Dask's key of this task.
        topic: of the engine: where its events go.
        place: this node in words.
    """
    from distributed import get_worker, secede

    secede()
    worker = get_worker()
    host = _Host(worker, key, task, topic, _places_of(worker))
    try:
        host.begin(place)
        end = True, pickle.loads(run)(EngineReporter(host, key))
    except BaseException as error:
        end = False, error
    finally:
        host.places.end(task)
    return Outcome(_pickled_end(end), tuple(host.all_told))


def _places_of(worker: Worker) -> Places:
    return _places.setdefault(worker, Places(Capacity(1, 1)))


def _pickled_end(end: tuple[bool, Any]) -> bytes:
    """As bytes that can be read again; in place of what cannot, an error that says so."""
    import cloudpickle

    try:
        content: bytes = cloudpickle.dumps(end)
        pickle.loads(content)
    except Exception as error:
        said = f"what it {'returned' if end[0] else 'raised'} cannot be sent: {end[1]!r:.200}"
        return pickle.dumps((False, TypeError(f"{said} ({error!s:.200})")))
    return content


class _Host:
    """Tells the driver what one task tells; its work's threads may tell at once.

    Args:
        worker: Dask's, of this node.
        key: the work's.
        task: Dask's key of the task.
        topic: of the engine.
        places: of this node.
    """

    def __init__(self, worker: Worker, key: str, task: str, topic: str, places: Places) -> None:
        self._worker, self._key, self._task, self._topic = worker, key, task, topic
        self.places = places
        self.all_told: list[bytes] = []

    def begin(self, place: str) -> None:
        """Return when there is a place for the work; raises ``Cancelled``."""
        with self.places.changed:
            self.places.enter(Work(self._task, _nothing), lambda: self.is_cancelled(self._key))
        self._raise_if_cancelled()
        self.told(Started(self._key, place))

    def is_cancelled(self, _key: str) -> bool:
        """Whether the work shall end."""
        return is_unwanted(self._worker, self._task)

    def told(self, event: Event) -> None:
        """Pass an event on."""
        import cloudpickle

        with self.places.changed:
            number = len(self.all_told)
            self.all_told.append(cloudpickle.dumps(event))
            self._worker.log_event(self._topic, [self._task, number, self.all_told[number]])

    def wait(self, key: str, reason: str) -> None:
        """Let other work have the place."""
        with self.places.changed:
            self.places.open[self._task].waits()
            self.places.changed.notify_all()
        self.told(Waiting(key, reason))

    def go_on(self, key: str) -> None:
        """Return when the work has its place back; raises ``Cancelled``."""
        with self.places.changed:
            self.places.go_on(self._task, lambda: self.is_cancelled(key))
        self._raise_if_cancelled()
        self.told(WentOn(key))

    def _raise_if_cancelled(self) -> None:
        if self.is_cancelled(self._key):
            raise Cancelled(self._key)


def _nothing(_: object) -> None:
    """Do nothing: the function of this work is called elsewhere."""
