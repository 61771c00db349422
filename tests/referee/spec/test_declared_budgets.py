"""A description is measured before anything of it is built: few words can ask for much."""

from __future__ import annotations

import copy
import json
from typing import Any

import keras
import pytest

from grader.errors import DeclarationRefused
from grader.referee.spec import declaration
from tests.referee.spec.networks import L, build, described, obj

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([obj("Dense", config={"units": 10**12})], "more than 64000000 weights"),
        ([obj("Dense", config={"units": 10**6})] * 2, "more than 64000000 weights"),
        ([obj("Embedding", config={"input_dim": 10**9, "output_dim": 10})], "64000000 weights"),
        ([obj("LSTM", config={"units": 10**5})], "cannot be built|64000000 weights"),
        ([obj("RepeatVector", config={"n": 10**9})], "numbers for one example: at most 64000000"),
        ([obj("Dense", config={"units": -5})], "cannot be built"),
        ([obj("Dense", config={"units": 2, "name": "../x/y"})], "cannot be built"),
        ([obj("Dense", config={"units": 2, "unknown": 3})], "cannot be built"),
        ([obj("Flatten")] * 20_000, "too many parts: at most 500 layers"),
    ],
)
def test_a_network_without_measure_is_refused_at_once(layers: list[Any], words: str) -> None:
    found = described(L.Flatten())
    found["config"]["layers"] += [
        copy.deepcopy(layer) | {"build_config": {"input_shape": [None, 64]}} for layer in layers
    ]
    with pytest.raises(DeclarationRefused, match=words):
        build(found)


def test_a_layer_alone_has_a_budget_too() -> None:
    huge = obj("Dense", config={"units": 10**9}, build_config={"input_shape": [None, 10**6]})
    with pytest.raises(DeclarationRefused, match="more than 64000000 weights"):
        declaration.layer(json.dumps(huge))
    assert type(declaration.layer(json.dumps(obj("Dense", config={"units": 2})))) is L.Dense


def test_the_budget_is_lifted_afterwards() -> None:
    original = keras.Layer.add_weight
    with pytest.raises(DeclarationRefused):
        build(described() | {"config": {"layers": [obj("Dense", config={"units": 10**12})]}})
    assert keras.Layer.add_weight is original
