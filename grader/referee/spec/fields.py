"""Types of the fields of recipes, records and messages: their ranges, and how they are read."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

Index: TypeAlias = Annotated[int, Meta(ge=0, lt=2**31)]
Count: TypeAlias = Annotated[int, Meta(ge=1, lt=2**31)]
Scaling: TypeAlias = Annotated[float, Meta(ge=-1e6, le=1e6)]
ValidationSplit: TypeAlias = Annotated[float, Meta(ge=0.0, le=0.99)]
Base64: TypeAlias = Annotated[str, Meta(max_length=20_000)]
LearningRate: TypeAlias = Annotated[float, Meta(ge=0.0, le=1e6)]
# Logs may be NaN or infinite, as Keras' are. JSON has no numbers for these, so they are words.
AnyFloat: TypeAlias = float | Literal["nan", "inf", "-inf"]

_T = TypeVar("_T")


def read(kind: type[_T], content: Any) -> _T:
    """Turn JSON's types into ``kind``, strictly: no field too many, none of another type.

    Raises:
        ValueError: ``content`` is no ``kind``; the message, one line, names the field.
    """
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise ValueError(_line(error)) from error


def read_json(decoder: msgspec.json.Decoder[_T], text: bytes | memoryview | msgspec.Raw) -> _T:
    """As ``read``, from JSON.

    Raises:
        ValueError: it is no JSON, or not of the decoder's type; the message is one line.
    """
    try:
        return decoder.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:  # UnicodeError among them
        raise ValueError(_line(error)) from error


def as_json(value: float) -> AnyFloat:
    """A float as JSON can hold it; ``float`` reads it back."""
    value = float(value)
    if math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def _line(error: Exception) -> str:
    """The message of a decoding error, in one line of at most 200 characters."""
    text = str(error)
    return (text if text.isprintable() else ascii(text))[:200]
