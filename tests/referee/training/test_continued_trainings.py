"""A training goes on from a checkpoint or in another fit, bit for bit as in one go."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import pytest

from grader.model import Budget
from grader.referee.spec import declaration
from grader.referee.spec.recipe import dump
from grader.referee.training.trainer import Trainer
from tests.referee import small
from tests.referee.memory_store import MemoryStore
from tests.referee.training.trainings import HOW, all_steps, same, same_weights

pytestmark = [pytest.mark.keras, pytest.mark.training]


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
