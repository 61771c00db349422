"""How many submissions this machine can grade at once."""

from __future__ import annotations

from grader import machine
from grader.engines import scheduling
from grader.engines.scheduling import Capacity
from grader.errors import ConfigurationError
from grader.notebook.assignment import Assignment
from grader.referee.service import trainer_capacity
from grader.settings import Settings

# What one open submission takes: its judge, its kernels and their supervisors, without what they
# share with the processes that they were forked from. Proportional shares of the reference solution
# of convolution_from_scratch came to 310 MB; networks add an estimate: MNIST as 64-bit numbers,
# twice, and what TensorFlow keeps.
PLAIN_BYTES = 400 << 20
NETWORK_BYTES = 1200 << 20
# What is left to the rest: this process, and the parents that others are forked from.
RESERVED_BYTES = 2 << 30
_OPEN_EACH = 8  # open submissions for a worker: more would only wait


def local_capacity(
    settings: Settings,
    assignment: Assignment,
    workers: int | None = None,
    *,
    sharers: int = 1,
) -> Capacity:
    """What may be graded at once here, beside the trainers of a referee that is here too.

    Args:
        settings: the course, which says where its referee is.
        assignment: what is graded: networks take more memory.
        workers: submissions that compute at once; None: as many as cores and memory allow.
        sharers: how many processes grade here, this one included: each gets an equal share.

    Raises:
        ConfigurationError: fewer than none, or more workers or trainers than memory allows.
    """
    if workers is not None and workers < 1:
        raise ConfigurationError(
            f"{workers} workers were asked for: expected 1 or more; leave out --workers for as "
            "many as cores and memory allow"
        )
    each = NETWORK_BYTES if assignment.uses_networks else PLAIN_BYTES
    reserved = RESERVED_BYTES + (_trainers_bytes(settings) if assignment.uses_networks else 0)
    free = max(0, machine.free_memory() - reserved) // sharers
    fits = scheduling.capacity(machine.cores() // sharers, free, each)
    workers = workers or fits.workers
    if workers > fits.most_open:
        raise ConfigurationError(
            f"{workers} workers do not fit into memory: a submission takes about "
            f"{each >> 20} MB, and {free >> 20} MB are free for them; expected at most "
            f"{fits.most_open} (--workers, or c.Course.workers)"
        )
    return Capacity(workers, min(fits.most_open, _OPEN_EACH * workers))


def _trainers_bytes(settings: Settings) -> int:
    """What the trainers take that this machine runs for the course."""
    if settings.referee != "local":
        return 0
    planned = trainer_capacity.plan(settings.referee_trainers)
    return planned.trainers * trainer_capacity.TRAINER_BYTES
