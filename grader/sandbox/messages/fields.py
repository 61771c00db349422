"""What a table of messages is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sender(StrEnum):
    """Who sends a message."""

    AGENT = "agent"
    EXAMINER = "examiner"
    FIT = "fit"
    REFEREE = "referee"


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NATURAL = "whole number"
    NUMBER = "number"
    TRUTH = "true or false"
    VALUE = "value"
    TEXTS = "list of texts"
    NUMBERS = "list of numbers"
    VALUES = "list of values"
    NAMED_VALUES = "object of values"
    NAMED_TEXTS = "object of texts"
    NAMED_NUMBERS = "object of numbers"
    PARTS = "list of parts"
    PARAMETERS = "list of name, kind and whether it may be left out"
    IMAGES = "images"
    NOTHING = "null"


@dataclass(frozen=True)
class Field:
    """One field of a message.

    Attributes:
        name: the key in the JSON object.
        kind: what it holds.
        about: what that means.
        always: the only value that it has, where there is one.
        most: how many characters or items the receiver takes; None where only the limits on a whole
            message hold.
        optional: the field may be left out.
        nullable: the field may be null.
    """

    name: str
    kind: Kind
    about: str = ""
    always: str | bool | None = None
    most: int | None = None
    optional: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Message:
    """A JSON object that one side sends.

    Attributes:
        name: for people; it is not sent.
        sender: who sends it.
        about: when, and what for.
        fields: in the order of the documentation.
    """

    name: str
    sender: Sender
    about: str
    fields: tuple[Field, ...] = ()
