from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from grader.errors import DeclarationRefused
from grader.referee.spec import recipe
from tests.referee import stored

# -- keys and JSON as stores and workers have had them so far ----------------------------------


def test_a_key_is_the_same_as_ever() -> None:
    assert stored.RECIPE.key(stored.ENVIRONMENT) == stored.KEY
    assert stored.RECIPE.key({}) == stored.KEY_WITHOUT_ENVIRONMENT


def test_the_key_of_the_epoch_before_is_the_same_as_ever() -> None:
    before = stored.RECIPE.before()
    assert before is not None
    assert before.key(stored.ENVIRONMENT) == stored.KEY_OF_THE_EPOCH_BEFORE


def test_json_is_written_as_ever() -> None:
    written = json.dumps(recipe.dump(stored.RECIPE))
    assert written == json.dumps(stored.RECIPE_JSON), "names in the same order, too"


def test_json_is_read_as_ever() -> None:
    read = recipe.parse(stored.RECIPE_JSON)
    assert read == stored.RECIPE
    assert read.key(stored.ENVIRONMENT) == stored.KEY


def test_a_whole_number_where_any_number_may_stand_has_the_same_key() -> None:
    whole = json.loads(json.dumps(stored.RECIPE_JSON).replace("255.0", "255"))
    assert recipe.parse(whole).key(stored.ENVIRONMENT) == stored.KEY


# -- what is no recipe -------------------------------------------------------------------------


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """The recipe's JSON after a change."""
    copied = copy.deepcopy(stored.RECIPE_JSON)
    change(copied)
    return copied


def in_recipe(**values: Any) -> dict[str, Any]:
    return changed(lambda found: found.update(values))


def in_fit(**values: Any) -> dict[str, Any]:
    return changed(lambda found: found["fits"][0].update(values))


def text(numbers: Any) -> str:
    """Numbers as a recipe holds them."""
    return base64.b64encode(np.asarray(numbers, "<f4").tobytes()).decode()


def in_images(**values: Any) -> dict[str, Any]:
    return changed(lambda found: found["fits"][0]["images"].update(values))


@pytest.mark.parametrize(
    "found",
    [
        None,
        [],
        "recipe",
        {},
        in_recipe(network=3),
        in_recipe(fits=[]),
        in_recipe(fits={}),
        in_recipe(fits=[None]),
        in_recipe(seed=-1),
        in_recipe(seed=2**31),
        in_recipe(seed=0.0),
        in_recipe(seed=True),
        in_fit(compiled=None),
        in_fit(validation=None),
        in_fit(validation_split=0.995),
        in_fit(validation_split=-0.1),
        in_fit(validation_split=float("nan")),
        in_fit(validation_split="0.1"),
        in_fit(batch_size=0),
        in_fit(batch_size=32.0),
        in_fit(batch_size="32"),
        in_fit(shuffle=1),
        in_fit(fresh_optimizer=None),
        in_fit(learning_rates=[]),
        in_fit(learning_rates=None),
        in_fit(learning_rates=[-1.0]),
        in_fit(learning_rates=[1e7]),
        in_fit(learning_rates=[float("inf")]),
        in_fit(learning_rates=[10**400]),
        in_fit(learning_rates=[True]),
        in_images(dataset=7),
        in_images(part="all"),
        in_images(first=-1),
        in_images(count=0),
        in_images(divisor=0.0),
        in_images(divisor=1e7),
        in_images(offset=-1e7),
        in_images(shape=[28, 28, 3]),
        in_images(shape=[-28, -28]),
        in_images(shape=784),
        in_images(one_hot=0),
        in_images(digest=None),
        in_images(levels="no base64"),
        in_images(levels="AAAA"),
        in_images(levels=base64.b64encode(bytes(1024)).decode()),
        in_images(levels=base64.b64encode(np.full(256, np.nan, "<f4").tobytes()).decode()),
        in_images(rows="AAAA"),
        in_images(rows="no base64"),
        in_images(rows="A" * 20_004),
        in_images(norm="median"),
        in_images(norm="image"),
        in_images(divisor=1.0, norm="image", curve=text(np.zeros(256))),
        in_images(divisor=1.0, curve=text(np.zeros(255))),
        in_images(divisor=1.0, curve=text(np.full(256, np.nan))),
        in_images(divisor=1.0, pixels=text(np.zeros(784))),
        in_images(divisor=1.0, pixels=text(np.full(1568, 2e6))),
        changed(lambda found: found["fits"][0].pop("shuffle")),
        changed(lambda found: found["fits"][0]["images"].pop("first")),
    ],
    ids=lambda found: f"{found!s:.60}",
)
def test_what_is_no_recipe_is_refused_in_one_line(found: Any) -> None:
    with pytest.raises(DeclarationRefused) as caught:
        recipe.parse(found)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 300


def test_grey_levels_are_the_formulas_or_those_that_were_given() -> None:
    images = stored.TRAINED_ON
    formula = images.grey_levels()
    np.testing.assert_array_equal(formula, (np.arange(256) / 255).astype("float32"))
    given = np.arange(256, dtype="float32") * np.float32(1 / 255)
    named = replace(images, levels=base64.b64encode(given.astype("<f4").tobytes()).decode())
    np.testing.assert_array_equal(named.grey_levels(), given)


def test_images_are_scaled_in_each_of_the_ways() -> None:
    plain = replace(stored.TRAINED_ON, divisor=1.0)
    raw = np.random.default_rng(5).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    raw[1] = 0
    curve = replace(plain, curve=text(np.arange(256) > 127)).scaled(raw)
    np.testing.assert_array_equal(curve, raw > 127)
    both = np.stack([np.full(784, 0.5), np.arange(784)])
    pixels = replace(plain, pixels=text(both)).scaled(raw)
    np.testing.assert_array_equal(pixels[2], raw[2] * 0.5 + np.arange(784).reshape(28, 28))
    lengths = {"image": (1, 2), "rows": 2, "columns": 1}
    for norm, axes in lengths.items():
        scaled = replace(plain, norm=norm).scaled(raw)
        np.testing.assert_allclose((scaled**2).sum(axis=axes)[0], 1, rtol=1e-5)
        assert scaled.dtype == np.float32
        assert not scaled[1].any()
    standard = replace(plain, norm="standard").scaled(raw)
    np.testing.assert_allclose([standard[2].mean(), standard[2].std()], [0, 1], atol=1e-5)


def test_rows_are_picked_by_their_bits() -> None:
    bits = np.zeros(16, bool)
    bits[[0, 3, 9]] = True
    rows = base64.b64encode(np.packbits(bits).tobytes()).decode()
    images = replace(stored.TRAINED_ON, first=5, count=3, rows=rows)
    assert list(images.places()) == [5, 8, 14]
    assert images.last == 14
    later = images.from_place(1)
    assert (later.first, later.count, list(later.places())) == (8, 2, [8, 14])
