"""What is trained next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.margins import results
from benchmarks.margins.networks import Network


@dataclass(frozen=True)
class Part:
    """A share of all trainings, for several processes side by side.

    Attributes:
        number: which, from 1.
        of: how many there are.
    """

    number: int = 1
    of: int = 1

    def has(self, place: int, seed: int) -> bool:
        """Whether the training of the network at ``place`` with ``seed`` belongs to it."""
        return (place + seed) % self.of == self.number - 1


def remaining(
    chosen: Sequence[Network],
    seeds: Sequence[int],
    backend: str,
    file: Path,
    part: Part = Part(),
) -> Iterator[tuple[Network, int]]:
    """What is not measured yet: the least measured first, and of these the cheapest.

    Args:
        chosen: the networks.
        seeds: that each is trained with.
        backend: Keras'.
        file: of finished trainings; it is read again each time.
        part: of them that is asked for.
    """
    while True:
        done = {result.slot for result in results.read(file)}
        missing = {
            network: left
            for place, network in enumerate(chosen)
            if (
                left := [
                    seed
                    for seed in seeds
                    if part.has(place, seed) and _slot(network, backend, seed) not in done
                ]
            )
        }
        if not missing:
            return
        network = min(missing, key=lambda each: (-len(missing[each]), each.work))
        yield network, missing[network][0]


def _slot(network: Network, backend: str, seed: int) -> results.Slot:
    return network.dataset, network.name, backend, seed
