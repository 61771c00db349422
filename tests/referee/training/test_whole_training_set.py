"""Which part of the training set counts as the whole."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from grader import datasets
from grader.model import Budget
from grader.referee.spec import declaration
from grader.referee.spec.recipe import Recipe
from grader.referee.training.trainer import Trainer
from tests.referee import small
from tests.referee.memory_store import MemoryStore

pytestmark = pytest.mark.keras


def picked(chosen: Any) -> dict[str, Any]:
    """The fields of ``Images`` that name the rows where ``chosen`` is true; row 0 is one."""
    assert chosen[0]
    rows = base64.b64encode(np.packbits(chosen).tobytes()).decode()
    return {"count": int(chosen.sum()), "rows": rows}


def told(trainer: Trainer, data: Path, recipe: Recipe) -> Any:
    """Which training images the network at the end of a recipe tells right."""
    model = declaration.build_compiled(recipe.network, recipe.fits[0].compiled, Budget())
    model.set_weights(trainer.step(recipe, "ada").weights)
    (images, labels), _ = datasets.load(data, "mnist")
    answers = model.predict(images[..., np.newaxis] / np.float32(255), verbose=0)
    return answers.argmax(-1) == labels


def test_a_part_of_the_training_set_is_not_the_whole(trainer: Trainer, data: Path) -> None:
    images = small.images(data, count=2400)
    whole = small.recipe(data, images=images, batch_size=400)
    held_back = small.recipe(data, images=images, batch_size=400, validation_split=0.2)
    assert trainer.measure(whole, "ada").whole
    by_hand = small.recipe(data, images=small.images(data, count=1200, first=1200), batch_size=400)
    assert trainer.measure(held_back, "ada").whole
    assert trainer.measure(by_hand, "ada").whole
    for rows, split in (
        ({"count": 2400}, {"validation_split": 0.6}),
        ({"count": 1199, "first": 1}, {}),
        (picked(np.arange(2400) % 3 == 0), {}),
    ):
        some = small.images(data, **rows)
        part = small.recipe(data, images=some, batch_size=400, **split)
        assert not trainer.measure(part, "ada").whole
        both = small.then(whole, images=some, **split)
        assert not trainer.measure(both, "ada").whole


def test_half_of_the_training_set_may_be_held_back_anywhere(
    trainer: Trainer, data: Path, store: MemoryStore
) -> None:
    at_random = np.random.default_rng(5).permutation(2400) < 1300
    at_random[0] = True
    some = small.images(data, **picked(at_random))
    recipe = small.recipe(data, images=some, batch_size=100, epochs=2)
    measures = trainer.measure(recipe, "ada")
    assert measures.whole
    assert measures.left_out_accuracy == np.mean(told(trainer, data, recipe)[~at_random])
    assert trainer.measure(small.recipe(data), "ada").left_out_accuracy is None
    # A former version did not look at what was left out.
    key = trainer.step(recipe, "ada").key
    store.measured[key] = replace(measures, whole=False, left_out_accuracy=None)
    assert trainer.measure(recipe, "bob") == measures == store.measured[key]


@pytest.mark.parametrize("picked_by", ["label", "success"])
def test_a_part_without_the_hard_images_is_not_the_whole(
    trainer: Trainer, data: Path, picked_by: str
) -> None:
    if picked_by == "label":
        (_, labels), _ = datasets.load(data, "mnist")
        easy = labels < 8
        easy[[*np.flatnonzero(labels == 8)[:3], *np.flatnonzero(labels == 9)[:3]]] = True
    else:
        easy = told(
            trainer, data, small.recipe(data, images=small.images(data, count=2400), epochs=3)
        )
    easy[0] = True
    assert 1200 < easy.sum() < 2350
    part = small.recipe(data, images=small.images(data, **picked(easy)), epochs=3)
    measures = trainer.measure(part, "ada")
    assert not measures.whole
    assert (measures.left_out_accuracy or 0) < measures.test_accuracy
