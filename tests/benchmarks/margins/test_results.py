"""Finished trainings in a file, and what is trained next."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import BenchError
from benchmarks.margins import plan, results
from benchmarks.margins.networks import CNN, DNN, HUNDRED, MARGINS, Network
from tests.benchmarks.margins.made_up import SMALL, result

LARGE = Network()


def test_trainings_come_back_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    assert results.read(file) == ()
    for seed in (0, 1):
        results.append(result(seed=seed), file)
    assert results.read(file) == (result(seed=0), result(seed=1))


@pytest.mark.parametrize("line", ["{", '{"seed": 1}', "[]"])
def test_a_line_that_is_no_training_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "results.jsonl"
    results.append(result(), file)
    with file.open("a") as lines:
        lines.write(line + "\n")
    with pytest.raises(BenchError, match=r"results.jsonl, line 2: no finished training"):
        results.read(file)


def test_the_least_measured_is_next_and_of_these_the_cheapest(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    order = []
    for network, seed in plan.remaining((LARGE, SMALL), range(2), "tensorflow", file):
        order.append((network, seed))
        results.append(result(network, seed=seed), file)
    assert order == [(SMALL, 0), (LARGE, 0), (SMALL, 1), (LARGE, 1)]


def test_another_backend_is_measured_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    results.append(result(), file)
    assert list(plan.remaining((SMALL,), range(1), "tensorflow", file)) == []
    assert next(plan.remaining((SMALL,), range(1), "jax", file)) == (SMALL, 0)


def test_the_results_of_the_tree_are_of_networks_that_are_measured() -> None:
    known = {(network.dataset, network.name) for network in (*MARGINS, *HUNDRED)}
    there = results.read()
    assert {(each.dataset, each.network) for each in there} <= known
    assert len({each.slot for each in there}) == len(there)


def test_a_hundred_networks_differ_and_have_one_convolution_each() -> None:
    assert len({network.name for network in HUNDRED}) == 100
    assert {(network.dataset, network.convolutions) for network in HUNDRED} == {("mnist", 1)}


def test_work_grows_with_a_network() -> None:
    assert DNN.work < SMALL.work < LARGE.work < CNN.work
    assert Network(batch=32).work > Network(batch=64).work
