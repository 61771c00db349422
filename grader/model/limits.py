"""How much a submission may use in its sandbox, and how much its trainings may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The most that one submission may use.

    Attributes:
        submission_seconds: wall time of the whole submission; a paused clock does not count.
        cell_seconds: wall time of one cell; enforced by the code that runs the cells.
        memory_bytes: memory of all its processes together, files in memory included.
        processes: processes and threads together.
        file_bytes: size of any one file that it writes.
        scratch_bytes: size of its scratch folder; its shared memory may have as much again.
        output_bytes: size of the messages that its kernel sends.
    """

    submission_seconds: float = 900.0
    cell_seconds: float = 120.0
    memory_bytes: int = 4 << 30
    processes: int = 512
    file_bytes: int = 256 << 20
    scratch_bytes: int = 512 << 20
    output_bytes: int = 20 << 20


@dataclass(frozen=True)
class Budget:
    """The most that the trainings of one submission may cost the referee.

    Attributes:
        epochs: epochs of one model over all its fits; training ends there, even if ``fit`` was
            asked for more.
        trainings: calls of ``fit`` in one run of a submission's cells. Over all of its kernels and
            judges, so many times ``epochs`` are trained.
        weights: weights of a network.
        operations: multiplications of a network for one image.
        epoch_seconds: wall time of one epoch.
        memory_bytes: memory of the trainer.
        stored_bytes: what the epochs of one submission may take in the store.
    """

    epochs: int = 30
    trainings: int = 20
    weights: int = 64_000_000
    operations: int = 100_000_000
    epoch_seconds: float = 900.0
    memory_bytes: int = 12 << 30
    stored_bytes: int = 2 << 30
