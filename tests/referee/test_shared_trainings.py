"""One training for one mathematics: what shares a key trains the same bits, what does not, others.

Each spelling is trained as it is written, for an epoch of two steps: some, drawn from a seed, by
`make test`, and all by `make test-all`. Keys are compared each time.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import datasets
from grader.model import Budget
from grader.referee.spec.recipe import Recipe
from grader.referee.training.trainer import Trainer
from grader.sandbox.guest.course_images import images
from tests.needs import drawn
from tests.referee import small
from tests.referee.memory_store import MemoryStore
from tests.referee.shared_pairs import APART, DIFFERENT, SHARED, TOGETHER
from tests.referee.spelled import Spelling

pytestmark = [pytest.mark.keras, pytest.mark.training]


class Bench:
    """The slice of the data, with what was trained on it so far."""

    def __init__(self, folder: Path) -> None:
        (raw, labels), _ = datasets.load(folder, "mnist")
        digest = small.digest_of(folder, "mnist")
        self._trainer = Trainer(folder, MemoryStore(), Budget())
        self.recipe = functools.cache(lambda spelling: spelling.recipe(raw, labels, digest))
        self.trained = functools.cache(
            lambda spelling, eagerly=False: spelling.trained(raw, labels, eagerly)
        )

    def key(self, spelling: Spelling) -> str:
        """The key of its one epoch."""
        recipe: Recipe = self.recipe(spelling)
        return recipe.key({})

    def refereed(self, spelling: Spelling) -> list[bytes]:
        """What the referee trains for it."""
        epoch = self._trainer.step(self.recipe(spelling), "x")
        return [weight.tobytes() for weight in epoch.weights]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = small.write_data(tmp_path_factory.mktemp("data"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_DATA", str(folder))
        images._arrays.cache_clear()
        yield Bench(folder)
    images._arrays.cache_clear()


def test_the_table_is_long_enough() -> None:
    assert len(SHARED) >= 40
    assert len(DIFFERENT) >= 40


def test_each_pair_that_shares_a_training_is_trained() -> None:
    """Each spelling is in one of the trainings: as it is, or with others in one call of fit."""
    names = {name for names in TOGETHER for name in names.split(" + ")}
    assert names == SHARED.keys()


@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`")
@pytest.mark.parametrize("name", SHARED)
def test_what_shares_a_training_has_one_key(bench: Bench, name: str) -> None:
    one, other = SHARED[name]
    assert bench.key(one) == bench.key(other)


@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`")
@pytest.mark.parametrize("names", drawn(TOGETHER, 8))
def test_what_shares_a_training_trains_the_same_bits_as_it_is_written(
    bench: Bench, names: str
) -> None:
    one, other = TOGETHER[names]
    assert bench.key(one) == bench.key(other)
    assert bench.trained(one) == bench.trained(other)
    assert bench.refereed(other) == bench.trained(other)


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_trains_other_weights_has_another_key(bench: Bench, name: str) -> None:
    one, other = DIFFERENT[name]
    assert bench.key(one) != bench.key(other)


@pytest.mark.parametrize("name", drawn(DIFFERENT, 12))
def test_what_has_another_key_trains_other_weights(bench: Bench, name: str) -> None:
    one, other = DIFFERENT[name]
    # Without a graph, which takes most of the time: other weights are other weights.
    assert bench.trained(one, eagerly=True) != bench.trained(other, eagerly=True)


@pytest.mark.parametrize("name", APART)
def test_what_is_kept_apart_trains_the_same_bits_and_has_a_reason(bench: Bench, name: str) -> None:
    (one, other), reason = APART[name]
    assert reason
    assert bench.key(one) != bench.key(other)
    assert bench.trained(one) == bench.trained(other)
