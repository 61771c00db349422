"""What a trainer refuses, and what is a fault of nobody's work."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import keras
import pytest

from grader.errors import DeclarationRefused, RefereeError
from grader.model import Budget
from grader.referee.spec.recipe import Observation
from grader.referee.training import graph_loop
from grader.referee.training.trainer import Trainer
from tests.referee import small
from tests.referee.memory_store import MemoryStore
from tests.referee.training.trainings import HOW, dense

pytestmark = [pytest.mark.keras, pytest.mark.training]


def test_a_budget_of_epochs_holds_over_all_fits(trainer: Trainer, data: Path) -> None:
    recipe = small.then(small.recipe(data, epochs=6))
    with pytest.raises(DeclarationRefused, match=r"7 epochs: at most 6"):
        trainer.step(recipe, "ada")
    assert trainer.step(recipe.upto(6), "ada").fresh


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"part": "test", "count": 100}, "fit was given test images to train on"),
        ({"first": 2300, "count": 101}, "rows 2300 to 2400 were asked for: the train part of mn"),
        ({"dataset": "cifar10"}, "cifar10 is no data set of the course: expected one of mnist, f"),
        ({"shape": (784,)}, "Keras cannot train this model: .*"),
    ],
)
def test_images_that_cannot_be_trained_on_are_refused(
    trainer: Trainer, data: Path, changes: dict[str, Any], words: str
) -> None:
    recipe = small.recipe(data, images=small.images(data, **changes))
    with pytest.raises(DeclarationRefused, match=words):
        trainer.step(recipe, "ada")
    assert trainer.step(small.recipe(data), "ada").fresh  # and the referee lives on


def test_validation_must_exist_too(trainer: Trainer, data: Path) -> None:
    tested = small.images(data, part="test", count=1001)
    with pytest.raises(DeclarationRefused, match="the test part of mnist has 1000 images"):
        trainer.step(small.recipe(data), "ada", Observation(validation=tested))


def test_a_split_that_leaves_nothing_is_refused(trainer: Trainer, data: Path) -> None:
    rows = small.images(data, count=1)
    with pytest.raises(DeclarationRefused, match=r"validation_split=0\.5 of 1 images"):
        trainer.step(small.recipe(data, images=rows, validation_split=0.5), "ada")


def test_other_data_on_the_two_sides_is_nobodys_fault(trainer: Trainer, data: Path) -> None:
    rows = small.images(data, digest="0123456789abcdef" * 4)
    with pytest.raises(RefereeError, match=r"SHA-256 [0-9a-f]{12}\.\.\.\) than the course .*0123"):
        trainer.step(small.recipe(data, images=rows), "ada")


def test_data_that_cannot_be_read_is_nobodys_fault(tmp_path: Path, data: Path) -> None:
    trainer = Trainer(tmp_path, MemoryStore(), Budget())
    with pytest.raises(RefereeError, match=r"data: .*is missing"):
        trainer.step(small.recipe(data), "ada")


@pytest.mark.parametrize("shape", [(5,), (1,), (28, 28)])
def test_an_output_that_cannot_tell_ten_classes_is_refused(
    trainer: Trainer, data: Path, shape: tuple[int, ...]
) -> None:
    layers = [keras.layers.Flatten(), dense(math.prod(shape)), keras.layers.Reshape(shape)]
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    with pytest.raises(DeclarationRefused, match=r"shape \(None, .*ten classes"):
        trainer.step(small.recipe(data, model=model), "ada")


def test_a_loss_that_does_not_fit_the_labels_is_refused_in_keras_words(
    trainer: Trainer, data: Path
) -> None:
    recipe = small.recipe(data, how={"loss": "categorical_crossentropy"})
    with pytest.raises(DeclarationRefused, match=r"Keras cannot train this model: .*shape"):
        trainer.step(recipe, "ada")


def test_a_layer_without_a_gradient_is_refused(trainer: Trainer, data: Path) -> None:
    layers = [keras.layers.Resizing(14, 14, "area"), keras.layers.Flatten(), dense(10)]
    layers.insert(0, keras.layers.Conv2D(1, 1))
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    with pytest.raises(DeclarationRefused, match=r"Keras cannot train this model: .*gradient"):
        trainer.step(small.recipe(data, model=model), "ada")


def test_a_batch_over_the_memory_is_refused(data: Path) -> None:
    trainer = Trainer(data, MemoryStore(), Budget(memory_bytes=1 << 20))
    with pytest.raises(DeclarationRefused, match="batch_size=300 would take"):
        trainer.step(small.recipe(data, batch_size=300), "ada")
    assert trainer.step(small.recipe(data), "ada").fresh


def test_a_learning_rate_beside_a_schedule_is_refused(trainer: Trainer, data: Path) -> None:
    recipe = small.recipe(data, how=HOW["momentum and schedule"], learning_rates=(0.5,))
    with pytest.raises(DeclarationRefused, match=r"0\.5.* schedule"):
        trainer.step(recipe, "ada")


def test_a_failure_of_the_machine_is_nobodys_fault(
    trainer: Trainer, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise MemoryError("out of memory")

    monkeypatch.setattr(graph_loop.GraphLoop, "epoch", fails)
    with pytest.raises(RefereeError, match="MemoryError: out of memory"):
        trainer.step(small.recipe(data), "ada")


def test_a_checkpoint_of_another_network_is_not_taken(
    trainer: Trainer, data: Path, store: MemoryStore
) -> None:
    recipe = small.recipe(data, epochs=2)
    key = trainer.step(recipe.upto(1), "ada").key
    store.states[key] = store.states[key][:-1]
    with pytest.raises(RefereeError, match=r"a checkpoint of .* does not fit the network's"):
        Trainer(data, store, Budget()).step(recipe, "ada")
