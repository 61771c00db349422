"""What is no description of a network is refused in words, wherever in it the junk stands."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import keras
import pytest

from grader.errors import DeclarationRefused
from grader.referee.spec import compilation, declaration
from tests.referee.spec.networks import L, build, described, obj

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("text", ["", "[", "[]", "3", "null", "{}", "[" * 100_000, "\ud800"])
def test_what_is_no_description_is_refused(text: str) -> None:
    for read in (declaration.build, declaration.layer, declaration.network):
        with pytest.raises(DeclarationRefused):
            read(text)


def test_a_description_that_is_too_long_or_too_deep_is_refused() -> None:
    with pytest.raises(DeclarationRefused, match="longer than 4000000 characters"):
        declaration.build(" " * 4_000_001)
    found = described(L.Flatten())
    deep: Any = None
    for _ in range(200):
        deep = {"a": [deep]}
    found["config"]["x"] = deep
    with pytest.raises(DeclarationRefused, match="nested too deep"):
        build(found)


def test_the_second_of_two_equal_keys_is_the_one_that_is_walked_and_built() -> None:
    text = json.dumps(described(L.Flatten()))
    doubled = text.replace(
        '"class_name": "Flatten"', '"class_name": "Flatten", "class_name": "Lambda"'
    )
    with pytest.raises(DeclarationRefused, match="Lambda"):
        declaration.build(doubled)
    harmless = text.replace(
        '"class_name": "Flatten"', '"class_name": "Lambda", "class_name": "Flatten"'
    )
    assert [type(one) for one in declaration.build(harmless).layers] == [L.Flatten]


JUNK: list[Any] = [None, 3, -1, 10**30, "x", "", [], [1], {}, {"a": 1}, True, obj("Flatten")]


def places(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a description."""
    yield path
    if isinstance(found, dict | list):
        pairs = found.items() if isinstance(found, dict) else enumerate(found)
        for key, value in pairs:
            yield from places(value, (*path, key))


def replaced(found: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    made = copy.copy(found)
    made[path[0]] = replaced(found[path[0]], path[1:], junk)
    return made


def strange(found: Any) -> Iterator[Any]:
    """The description with junk in each place, one after the other."""
    for path in places(found):
        for junk in JUNK:
            yield replaced(found, path, junk)


def test_junk_in_any_place_is_refused_or_spelt_but_never_an_error() -> None:
    entry = keras.Input((4,))
    inner = keras.Sequential([keras.Input((4,)), L.Dropout(0.5, seed=1)])
    described = json.loads(keras.Model([entry], inner(entry)).to_json())
    refused = 0
    for found in strange(described):
        try:
            text = declaration.network(json.dumps(found))
        except DeclarationRefused:
            refused += 1
        else:
            assert declaration.network(text) == text
    assert refused > 500


def test_junk_in_any_place_of_a_compilation_is_refused_or_spelt() -> None:
    model = keras.Sequential([keras.Input((4,)), L.Dense(10)])
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([5], [0.1, 0.01])
    loss = keras.losses.SparseCategoricalCrossentropy()
    metric = keras.metrics.SparseCategoricalAccuracy(name="acc")
    model.compile(keras.optimizers.SGD(schedule), loss, [1.0], metrics=["accuracy", metric])
    refused = 0
    for found in strange(model.get_compile_config()):
        try:
            spelt = compilation.canonical(found if isinstance(found, dict) else {})
        except DeclarationRefused:
            refused += 1
        else:
            assert compilation.canonical(spelt) == spelt
    assert refused > 200
