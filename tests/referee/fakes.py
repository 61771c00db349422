"""Trainers that do what a test needs; each keeps the contract of ``Referee``.

A recipe's network is what a fake does: ``sleep 3``, ``die``, ``allocate 800`` ... With ``wait``
it trains until the test calls ``release``. Everything that it did is a line in ``runs/done``, and
what was trained is kept in ``runs/kept``, as by a store.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from pathlib import Path

import numpy as np

from grader.errors import DeclarationRefused, RefereeError
from grader.referee.service.trainer_process import Setup
from grader.referee.spec.contract import Epoch, Measures
from grader.referee.spec.images import Images
from grader.referee.spec.recipe import NOTHING, Fit, Observation, Recipe

IMAGES = Images("mnist", "train", 0, 100, 255.0, 0.0, (28, 28), False, "digest")
FACTS = {"backend": "made-up", "backend_version": "1.0", "keras": "0", "device": "paper"}


RELEASED = "released"


def release(runs: Path) -> None:
    """Let every training that waits go on, and those that come later not wait."""
    (runs / RELEASED).touch()


def recipe(network: str, epochs: int = 1) -> Recipe:
    """A recipe whose network says what the fake is to do."""
    fit = Fit("{}", IMAGES, 0.0, 32, True, True, (None,) * epochs)
    return Recipe(network, (fit,))


def make(setup: Setup) -> tuple[Fake, dict[str, str]]:
    """What a worker's ``factory`` is."""
    return Fake(setup.runs), FACTS


def never(setup: Setup) -> tuple[Fake, dict[str, str]]:
    """A trainer that does not come up."""
    raise ImportError("no such backend")


class Fake:
    """See the module."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._held = bytearray()

    def step(
        self, recipe: Recipe, who: str, observation: Observation = NOTHING, *, later: bool = False
    ) -> Epoch:
        """Do what the network says, and give weights that tell which recipe they are of."""
        key = recipe.key(FACTS)
        kept = self._runs / "kept" / key
        fresh = not kept.exists()
        if fresh:
            self._do(recipe, who)
            kept.parent.mkdir(exist_ok=True)
            kept.touch()
        self._note(who, recipe, "trained" if fresh else "found")
        sizes = (2_000_000, 1) if recipe.network == "large" else (2, 3)
        weights = (np.full(sizes, recipe.epochs, np.float32), np.array(7, np.int64))
        logs = {"loss": float("nan"), "accuracy": 0.5, "val_loss": float("inf")}
        return Epoch(key, logs, 0.25, "a fake", fresh, weights)

    def measure(self, recipe: Recipe, who: str) -> Measures:
        """Measures that tell how long the recipe is."""
        self._do(recipe, who)
        self._note(who, recipe, "measured")
        return Measures(0.5, recipe.epochs / 100, True, 7)

    def _note(self, who: str, recipe: Recipe, what: str) -> None:
        with (self._runs / "done").open("a") as done:
            done.write(json.dumps([who, recipe.network, recipe.epochs, what]) + "\n")

    def _do(self, recipe: Recipe, who: str) -> None:
        self._note(who, recipe, f"began {os.getpid()}")
        match recipe.network.split():
            case ["sleep", seconds, *_]:
                time.sleep(float(seconds))
            case ["wait", *_]:
                while not (self._runs / RELEASED).exists():
                    time.sleep(0.01)
            case ["allocate", megabytes, *_]:
                self._held += os.urandom(1 << 20) * int(megabytes)
                time.sleep(600)
            case ["leak", megabytes, *_]:
                self._held += os.urandom(1 << 20) * int(megabytes)
                time.sleep(1)
            case ["die", *_]:
                os.kill(os.getpid(), signal.SIGKILL)
            case ["die-once", *_]:
                self._once(recipe)
            case ["refuse", *words]:
                raise DeclarationRefused(" ".join(words))
            case ["fail", *words]:
                raise RefereeError(" ".join(words))
            case ["break", *words]:
                raise ZeroDivisionError(" ".join(words))

    def _once(self, recipe: Recipe) -> None:
        name = hashlib.sha256(recipe.network.encode()).hexdigest()
        try:
            (self._runs / name).touch(exist_ok=False)
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGSEGV)


def done(runs: Path) -> list[list[object]]:
    """What fakes did: who, network, epochs, and what of it, in order."""
    try:
        return [json.loads(line) for line in (runs / "done").read_text().splitlines()]
    except FileNotFoundError:
        return []
