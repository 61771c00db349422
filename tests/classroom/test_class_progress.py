"""Progress of a class: what runs, what waits, and an estimate that simulated classes confirm."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator

import pytest

from grader.classroom.class_progress import ClassProgress
from grader.engines.base import Event, Failed, Finished, Progressed, Started, Waiting, WentOn
from grader.examiner.training.training_progress import EpochAwaited, EpochTrained
from grader.notebook.judging.judge_messages import CellStarted

AWAITED = EpochAwaited("12345678", 1, 20)


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_states_are_counted() -> None:
    progress = ClassProgress(3, workers=2)
    for event in (
        Started("ada", ""),
        Progressed("ada", CellStarted("model")),
        Started("bob", ""),
        Progressed("ada", AWAITED),
        Waiting("ada", "a training"),
    ):
        progress.follow(event)
    assert (progress.done, progress.running, progress.waiting) == (0, 1, 1)
    assert progress.open["ada"].cell == "model"
    assert progress.open["ada"].training == AWAITED
    for event in (Progressed("ada", EpochTrained(AWAITED, 0.9, 5.0, True)), WentOn("ada")):
        progress.follow(event)
    assert (progress.running, progress.waiting, progress.open["ada"].accuracy) == (2, 0, 0.9)
    progress.follow(Finished("ada", None))
    progress.count_result("ada")
    progress.follow(Failed("bob", ValueError()))
    assert (progress.done, list(progress.open)) == (1, [])


def test_work_that_is_started_again_is_counted_once() -> None:
    progress = ClassProgress(1, workers=1)
    progress.follow(Started("ada", "a node"))
    progress.follow(Started("ada", "another node"))
    assert progress.running == 1


def test_without_anything_to_go_by_there_is_no_estimate() -> None:
    assert ClassProgress(3, workers=2).seconds_left() is None


def test_once_all_is_done_nothing_is_left() -> None:
    progress = ClassProgress(1, workers=2)
    progress.count_result("ada")
    assert progress.seconds_left() == 0


def test_the_last_time_gives_an_estimate_before_anything_is_done() -> None:
    progress = ClassProgress(4, workers=2, expected=dict.fromkeys("abcd", 10.0), now=Clock())
    assert progress.seconds_left() == pytest.approx(20)


def test_a_training_that_goes_on_behind_anothers_end_takes_time() -> None:
    progress = ClassProgress(2, workers=2, now=Clock())
    for student, epochs in (("ada", 1), ("bob", 2)):
        progress.follow(Started(student, ""))
        for epoch in range(1, epochs + 1):
            awaited = EpochAwaited("12345678", epoch, 20)
            progress.follow(Progressed(student, awaited))
            if epoch == 1:
                progress.follow(Progressed(student, EpochTrained(awaited, 0.9, 30.0, True)))
        if student == "ada":
            progress.follow(Finished("ada", None))
            progress.count_result("ada")
    left = progress.seconds_left()
    assert left is not None
    assert left >= 30


Submission = tuple[float, str, int]  # own seconds, network, epochs


def simulated(
    submissions: dict[str, Submission], clock: Clock, workers: int, epoch_seconds: float
) -> Iterator[Event]:
    """The events of a class on ``workers`` cores and a referee that trains one epoch at a time."""
    queue, running, order = list(submissions), 0, 0
    later: list[tuple[float, int, Callable[[], Iterator[Event]]]] = []
    trained: dict[tuple[str, int], float] = {}  # when an epoch is there
    referee_free = 0.0

    def at(seconds: float, what: Callable[[], Iterator[Event]]) -> None:
        nonlocal order
        order += 1
        heapq.heappush(later, (seconds, order, what))

    def start() -> Iterator[Event]:
        nonlocal running
        while queue and running < workers:
            student = queue.pop(0)
            running += 1
            yield Started(student, "")
            at(clock.now + submissions[student][0], lambda s=student: run(s, 1))  # type: ignore[misc]

    def run(student: str, epoch: int) -> Iterator[Event]:
        nonlocal running, referee_free
        _, network, epochs = submissions[student]
        if epoch > epochs:
            running -= 1
            yield Finished(student, None)
            yield from start()
            return
        awaited = EpochAwaited(network, epoch, epochs)
        yield Progressed(student, awaited)
        yield Waiting(student, "a training")
        running -= 1
        fresh = (network, epoch) not in trained
        if fresh:
            referee_free = max(referee_free, clock.now) + epoch_seconds
            trained[network, epoch] = referee_free
        moment = max(clock.now, trained[network, epoch])
        at(moment, lambda: answered(student, awaited, fresh))
        yield from start()

    def answered(student: str, awaited: EpochAwaited, fresh: bool) -> Iterator[Event]:
        nonlocal running
        running += 1
        yield Progressed(student, EpochTrained(awaited, 0.9, epoch_seconds, fresh))
        yield WentOn(student)
        yield from run(student, awaited.epoch + 1)

    yield from start()
    while later:
        clock.now, _, what = heapq.heappop(later)
        yield from what()


def class_of(kind: str, size: int, chance: random.Random) -> dict[str, Submission]:
    """Submissions of a kind: own seconds, and which network is trained for how long."""
    students = [f"student{number}" for number in range(size)]
    match kind:
        case "alike":
            return dict.fromkeys(students, (10.0, "", 0))
        case "various":
            return {s: (chance.lognormvariate(2, 0.6), "", 0) for s in students}
        case "shared networks":
            return {s: (5.0, f"net{n % 6}", 8) for n, s in enumerate(students)}
        case _:  # each has a network of its own
            return {s: (5.0, s, 8) for s in students}


@pytest.mark.parametrize("kind", ["alike", "various", "shared networks", "own networks"])
@pytest.mark.parametrize("seed", range(3))
def test_the_estimate_is_right_within_a_factor_of_two(kind: str, seed: int) -> None:
    submissions = class_of(kind, 60, random.Random(seed))
    clock = Clock()
    progress = ClassProgress(len(submissions), workers=2, now=clock)
    estimates = []
    for event in simulated(submissions, clock, workers=2, epoch_seconds=10.0):
        progress.follow(event)
        if isinstance(event, Finished):
            progress.count_result(event.key)
            estimates.append((progress.done, clock.now, progress.seconds_left()))
    end = clock.now
    assert progress.done == len(submissions)
    for done, moment, estimate in estimates:
        left = end - moment
        if done >= len(submissions) / 10 and left > end / 20:
            assert estimate is not None
            assert left / 2 <= estimate <= left * 2, f"{done} done at {moment}: {estimate}, {left}"
