"""The trainer: each epoch is trained once, repeatably, and gives what Keras gives."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from msgspec.structs import replace

from grader import datasets
from grader.model import Budget
from grader.referee.spec import declaration
from grader.referee.spec.recipe import Observation
from grader.referee.training import determinism, fused_adam, loops
from grader.referee.training.graph_loop import GraphLoop
from grader.referee.training.keras_loop import KerasLoop
from grader.referee.training.trainer import Trainer
from tests.referee import small
from tests.referee.memory_store import MemoryStore
from tests.referee.training.trainings import all_steps, linear, same, same_weights

pytestmark = [pytest.mark.keras, pytest.mark.training]


def test_an_epoch_is_trained_once_and_then_found(
    trainer: Trainer, store: MemoryStore, data: Path
) -> None:
    recipe = small.recipe(data)
    fresh, stored = trainer.step(recipe, "ada"), trainer.step(recipe, "bob")
    assert fresh.fresh
    assert not stored.fresh
    assert same(fresh, stored)
    assert set(fresh.logs) == {"accuracy", "loss"}
    assert all(type(value) is float for value in fresh.logs.values())
    assert fresh.key == recipe.key(trainer.environment)
    assert fresh.seconds > 0
    assert fresh.device
    assert store.users == [(fresh.key, "ada"), (fresh.key, "bob")]
    assert len(store.recipes) == 1


def test_the_environment_names_what_decides_over_bits(trainer: Trainer) -> None:
    assert trainer.environment["keras"] == keras.__version__
    assert trainer.environment["backend"] == keras.backend.backend()
    assert trainer.environment.keys() == {
        "keras",
        "backend",
        "backend_version",
        "device",
        "threads",
        "loop",
    }


def test_logs_and_weights_are_those_of_keras_own_fit(trainer: Trainer, data: Path) -> None:
    """Without shuffling and dropout nothing of the referee's is left but the first weights."""
    model = small.network(dropout=0.0)
    recipe = small.recipe(data, epochs=2, model=model, shuffle=False, validation_split=0.2)
    held_back = Observation(validation=small.images(data, first=240, count=60))
    epoch = all_steps(trainer, recipe, held_back)

    keras.utils.set_random_seed(0)
    second = declaration.build_compiled(recipe.network, recipe.fits[0].compiled, Budget())
    fused_adam.install(second.optimizer)
    (raw, labels), _ = datasets.load(data, "mnist")
    images = (raw[:300, ..., np.newaxis] / 255).astype("float32")
    second.compile(second.optimizer, second.loss, metrics=["accuracy"])
    history = second.fit(
        images, labels[:300], epochs=2, shuffle=False, validation_split=0.2, verbose=0
    ).history
    assert epoch.logs == {name: values[-1] for name, values in history.items()}
    assert set(epoch.logs) == {"accuracy", "loss", "val_accuracy", "val_loss"}
    for mine, theirs in zip(epoch.weights, second.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_weights_are_copies_that_later_epochs_leave_alone(trainer: Trainer, data: Path) -> None:
    recipe = small.recipe(data, epochs=2)
    first = trainer.step(recipe.upto(1), "ada")
    before = [weight.copy() for weight in first.weights]
    trainer.step(recipe, "ada")
    assert all(map(np.array_equal, first.weights, before))
    assert all(weight.flags.owndata for weight in first.weights)


def test_each_epoch_has_an_order_of_its_own_from_the_seed(
    trainer: Trainer, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders: list[Any] = []
    loop: Any = {loops.GRAPH: GraphLoop, loops.FIT: KerasLoop}[determinism.loop()]
    original = loop.epoch

    def watched(self: Any, order: Any) -> dict[str, float]:
        orders.append(order)
        return original(self, order)

    monkeypatch.setattr(loop, "epoch", watched)
    recipe = small.recipe(data, epochs=2, seed=7)
    all_steps(trainer, small.then(recipe, shuffle=False))
    expected = [np.random.default_rng([7, epoch]).permutation(300) for epoch in range(2)]
    for mine, theirs in zip(orders, [*expected, np.arange(300)], strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_another_seed_is_another_training(trainer: Trainer, data: Path) -> None:
    first, second = (trainer.step(small.recipe(data, seed=seed), "ada") for seed in (0, 1))
    assert not same(first, second)


def test_two_students_part_where_a_learning_rate_is_set(
    trainer: Trainer, data: Path, store: MemoryStore
) -> None:
    straight = small.recipe(data, epochs=3)
    slower = replace(
        straight,
        fits=(replace(straight.fits[0], learning_rates=(None, 1e-6, None)),),
    )
    first, second = all_steps(trainer, straight), all_steps(trainer, slower)
    assert not same(first, second)
    epochs = sorted(recipe.epochs for recipe in store.recipes)
    assert epochs == [1, 1, 2, 2, 3, 3]  # the first anew for the second: its state went on
    assert same(Trainer(data, MemoryStore(), Budget()).step(slower, "eve"), second)
    moved = np.abs(second.weights[0] - trainer.step(slower.upto(1), "ada").weights[0]).max()
    assert 0 < moved < 1e-4


def test_trainings_that_take_turns_do_not_disturb_one_another(
    trainer: Trainer, data: Path, store: MemoryStore
) -> None:
    first, second = small.recipe(data, epochs=3), small.recipe(data, epochs=3, seed=1)
    for epochs in (1, 2, 3):
        mine, theirs = trainer.step(first.upto(epochs), "a"), trainer.step(second.upto(epochs), "b")
    assert same(mine, all_steps(Trainer(data, MemoryStore(), Budget()), first))
    assert same(theirs, all_steps(Trainer(data, MemoryStore(), Budget()), second))
    assert len(store.recipes) == 6


def test_only_a_few_models_are_kept_alive(
    trainer: Trainer, data: Path, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.referee.training.trainer.LIVE", 1)
    for seed in range(3):
        trainer.step(small.recipe(data, seed=seed), "ada")
    assert len(trainer._live) == 1
    trainer.step(small.recipe(data, epochs=2), "ada")  # the first, from its checkpoint
    assert len(store.recipes) == 4


def test_validation_is_tried_on_other_images(trainer: Trainer, data: Path) -> None:
    tested = small.images(data, part="test", count=100)
    recipe = small.recipe(data)
    epoch = trainer.step(recipe, "ada", Observation(validation=tested))
    model = declaration.build_compiled(recipe.network, recipe.fits[0].compiled, Budget())
    model.compile(model.optimizer, model.loss, metrics=["accuracy"])
    model.set_weights(epoch.weights)
    _, (images, labels) = datasets.load(data, "mnist")
    scaled = images[:100, ..., np.newaxis] / np.float32(255)
    loss, accuracy = model.evaluate(scaled, labels[:100], verbose=0)
    assert epoch.logs["val_accuracy"] == pytest.approx(accuracy)
    assert epoch.logs["val_loss"] == pytest.approx(loss, rel=1e-5)
    assert trainer.measure(recipe, "ada").whole is False  # 300 images of 2400, all trained on


def test_one_hot_labels_and_another_scaling(trainer: Trainer, data: Path) -> None:
    rows = small.images(data, one_hot=True, divisor=127.5, offset=-1.0, shape=(28, 28))
    how = {"loss": "categorical_crossentropy"}
    epoch = trainer.step(small.recipe(data, how=how, images=rows, epochs=1), "ada")
    assert set(epoch.logs) == {"accuracy", "loss"}
    assert not same_weights(epoch, trainer.step(small.recipe(data), "ada"))


def test_what_was_trained_is_measured_once(
    trainer: Trainer, data: Path, store: MemoryStore
) -> None:
    rows = small.images(data, count=2400)
    recipe = small.recipe(data, epochs=2, images=rows)
    measures = trainer.measure(recipe, "ada")
    epoch = trainer.step(recipe, "ada")
    model = declaration.build_compiled(recipe.network, recipe.fits[0].compiled, Budget())
    model.set_weights(epoch.weights)
    for part, share in zip(
        datasets.load(data, "mnist"),
        (measures.train_accuracy, measures.test_accuracy),
        strict=True,
    ):
        told = model.predict((part[0] / 255)[..., np.newaxis], verbose=0).argmax(-1)
        assert share == np.mean(told == part[1]) > 0.2
    assert measures.whole
    assert measures.parameters == 49 * 10 + 10
    model.set_weights([weight * 0 for weight in epoch.weights])
    later = Trainer(data, store, Budget())
    assert later.measure(recipe, "bob") == measures == store.measured[epoch.key]
    store.measured.clear()
    assert later.measure(recipe, "bob") == measures  # from the store's weights


def test_a_training_that_goes_astray_logs_what_keras_logs(trainer: Trainer, data: Path) -> None:
    how = {"optimizer": keras.optimizers.SGD(1e30), "loss": "mse"}
    rows = small.images(data, one_hot=True)
    recipe = small.recipe(data, epochs=2, how=how, model=linear(), images=rows)
    epoch = all_steps(trainer, recipe)
    assert math.isnan(epoch.logs["loss"])
    assert trainer.measure(recipe, "ada").train_accuracy < 0.2
