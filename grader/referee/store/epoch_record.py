"""The records beside an epoch's weights in the store: what was trained, and who used it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from grader.referee.spec import fields
from grader.referee.spec.fields import AnyFloat, Count
from grader.referee.spec.recipe import Observation, Recipe
from grader.referee.store import first_format

FORMAT: Literal[2] = 2


@dataclass(frozen=True)
class Record:
    """What an epoch was trained from, where and when.

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


class Use(Struct, frozen=True, forbid_unknown_fields=True):
    """Who used an epoch, and when last: one file for each user."""

    who: str
    when: datetime


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """What was observed of an epoch: ``observed-....json``."""

    observation: Observation
    logs: dict[str, AnyFloat]

    def values(self) -> dict[str, float]:
        """The logs as floats, NaN and infinities among them."""
        return {name: float(value) for name, value in self.logs.items()}


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    """``record.json``; its fields and their order are the format."""

    format: Literal[2]
    key: str
    parent: str | None
    epoch: Count
    logs: dict[str, AnyFloat]
    seconds: AnyFloat
    device: str
    environment: dict[str, str]
    when: datetime
    recipe: Recipe


def dump(record: Record) -> dict[str, Any]:
    """The record as JSON's types; ``parse`` reads it."""
    file = _File(
        format=FORMAT,
        key=record.key,
        parent=record.parent,
        epoch=record.recipe.epochs,
        logs={name: fields.as_json(value) for name, value in record.logs.items()},
        seconds=fields.as_json(record.seconds),
        device=record.device,
        environment=dict(record.environment),
        when=record.when,
        recipe=record.recipe,
    )
    return _as_json(file, record.when)


def dump_use(use: Use) -> dict[str, Any]:
    """A use as JSON's types; ``fields.read`` reads it."""
    return _as_json(use, use.when)


def dump_seen(observation: Observation, logs: Mapping[str, float]) -> dict[str, Any]:
    """What was observed, as JSON's types; ``parse_seen`` reads it."""
    as_json = {name: fields.as_json(value) for name, value in logs.items()}
    content: dict[str, Any] = msgspec.to_builtins(Seen(observation, as_json))
    return content


def parse_seen(content: Any) -> Seen:
    """Read what ``dump_seen`` gave; raises ``ValueError`` where it is none."""
    return fields.read(Seen, content)


def parse(content: Any) -> Record:
    """Read what ``dump`` gave, now or when the format was 1.

    Raises:
        ValueError: it is no record, or another format's.
    """
    if isinstance(content, dict) and content.get("format") == 1:
        content = first_format.converted(content)
    file = fields.read(_File, content)
    return Record(
        key=file.key,
        parent=file.parent,
        recipe=file.recipe,
        logs={name: float(value) for name, value in file.logs.items()},
        seconds=float(file.seconds),
        device=file.device,
        environment=file.environment,
        when=file.when,
    )


def _as_json(struct: Struct, when: datetime) -> dict[str, Any]:
    """With the offset of UTC written as ``+00:00``, as Python does and stores have had it."""
    content: dict[str, Any] = msgspec.to_builtins(struct)
    return content | {"when": when.isoformat()}
