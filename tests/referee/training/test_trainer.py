from __future__ import annotations

import json
import math
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from msgspec.structs import replace

from grader import datasets
from grader.errors import DeclarationRefused, RefereeError
from grader.model import Budget
from grader.referee.spec import declaration
from grader.referee.spec.contract import Epoch
from grader.referee.spec.recipe import NOTHING, Observation, Recipe, dump
from grader.referee.training import fused_adam, graph_loop
from grader.referee.training.trainer import Trainer
from tests.referee import small
from tests.referee.memory_store import MemoryStore

pytestmark = [pytest.mark.keras, pytest.mark.training]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def trainer(data: Path, store: MemoryStore) -> Trainer:
    return Trainer(data, store, Budget(epochs=6))


def same(epoch: Epoch, other: Epoch) -> bool:
    """Whether two epochs gave the same, to the last bit."""
    return epoch.logs == other.logs and all(
        mine.dtype == theirs.dtype and mine.tobytes() == theirs.tobytes()
        for mine, theirs in zip(epoch.weights, other.weights, strict=True)
    )


def all_steps(trainer: Trainer, recipe: Recipe, observation: Observation = NOTHING) -> Epoch:
    """As the student's side asks: one epoch after the other."""
    for epochs in range(1, recipe.epochs + 1):
        epoch = trainer.step(recipe.upto(epochs), "ada", observation)
    return epoch


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
    original = graph_loop.GraphLoop.epoch

    def watched(self: Any, order: Any) -> dict[str, float]:
        orders.append(order)
        return original(self, order)

    monkeypatch.setattr(graph_loop.GraphLoop, "epoch", watched)
    recipe = small.recipe(data, epochs=2, seed=7)
    all_steps(trainer, small.then(recipe, shuffle=False))
    expected = [np.random.default_rng([7, epoch]).permutation(300) for epoch in range(2)]
    for mine, theirs in zip(orders, [*expected, np.arange(300)], strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_another_seed_is_another_training(trainer: Trainer, data: Path) -> None:
    first, second = (trainer.step(small.recipe(data, seed=seed), "ada") for seed in (0, 1))
    assert not same(first, second)


HOW: dict[str, dict[str, Any]] = {
    "adam": {},
    "momentum and schedule": {
        "optimizer": keras.optimizers.SGD(
            keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.9), momentum=0.9
        )
    },
    "accumulating": {"optimizer": keras.optimizers.RMSprop(gradient_accumulation_steps=4)},
}


@pytest.mark.parametrize("name", HOW)
def test_a_training_goes_on_from_a_checkpoint_bit_for_bit(
    trainer: Trainer, store: MemoryStore, data: Path, name: str
) -> None:
    recipe = small.recipe(data, epochs=3, how=HOW[name])
    whole = all_steps(trainer, recipe)
    broken = MemoryStore()
    all_steps(Trainer(data, broken, Budget()), recipe.upto(2))
    assert same(Trainer(data, broken, Budget()).step(recipe, "ada"), whole)
    assert [asked.epochs for asked in broken.recipes] == [1, 2, 3]  # none was trained twice


def test_without_a_checkpoint_all_is_trained_anew_and_kept(
    trainer: Trainer, data: Path, store: MemoryStore
) -> None:
    recipe = small.recipe(data, epochs=3)
    whole = all_steps(trainer, recipe)
    empty = MemoryStore()
    assert same(Trainer(data, empty, Budget()).step(recipe, "ada"), whole)
    assert [asked.epochs for asked in empty.recipes] == [1, 2, 3]
    assert all(same(store.epochs[key], epoch) for key, epoch in empty.epochs.items())


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


def test_a_second_fit_goes_on_with_weights_and_optimizer(
    trainer: Trainer, data: Path, store: MemoryStore
) -> None:
    recipe = small.recipe(data, epochs=2)
    again = small.then(recipe.upto(1))
    assert same(trainer.step(recipe, "ada"), trainer.step(again, "ada"))
    assert trainer.step(again, "ada").key != trainer.step(recipe, "ada").key


def test_a_model_compiled_anew_keeps_its_weights_and_gets_a_fresh_optimizer(
    trainer: Trainer, data: Path
) -> None:
    first = small.recipe(data)
    still = small.compile_config(small.network(), optimizer=keras.optimizers.SGD(0.0))
    stopped = declaration.compiled(still, first.network)
    frozen = small.then(first, compiled=stopped, fresh_optimizer=True)
    assert same_weights(trainer.step(first, "ada"), trainer.step(frozen, "ada"))
    longer = small.then(frozen, epochs=2)  # the same optimizer, which moves nothing
    assert same_weights(trainer.step(first, "ada"), trainer.step(longer, "ada"))
    assert same(trainer.step(longer, "x"), Trainer(data, MemoryStore(), Budget()).step(longer, "x"))
    fresh, old = (
        trainer.step(small.then(first, fresh_optimizer=is_), "x") for is_ in (True, False)
    )
    assert not same_weights(fresh, old)  # Adam's averages begin anew


def same_weights(epoch: Epoch, other: Epoch) -> bool:
    return all(map(np.array_equal, epoch.weights, other.weights))


def test_a_second_fit_from_a_checkpoint_gives_the_same(trainer: Trainer, data: Path) -> None:
    recipe = small.then(small.recipe(data), epochs=2, fresh_optimizer=True, batch_size=50)
    whole = all_steps(trainer, recipe)
    broken = MemoryStore()
    for epochs in (1, 2, 3):  # a new trainer for every epoch
        epoch = Trainer(data, broken, Budget()).step(recipe.upto(epochs), "ada")
    assert same(epoch, whole)
    assert len(broken.recipes) == 3


IN_A_PROCESS = """
import pickle, sys
from pathlib import Path
from grader.model import Budget
from grader.referee.spec import recipe
from grader.referee.training.trainer import Trainer
data, runs, told = map(Path, sys.argv[1:])
store, asked = pickle.loads(runs.read_bytes())
epoch = Trainer(data, store, Budget()).step(recipe.parse(asked), "ada")
told.write_bytes(pickle.dumps((epoch, store)))
"""


def test_another_process_goes_on_bit_for_bit(trainer: Trainer, data: Path, tmp_path: Path) -> None:
    recipe = small.recipe(data, epochs=2)
    whole = all_steps(trainer, recipe)
    broken = MemoryStore()
    Trainer(data, broken, Budget()).step(recipe.upto(1), "ada")
    runs, told = tmp_path / "runs", tmp_path / "told"
    asked = dump(recipe)
    asked = {**asked, "fits": [_lists(fit) for fit in asked["fits"]]}
    runs.write_bytes(pickle.dumps((broken, asked)))
    command = [sys.executable, "-c", IN_A_PROCESS, str(data), str(runs), str(told)]
    subprocess.run(command, check=True, capture_output=True, cwd=small.ROOT)
    epoch, after = pickle.loads(told.read_bytes())
    assert same(epoch, whole)
    assert [asked.epochs for asked in after.recipes] == [1, 2]


def _lists(fit: dict[str, Any]) -> dict[str, Any]:
    """As a fit comes out of JSON."""
    return json.loads(json.dumps(fit))


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


def linear() -> Any:
    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), dense(10)])


def dense(units: int, **how: Any) -> Any:
    return keras.layers.Dense(units, **how)


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
