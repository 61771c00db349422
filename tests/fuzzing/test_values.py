from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from hypothesis import given

from grader.sandbox.guest.data.counted import Malformed, Unsendable
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from tests.fuzzing import values
from tests.fuzzing.running import ends_well, tried
from tests.sandbox.guest.round_trips import refer, round_trip


@pytest.mark.lengthy
@tried(150)
@given(value=values.values)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    try:
        arrived = round_trip(value)
    except Unsendable:
        return
    assert values.same(arrived, value)


def resolved(tag: str, encoded: dict[str, Any], decoder: Decoder) -> Any:
    """A handle in place of all references, whatever is in them."""
    if tag == "handle":
        return object()
    raise Malformed(f"unknown reference {tag!r:.40}")


@tried(250)
@given(encoded=values.hostile, buffers=values.buffers)
def test_what_no_encoder_writes_is_a_value_or_malformed(encoded: Any, buffers: list[bytes]) -> None:
    decoder = Decoder(buffers, resolved)
    encoded = json.loads(json.dumps(encoded))
    with warnings.catch_warnings(), ends_well(Malformed):
        warnings.simplefilter("ignore")
        value = decoder.decode(encoded)
        Encoder(refer).encode(value)  # a test hands in again what arrived


@tried(100)
@given(changed=values.hostile, value=values.values, buffers=values.buffers)
def test_a_change_is_made_or_malformed(changed: Any, value: Any, buffers: list[bytes]) -> None:
    encoder = Encoder(refer)
    try:
        encoder.encode(value)
    except Unsendable:
        return
    with warnings.catch_warnings(), ends_well(Malformed):
        warnings.simplefilter("ignore")
        Decoder(buffers, resolved, encoder.shared).update({"1": changed})
