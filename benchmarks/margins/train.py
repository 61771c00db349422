"""One training by the referee's own trainer and store, as grading carries it out."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.margins.networks import Network
from benchmarks.margins.results import Result
from grader import datasets
from grader.accuracy import named_accuracy
from grader.model import Budget
from grader.referee.spec.images import Images, digest
from grader.referee.spec.recipe import Fit, Recipe

if TYPE_CHECKING:
    from grader.referee.spec.contract import Epoch
    from grader.referee.store.epoch_store import Store
    from grader.referee.training.trainer import Trainer

TARGET = 0.998  # of mnist_998, where a training ends itself
EPOCHS = {"mnist": 19, "fashion_mnist": 5}  # the most that the exercises leave, and the number
_WHO = "benchmarks.margins"


class Session:
    """Trains in this process; what was begun and not finished goes on from the store.

    Args:
        data: the data folder.
        store: of epochs; those of a finished training are removed.
        ended: told before each epoch, so that a session can stop in time.
    """

    def __init__(self, data: Path, store: Store, ended: Callable[[], bool]) -> None:
        from grader.referee.training.trainer import Trainer

        self._data, self._store, self._ended = data, store, ended
        self._trainer: Trainer = Trainer(data, store, Budget())

    def train(self, network: Network, seed: int) -> Result | None:
        """The finished training; None where time was up before."""
        recipe = recipe_of(network, seed, self._data)
        epochs: list[Epoch] = []
        for epoch in self._epochs(recipe):
            if epoch is None:
                return None
            epochs.append(epoch)
        ran = recipe.upto(len(epochs))
        measures = self._trainer.measure(ran, _WHO)
        for epoch in epochs:
            self._store.remove(epoch.key)
        return Result(
            dataset=network.dataset,
            network=network.name,
            backend=self._trainer.environment["backend"],
            seed=seed,
            curve=tuple(round(_accuracy(epoch), 6) for epoch in epochs),
            test_accuracy=round(measures.test_accuracy, 4),
            seconds=round(sum(epoch.seconds for epoch in epochs), 1),
            device=epochs[-1].device,
            environment=dict(sorted(self._trainer.environment.items())),
            grader=version("grader"),
            commit=_commit(),
        )

    def _epochs(self, recipe: Recipe) -> Iterator[Epoch | None]:
        """Each epoch until the target is reached; None and the end where time is up."""
        for count in range(1, recipe.epochs + 1):
            if self._ended():
                yield None
                return
            epoch = self._trainer.step(recipe.upto(count), _WHO)
            yield epoch
            if _accuracy(epoch) > TARGET:
                return


def recipe_of(network: Network, seed: int, data: Path) -> Recipe:
    """The recipe of a student's call of ``fit`` on all training images."""
    from grader.referee.spec import declaration

    model = network.model()
    spelt = declaration.network(model.to_json())
    arrays = datasets.load(data, network.dataset)
    images = Images(
        dataset=network.dataset,
        part="train",
        first=0,
        count=len(arrays[0][1]),
        divisor=255.0,
        offset=0.0,
        shape=(28, 28, 1),
        one_hot=False,
        digest=digest(arrays),
    )
    fit = Fit(
        compiled=declaration.compiled(compile_config(model), spelt),
        images=images,
        validation_split=0.0,
        batch_size=network.batch,
        shuffle=True,
        fresh_optimizer=True,
        learning_rates=(None,) * EPOCHS[network.dataset],
    )
    return Recipe(spelt, (fit,), seed)


def compile_config(model: Any) -> str:
    """The configuration that a student's kernel sends: on torch, optimizers have other classes."""
    config: dict[str, Any] = model.get_compile_config()
    config["optimizer"]["module"] = "keras.optimizers"
    return json.dumps(config)


def until(minutes: float) -> Callable[[], bool]:
    """Tell whether so many minutes have passed."""
    end = time.monotonic() + 60 * minutes
    return lambda: time.monotonic() >= end


def _accuracy(epoch: Epoch) -> float:
    return named_accuracy(epoch.logs) or 0.0


def _commit() -> str:
    """The short hash of the commit that is checked out; empty where there is none."""
    here = Path(__file__).parent
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()
