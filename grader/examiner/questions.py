"""Writes the questions that hand values to a student's kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.errors import CannotTravel
from grader.sandbox.guest.data.encoder import Encoder


def call(
    number: int, name: str, arguments: Sequence[Any], named: Mapping[str, Any], encoder: Encoder
) -> dict[str, Any]:
    """A call of an object.

    Args:
        number: of the object.
        name: by which the test has it; empty where it has none.
        arguments: positional ones.
        named: keyword arguments.
        encoder: takes all of them.

    Raises:
        CannotTravel: one of them cannot be handed in; the message says which.
    """
    of = f" of {name}" if name else ""
    encoder.sends = (*arguments, *named.values())
    return {
        "do": "call",
        "of": number,
        "arguments": [
            _argument(value, f"argument {place} of the call{of}", encoder)
            for place, value in enumerate(arguments, 1)
        ],
        "named": {
            key: _argument(value, f"the argument {key} of the call{of}", encoder)
            for key, value in named.items()
        },
    }


def operate(operation: str, arguments: Sequence[Any], encoder: Encoder) -> dict[str, Any]:
    """An operation with some values, an object of the student's among them."""
    encoded = [encoder.encode(argument) for argument in arguments]
    return {"do": "operate", "operation": operation, "arguments": encoded}


def _argument(value: Any, place: str, encoder: Encoder) -> Any:
    try:
        return encoder.encode(value)
    except CannotTravel as error:
        raise CannotTravel(f"{place}: {error}") from error
