"""What is written beside the weights of an epoch in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grader.referee import recipe, sealed
from grader.referee.recipe import Recipe

FORMAT = 1


@dataclass(frozen=True)
class Record:
    """What is written beside an epoch's weights.

    Attributes:
        key: the recipe's, in ``environment``.
        parent: key of the epoch before, or None for a first one.
        recipe: what was trained; its last epoch is this one.
        logs: under Keras' names.
        seconds: that the epoch took.
        device: that it was trained on, in words.
        environment: what else decided over bits.
        when: it was written.
    """

    key: str
    parent: str | None
    recipe: Recipe
    logs: Mapping[str, float]
    seconds: float
    device: str
    environment: Mapping[str, str]
    when: datetime


def dump(record: Record) -> dict[str, Any]:
    """The record as JSON's types; ``parse`` reads it."""
    return {
        "format": FORMAT,
        "key": record.key,
        "parent": record.parent,
        "epoch": record.recipe.epochs,
        "logs": {name: sealed.number(value) for name, value in record.logs.items()},
        "seconds": sealed.number(record.seconds),
        "device": record.device,
        "environment": dict(record.environment),
        "when": record.when.isoformat(),
        "recipe": recipe.dump(record.recipe),
    }


def parse(found: Any) -> Record:
    """Read what ``dump`` gave.

    Raises:
        KeyError, TypeError, ValueError, DeclarationRefused: it is no record, or another format's.
    """
    if found["format"] != FORMAT:
        raise ValueError(f"a record of format {found['format']}, expected {FORMAT}")
    return Record(
        key=found["key"],
        parent=found["parent"],
        recipe=recipe.parse(found["recipe"]),
        logs={name: float(value) for name, value in found["logs"].items()},
        seconds=float(found["seconds"]),
        device=found["device"],
        environment=found["environment"],
        when=datetime.fromisoformat(found["when"]),
    )
