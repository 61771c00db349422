"""What is observed of an epoch: it is no part of what is trained, and comes from what is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from grader.errors import DeclarationRefused, RefereeError
from grader.model import Budget
from grader.referee.spec import declaration
from grader.referee.spec.contract import Epoch
from grader.referee.spec.recipe import NOTHING, Observation, Recipe
from grader.referee.training import fused_adam
from grader.referee.training.trainer import Trainer
from grader.referee.training.training import Training
from tests.referee import small
from tests.referee.memory_store import MemoryStore

pytestmark = [pytest.mark.keras, pytest.mark.training]

EPOCHS = 3
TOP, CROSS = "sparse_top_k_categorical_accuracy", "sparse_categorical_crossentropy"


@pytest.fixture
def epochs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The epochs that were really trained, in order."""
    trained: list[int] = []
    original = Training.epoch

    def counted(self: Training, recipe: Recipe) -> Any:
        trained.append(recipe.epochs)
        return original(self, recipe)

    monkeypatch.setattr(Training, "epoch", counted)
    return trained


def random_network() -> Any:
    """All that draws random numbers or keeps a state while it is trained."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.MaxPooling2D(4),
            layers.RandomFlip(),
            layers.GaussianNoise(0.1),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax"),
        ]
    )


def metrics(*given: Any) -> str:
    """Canonical JSON of metrics, as a student's side would send it."""
    return declaration.metrics(small.compile_config(small.network(), metrics=list(given)))


def steps(trainer: Trainer, recipe: Recipe, observation: Observation = NOTHING) -> list[Epoch]:
    """All epochs in order, as a student's side asks for them."""
    numbers = range(1, recipe.epochs + 1)
    return [trainer.step(recipe.upto(number), "ada", observation) for number in numbers]


def bits(epochs: list[Epoch]) -> list[list[bytes]]:
    return [[weight.tobytes() for weight in epoch.weights] for epoch in epochs]


def test_a_validation_between_epochs_changes_no_weight(data: Path, trainer: Trainer) -> None:
    recipe = small.recipe(data, EPOCHS, random_network())
    plain = steps(Trainer(data, MemoryStore(), Budget()), recipe)
    tested = Observation(validation=small.images(data, part="test", count=70))
    assert bits(steps(trainer, recipe, tested)) == bits(plain)


def test_metrics_change_no_weight(data: Path, trainer: Trainer) -> None:
    recipe = small.recipe(data, EPOCHS, random_network())
    plain = steps(Trainer(data, MemoryStore(), Budget()), recipe)
    watched = steps(trainer, recipe, Observation(metrics(TOP, "accuracy", CROSS)))
    assert bits(watched) == bits(plain)
    assert [epoch.logs["accuracy"] for epoch in watched] == [e.logs["accuracy"] for e in plain]
    assert [epoch.logs["loss"] for epoch in watched] == [epoch.logs["loss"] for epoch in plain]


def test_validations_of_what_was_trained_train_nothing(
    data: Path, trainer: Trainer, store: MemoryStore, epochs: list[int]
) -> None:
    recipe = small.recipe(data, EPOCHS)
    steps(trainer, recipe)
    for rows in (small.images(data, part="test", count=70), small.images(data, count=20)):
        seen = steps(Trainer(data, store, Budget()), recipe, Observation(validation=rows))
        assert set(seen[-1].logs) == {"accuracy", "loss", "val_accuracy", "val_loss"}
        assert not any(epoch.fresh for epoch in seen)
    assert epochs == [1, 2, 3]
    assert len(store.seen) == 2 * EPOCHS, "kept beside each epoch"


