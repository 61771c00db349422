"""How many trainers a machine runs side by side, and how many threads compute in each."""

from __future__ import annotations

from dataclasses import dataclass

from grader import machine
from grader.errors import ConfigurationError

# A trainer of the course's reference network holds 1.1 GB; networks may be larger.
TRAINER_BYTES = 2 << 30
GB = 1 << 30


@dataclass(frozen=True)
class Capacity:
    """What trains at once.

    Attributes:
        trainers: processes side by side.
        threads: that compute in each of them on a CPU; part of an epoch's key.
    """

    trainers: int
    threads: int


def plan(trainers: int, cores: int | None = None, memory_bytes: int | None = None) -> Capacity:
    """How many trainers to run, and how many threads each has.

    Two trainings with a thread each take less time on two cores than one after the other with two
    threads, and less processor time (``python -m benchmarks.epochs``). So by default each trainer
    has one thread, on every machine: the number of threads decides over bits, and must not follow
    from how much memory happens to be free. Who asks for fewer trainers than cores gives each more
    threads.

    Args:
        trainers: as many as that; 0: one for each core, in at most half of the free memory.
        cores: that this process may use; by default what is found here.
        memory_bytes: that are free; by default what is found here.

    Raises:
        ConfigurationError: so many do not fit this machine.
    """
    cores = cores or machine.cores()
    if memory_bytes is None:
        memory_bytes = machine.free_memory()
    fit = max(1, memory_bytes // TRAINER_BYTES)
    if not trainers:
        return Capacity(min(cores, max(1, fit // 2)), 1)  # the other half is for judging
    if not 1 <= trainers <= min(cores, fit):
        raise ConfigurationError(
            f"{trainers} trainers side by side: expected 1 to {min(cores, fit)} on this machine, "
            f"which has {cores} cores and {memory_bytes / GB:.1f} GB of free memory, "
            f"{TRAINER_BYTES / GB:g} GB for each trainer; 0 chooses by these"
        )
    return Capacity(trainers, cores // trainers)
