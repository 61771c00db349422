"""A measured training is one of the referee's."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.margins.networks import CNN, DNN, Network
from benchmarks.margins.train import Session, recipe_of, until
from grader.referee.store.epoch_store import Store
from tests.referee.small import write_data

pytestmark = pytest.mark.keras

TINY = Network(filters=2, kernel=5, pool=4, dense=(4,), batch=500)


def test_a_training_that_was_stopped_goes_on_from_the_store(tmp_path: Path) -> None:
    data, store = write_data(tmp_path), Store(tmp_path / "runs")
    answers = iter([False, False, True])
    assert Session(data, store, lambda: next(answers)).train(TINY, 3) is None
    begun = store.entries()
    assert len(begun) == 2
    result = Session(data, store, until(60)).train(TINY, 3)
    assert result is not None
    assert (result.network, result.backend, result.seed) == (TINY.name, "tensorflow", 3)
    assert len(result.curve) == 19
    assert 0 < result.curve[0] < result.curve[-1] < 1
    assert 0.1 < result.test_accuracy < 1
    assert store.entries() == []  # the line is kept, not its weights


@pytest.mark.parametrize(
    ("network", "kinds"),
    [
        (DNN, ["Flatten", "Dense", "Dense"]),
        (CNN, ["Conv2D", "MaxPooling2D"] * 2 + ["Flatten", "Dense", "Dense"]),
        (
            Network(dropout=0.2, padding="same", dense=(8, 4), optimizer="sgd", rate=0.05),
            ["Conv2D", "MaxPooling2D", "Flatten", "Dropout", "Dense", "Dense", "Dense"],
        ),
    ],
    ids=lambda value: "",
)
def test_a_network_is_what_it_says(network: Network, kinds: list[str], tmp_path: Path) -> None:
    assert [type(layer).__name__ for layer in network.model().layers] == kinds
    recipe = recipe_of(network, 7, write_data(tmp_path))
    assert recipe.seed == 7
    assert recipe.epochs == (5 if network.dataset == "fashion_mnist" else 19)
    assert recipe.fits[0].batch_size == network.batch
    if network.rate:
        assert f'"learning_rate":{network.rate}' in recipe.fits[0].compiled
        assert '"momentum":0.9' in recipe.fits[0].compiled