def test_a_validation_is_carried_out_once(
    data: Path, trainer: Trainer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, tested = small.recipe(data), Observation(validation=small.images(data, count=20))
    first = trainer.step(recipe, "ada", tested)
    monkeypatch.setattr(keras.Model, "evaluate", None)
    assert trainer.step(recipe, "bob", tested).logs == first.logs


def test_what_is_validated_is_keras_own(data: Path, trainer: Trainer) -> None:
    recipe = small.recipe(data)
    rows = small.images(data, part="test", count=70)
    epoch = trainer.step(recipe, "ada", Observation(metrics(CROSS, "acc"), rows))
    assert set(epoch.logs) == {"acc", "loss", CROSS, "val_acc", "val_loss", "val_" + CROSS}
    plain = trainer.step(recipe, "ada", Observation(validation=rows)).logs
    assert epoch.logs["val_acc"] == plain["val_accuracy"]
    assert epoch.logs["val_loss"] == plain["val_loss"]


def test_another_metric_goes_through_the_epochs_once_more(
    data: Path, trainer: Trainer, store: MemoryStore, epochs: list[int]
) -> None:
    recipe, watched = small.recipe(data, EPOCHS), Observation(metrics("accuracy", TOP))
    plain = steps(trainer, recipe)
    seen = steps(trainer, recipe, watched)
    assert epochs == [1, 2, 3, 1, 2, 3]
    assert bits(seen) == bits(plain)
    assert all(epoch.fresh for epoch in seen), "it was trained for this"
    assert [set(epoch.logs) for epoch in seen] == [{"accuracy", "loss", TOP}] * EPOCHS
    again = steps(Trainer(data, store, Budget()), recipe, watched)
    assert [epoch.logs for epoch in again] == [epoch.logs for epoch in seen]
    assert len(epochs) == 2 * EPOCHS


def test_a_metric_is_the_running_mean_that_keras_logs(data: Path, trainer: Trainer) -> None:
    recipe = small.recipe(data, EPOCHS, small.network(dropout=0.0), shuffle=False)
    steps(trainer, recipe)
    seen = steps(trainer, recipe, Observation(metrics("acc", TOP)))
    keras.utils.set_random_seed(0)
    model = declaration.build_compiled(recipe.network, recipe.fits[0].compiled, Budget())
    fused_adam.install(model.optimizer)
    model.compile(model.optimizer, model.loss, metrics=["acc", TOP])
    (raw, labels), _ = small.datasets.load(data, "mnist")
    images = (raw[:300, ..., np.newaxis] / 255).astype("float32")
    fit = model.fit(images, labels[:300], epochs=EPOCHS, shuffle=False, verbose=0)
    for number, epoch in enumerate(seen):
        assert epoch.logs == {name: values[number] for name, values in fit.history.items()}


def test_other_bits_are_not_observed_in_place_of_the_first(
    data: Path, trainer: Trainer, store: MemoryStore
) -> None:
    recipe = small.recipe(data)
    epoch = trainer.step(recipe, "ada")
    changed = tuple(weight + 1 for weight in epoch.weights)
    store.epochs[epoch.key] = Epoch(epoch.key, epoch.logs, 1.0, "CPU", True, changed)
    # What was trained stays in the store where another process has kept the same.
    store.put = lambda *_, **__: None  # type: ignore[method-assign]
    for _ in range(2):  # nothing was kept that answers the second time
        with pytest.raises(RefereeError, match="gave other weights than before"):
            trainer.step(recipe, "ada", Observation(metrics(TOP)))
    assert store.seen == {}


def test_metrics_that_were_pruned_meanwhile_are_not_replaced_by_others(
    data: Path, trainer: Trainer, store: MemoryStore
) -> None:
    store.put_observed = lambda *_: None  # type: ignore[method-assign]
    with pytest.raises(RefereeError, match="not in the store of runs any more"):
        trainer.step(small.recipe(data), "ada", Observation(metrics(TOP)))


def test_metrics_that_are_not_keras_own_are_refused(data: Path, trainer: Trainer) -> None:
    for text in ('{"metrics":["f1"],"weighted_metrics":[]}', json.dumps({"metrics": ["_a"]})):
        with pytest.raises(DeclarationRefused, match="expected one of"):
            trainer.step(small.recipe(data), "eve", Observation(text))


def test_a_fit_that_goes_on_uses_its_own_loss(data: Path, trainer: Trainer) -> None:
    """A model compiled with its own optimizer again, and another loss, keeps the optimizer."""
    first = small.recipe(data, images=small.images(data, one_hot=True), how={"loss": "mse"})
    other = small.recipe(
        data, images=small.images(data, one_hot=True), how={"loss": "categorical_crossentropy"}
    )
    goes_on = small.then(first, compiled=other.fits[0].compiled)
    seen = trainer.step(goes_on, "ada")
    assert seen.logs["loss"] > 0.5 > trainer.step(small.then(first), "ada").logs["loss"]


def test_images_of_another_rank_do_not_spoil_what_was_made_for_the_first(
    data: Path, trainer: Trainer
) -> None:
    """Keras adds the last axis where it is missing; so one network may be given both."""
    whole = small.recipe(data)
    flat = small.recipe(data, images=small.images(data, shape=(28, 28)))
    for recipe in (whole, flat, whole):
        assert 0 <= trainer.measure(recipe, "ada").test_accuracy <= 1
        shape = recipe.fits[0].images.shape
        tested = small.images(data, part="test", count=70, shape=shape)
        epoch = trainer.step(recipe, "ada", Observation(validation=tested))
        assert "val_loss" in epoch.logs
