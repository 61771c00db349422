"""What is trained next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.margins import results
from benchmarks.margins.networks import Network


def remaining(
    chosen: Sequence[Network], seeds: Sequence[int], backend: str, file: Path
) -> Iterator[tuple[Network, int]]:
    """What is not measured yet: the least measured first, and of these the cheapest.

    Args:
        chosen: the networks.
        seeds: that each is trained with.
        backend: Keras'.
        file: of finished trainings; it is read again each time.
    """
    while True:
        done = {result.slot for result in results.read(file)}
        missing = {
            network: left
            for network in chosen
            if (left := [seed for seed in seeds if _slot(network, backend, seed) not in done])
        }
        if not missing:
            return
        network = min(missing, key=lambda each: (-len(missing[each]), each.work))
        yield network, missing[network][0]


def _slot(network: Network, backend: str, seed: int) -> results.Slot:
    return network.dataset, network.name, backend, seed
