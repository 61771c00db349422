"""What is trained next, and by which of several processes."""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import pytest

from benchmarks.margins import results
from benchmarks.margins.__main__ import part
from benchmarks.margins.networks import MARGINS, Network
from benchmarks.margins.plan import Part, remaining
from tests.benchmarks.margins.made_up import result

SMALL, LARGE = Network(filters=8, dense=(16,)), Network(filters=64, dense=(256,))


def slots(file: Path, part: Part) -> list[tuple[str, int]]:
    """What a process trains, one after the other, if each is done at once."""
    found = []
    for network, seed in remaining((LARGE, SMALL), range(4), "jax", file, part):
        results.append(result(network, backend="jax", seed=seed), file)
        found.append((network.name, seed))
    return found


def test_parts_share_out_all_trainings(tmp_path: Path) -> None:
    shares = [slots(tmp_path / str(number), Part(number, 3)) for number in (1, 2, 3)]
    together = [slot for share in shares for slot in share]
    assert len(together) == len(set(together)) == 8
    assert min(map(len, shares)) == 2


def test_a_part_has_networks_of_a_table_with_one_seed() -> None:
    halves = [
        [place for place in range(len(MARGINS)) if Part(number, 2).has(place, 0)]
        for number in (1, 2)
    ]
    assert sorted(itertools.chain(*halves)) == list(range(len(MARGINS)))
    assert all(halves)


@pytest.mark.parametrize("text", ["0/2", "3/2", "2", "a/b", "-1/2", ""])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no part: expected one as 1/2"):
        part(text)


def test_a_part_is_read() -> None:
    assert part("2/3") == Part(2, 3)
