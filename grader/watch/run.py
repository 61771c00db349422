"""Starts the service, keeps it going until it is told to end, and ends it."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Iterator, Sequence
from functools import partial

from grader import course_packages, datasets
from grader.engines.base import Engine
from grader.engines.local import LocalEngine
from grader.engines.scheduling import Capacity
from grader.notebook import course_lock, preflight
from grader.notebook.assignment import Assignment
from grader.notebook.judging import class_referee, judge_process, scratch, warm_kernels
from grader.notebook.memory_capacity import local_capacity
from grader.sandbox.host import try_sandbox
from grader.settings import Settings
from grader.watch.health_server import Board, served
from grader.watch.jobs import Jobs
from grader.watch.logbook import Logbook, LogbookHandler
from grader.watch.service import Service
from grader.watch.watched import WatchedAssignments

_STEP_SECONDS = 0.25  # how late the end is noticed, and what has arrived
_REFEREE_SECONDS = 5.0


def watch(
    settings: Settings,
    names: Sequence[str],
    *,
    once: bool = False,
    as_json: bool = False,
    workers: int | None = None,
) -> bool:
    """Test what students hand in, until SIGTERM or Ctrl-C.

    Args:
        settings: the course.
        names: what is watched; what the course's rules of watching name, if empty.
        once: test what has arrived, and return.
        as_json: log one JSON object a line.
        workers: submissions that compute at once; as many as the course says, if left out.

    Returns:
        Whether everything could be tested, published and recorded.

    Raises:
        GraderError: the service cannot start; the message says what to do.
    """
    datasets.verify(settings.data)
    logbook = Logbook(as_json)
    if settings.sandbox == "none":
        logbook.trouble("the sandbox", "no sandbox: student code can do whatever you can")
    else:
        try_sandbox()
    return serve(settings, names, logbook, once=once, workers=workers)


def serve(
    settings: Settings,
    names: Sequence[str],
    logbook: Logbook,
    *,
    once: bool = False,
    workers: int | None = None,
    engine: Engine | None = None,
) -> bool:
    """As ``watch``, for a course whose data and sandbox are known to work.

    Args:
        settings: the course.
        names: what is watched.
        logbook: is told what happens.
        once: test what has arrived, and return.
        workers: submissions that compute at once.
        engine: judges; one on this machine, if left out.
    """
    with course_lock.watching(settings), _logged(logbook), _told_to_end() as end:
        chosen = tuple(names or settings.watch.assignments or settings.assignments)
        course_packages.require(settings)
        watched = WatchedAssignments(settings, chosen, logbook)
        for assignment in watched.assignments:
            preflight.require_writable(settings, assignment)
        scratch.remove_leftovers()
        if workers is None:
            workers = settings.workers or None
        allowed = _capacity(settings, watched.assignments, workers)
        engine = engine or LocalEngine(allowed)
        try:
            _warm_up(settings, watched.assignments)
            service = Service(settings, watched, engine, Jobs(allowed), logbook)
            logbook.tell("ready", _ready(settings, chosen, allowed), assignments=chosen)
            _loop(settings, watched, service, once=once, end=end)
        finally:
            engine.close()
            class_referee.close()
        _say_end(service, logbook)
        return not service.troubled


def _loop(
    settings: Settings,
    watched: WatchedAssignments,
    service: Service,
    *,
    once: bool,
    end: threading.Event,
) -> None:
    needs_referee = any(assignment.uses_networks for assignment in watched.assignments)
    ask = partial(class_referee.answers, settings, _REFEREE_SECONDS)
    board = Board(ask if needs_referee else lambda: None)
    address = settings.watch.health
    with served(address, board) if address and not once else contextlib.nullcontext():
        while not end.is_set() and not (once and service.idle):
            service.step(_STEP_SECONDS)
            board.health = service.health()
            if not service.working:
                end.wait(_STEP_SECONDS)


def _capacity(
    settings: Settings, assignments: Sequence[Assignment], workers: int | None
) -> Capacity:
    """What fits whichever of the assignments is tested."""
    each = [local_capacity(settings, assignment, workers) for assignment in assignments]
    return min(each, key=lambda capacity: capacity.most_open)


def _warm_up(settings: Settings, assignments: Sequence[Assignment]) -> None:
    """Start what all submissions share, before the first student waits for it."""
    judge_process.start_server(any(assignment.uses_networks for assignment in assignments))
    for assignment in assignments:
        warm_kernels.address(settings, assignment)
        if assignment.uses_networks:
            class_referee.address(settings)


def _ready(settings: Settings, names: Sequence[str], allowed: Capacity) -> str:
    return (
        f"watching {', '.join(names)}: submissions arrive in {settings.watch.source}, "
        f"{allowed.workers} are tested at once, of hidden claims is told "
        f"{settings.watch.hidden_claims}"
    )


def _say_end(service: Service, logbook: Logbook) -> None:
    health = service.health()
    left = health.waiting + health.testing + health.ungraded + health.unpublished
    rest = f"; left for the next start: {left}" if left else ""
    logbook.tell("ended", f"ended{rest}", left=left, faults=health.faults)


@contextlib.contextmanager
def _told_to_end() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set; a second one ends the process at once."""
    end = threading.Event()

    def tell(number: int, _: object) -> None:
        end.set()
        signal.signal(number, signal.SIG_DFL)

    former = {number: signal.signal(number, tell) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield end
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _logged(logbook: Logbook) -> Iterator[None]:
    """Put into the logbook what the grader's parts log."""
    logger, handler = logging.getLogger("grader"), LogbookHandler(logbook)
    propagates, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates
