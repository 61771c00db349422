"""Which trainer takes a job; the trainers are real processes in ``test_broker``."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from grader.referee.service.fair_queue import Job
from grader.referee.service.messages import Hello, Request, Task
from grader.referee.service.trainer_pool import TrainerPool
from grader.referee.service.trainer_supervisor import Done
from tests.referee.fakes import FACTS, recipe


class Supervisor:
    """A trainer supervisor whose trainer does what the test says."""

    def __init__(self) -> None:
        self.job: Job | None = None
        self.hello: Hello | None = None
        self.problem = ""
        self.started = False
        self.done = False

    @property
    def idle(self) -> bool:
        """Whether a job can be taken."""
        return self.job is None

    def fileno(self) -> int | None:
        """A made-up one."""
        return id(self) if self.started else None

    def start(self) -> None:
        """Start a trainer."""
        self.started = True

    def take(self, job: Job) -> None:
        """Carry a job out."""
        assert self.job is None
        self.start()
        self.job = job

    def look(self) -> Done | None:
        """What is done."""
        if not self.done or self.job is None:
            return None
        job, self.job, self.done = self.job, None, False
        return Done(job, [b""], stored=True)

    def end(self) -> None:
        """Kill it."""
        self.started = False


def asks(network: str, epochs: int = 1, seed: int = 0) -> Job:
    asked = replace(recipe(network, epochs), seed=seed)
    return Job(network.encode(), Request(1, Task.STEP, asked, network), b"x")


def pool_of(count: int) -> tuple[TrainerPool, list[Any]]:
    """A pool whose first trainer has come up."""
    supervisors: list[Any] = [Supervisor() for _ in range(count)]
    supervisors[0].hello = Hello(FACTS)
    return TrainerPool(supervisors), supervisors


def finish(pool: TrainerPool, supervisor: Any) -> None:
    supervisor.done = True
    assert len(pool.look()) == 1


def test_each_trainer_takes_a_job_and_no_more() -> None:
    pool, (first, second) = pool_of(2)
    x, y = asks("x"), asks("y")
    pool.take(x)
    assert (pool.free, pool.jobs, pool.chains) == (True, (x,), {x.chain})
    pool.take(y)
    assert (pool.free, pool.jobs) == (False, (x, y))
    second.done = True
    assert [done.job for done in pool.look()] == [y]
    assert (pool.free, first.job) == (True, x)


def test_two_jobs_of_a_chain_are_never_taken_at_once() -> None:
    pool, _ = pool_of(2)
    pool.take(asks("x"))
    with pytest.raises(AssertionError):
        pool.take(asks("x", 2))
    pool.take(asks("x", seed=1))  # another first epoch


def test_a_chain_goes_on_where_its_model_is() -> None:
    pool, (first, second) = pool_of(2)
    pool.take(asks("x"))
    pool.take(asks("y"))
    finish(pool, first)
    finish(pool, second)
    pool.take(asks("y", 2))
    assert (first.idle, second.idle) == (True, False)
    pool.take(asks("x", 2))
    assert not first.idle


def test_a_trainer_that_runs_comes_before_one_that_must_be_started() -> None:
    pool, (first, second) = pool_of(2)
    pool.start()
    assert (first.started, second.started) == (True, False)
    for network in "xyz":
        pool.take(asks(network))
        finish(pool, first)
    assert not second.started
    assert pool.filenos() == [id(first)]
    pool.end()
    assert pool.filenos() == []


def test_it_is_up_when_one_trainer_is_and_has_a_problem_when_none_came_up() -> None:
    pool, (first, second) = pool_of(2)
    first.hello = None
    assert (pool.hello, pool.problem) == (None, "")
    first.problem = "no such backend"
    assert pool.problem == "no such backend"
    second.hello = Hello(FACTS)
    assert (pool.hello, pool.problem) == (Hello(FACTS), "")


@pytest.mark.parametrize("hello", [None, Hello(FACTS | {"gpu": "NVIDIA H100"})])
def test_one_trainer_works_on_a_gpu_and_before_it_is_known_whether_there_is_one(
    hello: Hello | None,
) -> None:
    pool, (first, _) = pool_of(2)
    first.hello = hello
    assert pool.free
    pool.take(asks("x"))
    assert not pool.free
    first.hello = Hello(FACTS)
    assert pool.free
