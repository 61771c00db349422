"""Several trainers side by side, each with a supervisor: which of them takes a job.

No two of them work on one chain of epochs at a time, or both would train what they share. Trainers
start when there is work for them, and the first has come up. On a GPU there is only that one: its
backend takes the GPU's memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from grader.referee.service.fair_queue import Job
from grader.referee.service.messages import GPU, Hello
from grader.referee.service.trainer_supervisor import Done, TrainerSupervisor

LIVE_CHAINS = 3  # that a trainer still has a model of; ``grader.referee.training.trainer.LIVE``


class TrainerPool:
    """The trainers of a worker.

    Args:
        supervisors: at least one, of trainers made from the same setup.
    """

    def __init__(self, supervisors: Sequence[TrainerSupervisor]) -> None:
        self._supervisors = tuple(supervisors)
        self._chains: tuple[deque[str], ...] = tuple(
            deque(maxlen=LIVE_CHAINS) for _ in self._supervisors
        )

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What is being carried out."""
        return tuple(one.job for one in self._supervisors if one.job is not None)

    @property
    def chains(self) -> frozenset[str]:
        """The chains of ``jobs``; another job of one of them must wait."""
        return frozenset(job.chain for job in self.jobs)

    @property
    def free(self) -> bool:
        """Whether a job can be taken."""
        return any(one.idle for one in self._usable)

    @property
    def hello(self) -> Hello | None:
        """What the trainers train with; None until the first is ready."""
        return next((one.hello for one in self._supervisors if one.hello is not None), None)

    @property
    def problem(self) -> str:
        """Why no trainer could be started; empty if one was, or still may be."""
        return "" if self.hello is not None else self._supervisors[0].problem

    @property
    def _usable(self) -> tuple[TrainerSupervisor, ...]:
        """Those that may take jobs; the first one tells on which device they train."""
        alone = self.hello is None or GPU in self.hello.facts
        return self._supervisors[:1] if alone else self._supervisors

    def filenos(self) -> list[int]:
        """What becomes readable when there is something to ``look`` at."""
        filenos = [one.fileno() for one in self._supervisors]
        return [number for number in filenos if number is not None]

    def start(self) -> None:
        """Start the first trainer, unless it runs."""
        self._supervisors[0].start()

    def take(self, job: Job) -> None:
        """Carry a job out; only when ``free``, and while nothing of its chain is carried out.

        The trainer that has a model of the chain goes on with it. Another one has to build the
        network and read a checkpoint, which takes seconds.
        """
        assert job.chain not in self.chains
        idle = [place for place, one in enumerate(self._usable) if one.idle]
        chosen = min(
            idle,
            key=lambda place: (
                job.chain not in self._chains[place],
                not self._supervisors[place].started,
                place,
            ),
        )
        chains = self._chains[chosen]
        if job.chain in chains:
            chains.remove(job.chain)
        chains.append(job.chain)
        self._supervisors[chosen].take(job)

    def look(self) -> list[Done]:
        """Look at every trainer, and react; returns what is done."""
        looked = [one.look() for one in self._supervisors]
        return [done for done in looked if done is not None]

    def end(self) -> None:
        """Kill all of them."""
        for one in self._supervisors:
            one.end()
