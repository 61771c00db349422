from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from grader.referee.spec import fields


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two numbers."""

    count: fields.Count
    share: fields.ValidationSplit = 0.0


def test_ranges_are_held() -> None:
    assert fields.read(Sample, {"count": 1, "share": 0.5}) == Sample(1, 0.5)
    for content in ({"count": 0}, {"count": 2**31}, {"count": 1, "share": math.nan}):
        with pytest.raises(ValueError, match="Expected"):
            fields.read(Sample, content)


@pytest.mark.parametrize("content", [{"count": True}, {"count": 1.0}, {"count": "1"}, {}, None])
def test_types_are_held(content: object) -> None:
    with pytest.raises(ValueError, match=r"Expected|missing"):
        fields.read(Sample, content)


def test_a_field_too_many_is_named_in_one_printable_line() -> None:
    with pytest.raises(ValueError, match="unknown field `other`"):
        fields.read(Sample, {"count": 1, "other": 1})
    with pytest.raises(ValueError, match="unknown field") as caught:
        fields.read(Sample, {"count": 1, "a\n\x1b[2J" + "x" * 1000: 1})
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 200


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.1, 5e-324, -0.0])
def test_every_float_survives_json(value: float) -> None:
    found = float(fields.as_json(np.float64(value)))
    assert np.float64(found).tobytes() == np.float64(value).tobytes()
