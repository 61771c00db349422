"""What the table of messages says of one JSON object, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.sandbox.guest.data import known_types
from grader.sandbox.messages.fields import Field, Kind, Message, Sender
from grader.sandbox.messages.references import PART, REFERENCES
from grader.sandbox.messages.trainings import IMAGES

TAGS = {
    *("int", "float", "bytes", "array", "scalar", "same", "text", "packed"),
    *("list", "tuple", "set", "frozenset", "dict"),
    *known_types.TYPES,
}


def violations(content: Any, fields: Sequence[Field], sender: Sender) -> list[str]:
    """How an object differs from its fields in the table."""
    if type(content) is not dict:
        return [f"{content!r:.60} is no object"]
    wrong = [f"unknown field {name}" for name in content.keys() - {f.name for f in fields}]
    for field in fields:
        if field.name not in content:
            wrong += [] if field.optional else [f"{field.name} is missing"]
        elif not fits(content[field.name], field, sender):
            wrong.append(f"{field.name} is {content[field.name]!r:.60}")
    return wrong


def fits(value: Any, field: Field, sender: Sender) -> bool:
    if value is None and field.nullable:
        return True
    if field.always is not None and value != field.always:
        return False
    if field.most is not None and len(value) > field.most:
        return False
    return is_kind(value, field.kind, sender)


PLAIN = {
    Kind.TEXT: (str,),
    Kind.NATURAL: (int,),
    Kind.NUMBER: (int, float),
    Kind.TRUTH: (bool,),
    Kind.NOTHING: (type(None),),
}


ITEMS = {
    Kind.TEXTS: Kind.TEXT,
    Kind.NUMBERS: Kind.NUMBER,
    Kind.VALUES: Kind.VALUE,
    Kind.NAMED_TEXTS: Kind.TEXT,
    Kind.NAMED_NUMBERS: Kind.NUMBER,
    Kind.NAMED_VALUES: Kind.VALUE,
}


def is_kind(value: Any, kind: Kind, sender: Sender) -> bool:
    if kind in PLAIN:
        return type(value) in PLAIN[kind]
    if kind in ITEMS:
        if type(value) is not (dict if "object" in kind.value else list):
            return False
        items = value.values() if type(value) is dict else value
        return all(is_kind(item, ITEMS[kind], sender) for item in items)
    if kind is Kind.VALUE:
        return is_value(value, sender)
    if kind is Kind.IMAGES:
        return not violations(value, IMAGES, sender)
    if kind is Kind.PARAMETERS:
        return [list(map(type, each)) for each in value] == [[str, str, bool]] * len(value)
    assert kind is Kind.PARTS
    return all(not violations(part, PART, sender) for part in value)


def is_value(value: Any, sender: Sender) -> bool:
    if value is None or type(value) in (bool, str):
        return True
    tag = next(iter(value))
    if tag == "dict":
        return all(is_value(each, sender) for pair in value[tag] for each in pair)
    if tag in ("list", "tuple", "set", "frozenset"):
        return all(is_value(each, sender) for each in value[tag])
    if tag in TAGS or tag in known_types.TYPES:
        return True
    references = [m for m in REFERENCES if (m.name, m.sender) == (tag, sender)]
    return any(not violations(value, each.fields, sender) for each in references)


def recognise(content: Any, messages: Sequence[Message], *senders: Sender) -> str:
    """The name of the message that an object is; an assertion fails where it is none."""
    wrong = {}
    for message in messages:
        if message.sender in senders:
            wrong[message.name] = violations(content, message.fields, message.sender)
            if not wrong[message.name]:
                return message.name
    raise AssertionError(f"{content!r:.300} is no message of the table: {wrong}")
