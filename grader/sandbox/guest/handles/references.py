"""How what is no plain data is sent: by a number under which it is kept, with its class."""

from __future__ import annotations

import builtins
import contextlib
import dataclasses
import enum
from collections import OrderedDict
from typing import Any

from ..callbacks.handed import number_of_error
from ..data.counted import Malformed
from ..data.decoder import Decoder
from ..data.encoder import Encoder
from ..protocol import MAX_MESSAGE, MAX_NAME
from . import library_functions
from .abilities import KINDS
from .classes import Classes, is_enumeration, is_named_tuple
from .object_numbers import ObjectNumbers

TAGS = frozenset(("handle", "builtin", "member", "named"))
"""Of the examiner's references that are read here."""

_MOST_NOTES = 20
_MOST_CAUSES = 5  # of an exception that was raised from another, and so on
_DICTS: tuple[dict[Any, Any], ...] = ({}, OrderedDict())
_VIEWS = {
    type(getattr(each, name)()): name for each in _DICTS for name in ("keys", "values", "items")
}


def _found_by(value: Any, kind: Any, encoder: Encoder) -> dict[str, Any]:
    """By what a set or dict finds an object: its reader cannot ask for that while it reads."""
    if kind.__hash__ is object.__hash__:
        return {}
    with contextlib.suppress(Exception):  # a student's methods
        if not dataclasses.is_dataclass(kind):
            return {"hash": encoder.encode(hash(value))}
        compared = (each.name for each in dataclasses.fields(kind) if each.compare)
        return {"compared": encoder.encode(tuple(getattr(value, name) for name in compared))}
    return {}


class References:
    """Writes references to a kernel's objects, and reads those of the examiner.

    Args:
        kept: the objects.
        classes: describes their classes.
    """

    def __init__(self, kept: ObjectNumbers, classes: Classes) -> None:
        self._kept, self._classes = kept, classes

    def refer(self, value: Any, encoder: Encoder) -> dict[str, Any]:
        """How a value is sent that is no plain data."""
        kind = type(value)
        if isinstance(value, type):
            return self._classes.reference(value, encoder)
        if name := library_functions.name_of(value):
            return {"builtin": name}
        if kind in _VIEWS:
            return self._view(value, encoder)
        if isinstance(value, BaseException):
            return self.exception(value, encoder)
        if isinstance(value, enum.Enum) and is_enumeration(kind):
            # A flag may be several members at once, which have no name.
            member = value.value if isinstance(value, enum.Flag) else value.name
            of = self._classes.reference(kind, encoder)
            return {"member": encoder.encode(member), "of": of}
        if isinstance(value, tuple) and is_named_tuple(kind):
            values = encoder.encode(list(value))
            return {"named": values, "of": self._classes.reference(kind, encoder)}
        name = str(kind.__name__)[:MAX_NAME]
        handle: dict[str, Any] = {"handle": self._kept.number(value), "type": name}
        if KINDS.get(name) is not kind:
            handle["of"] = self._classes.reference(kind, encoder)
        return handle | (_found_by(value, kind, encoder) if encoder.is_in_key else {})

    def exception(
        self, error: BaseException, encoder: Encoder, causes: int = 0, *, whole: bool = True
    ) -> dict[str, Any]:
        """How an exception is sent; its frames are released, with what they hold.

        Args:
            error: the exception.
            encoder: takes its parts.
            causes: how many exceptions were raised from this one, one after the other.
            whole: its arguments are sent.
        """
        for each in (error, error.__context__):
            if each is not None:
                each.__traceback__ = None
        if (number := number_of_error(error)) is not None:
            return {"own": number} | self._raised_from(error, encoder, causes, whole=whole)
        own = {
            "exception": self._kept.number(error),
            "of": self._classes.reference(type(error), encoder),
            "arguments": encoder.encode(list(error.args) if whole else []),
            "message": message(error),
            "bare": not vars(error).keys() - {"__notes__"},
        }
        # In the order in which it is read: a class is described where it stands first.
        return own | self._raised_from(error, encoder, causes, whole=whole)

    def _raised_from(
        self, error: BaseException, encoder: Encoder, causes: int, *, whole: bool
    ) -> dict[str, Any]:
        """What an exception was raised from, and what was added to it."""
        cause = error.__cause__ if causes < _MOST_CAUSES else None
        context = error.__context__ if causes < _MOST_CAUSES else None
        return {
            "cause": cause and self.exception(cause, encoder, causes + 1, whole=whole),
            "context": None
            if context is None or context is cause
            else self._context(context, encoder, causes + 1, whole=whole),
            "suppress": error.__suppress_context__,
            "notes": _notes(error),
        }

    def _context(self, error: BaseException, encoder: Encoder, causes: int, *, whole: bool) -> Any:
        """The exception that was being handled, where it can be sent: it may be the test's."""
        with contextlib.suppress(Exception):
            return self.exception(error, encoder, causes, whole=whole)
        return None

    def resolve(self, tag: str, reference: dict[str, Any], decoder: Decoder) -> Any:
        """What the examiner refers to."""
        if tag == "handle":
            return self._kept[reference["handle"]]
        if tag == "builtin":
            return getattr(builtins, reference["builtin"])
        if tag == "member":
            kind, member = self._kept[reference["of"]], decoder.decode(reference["member"])
            return kind(member) if issubclass(kind, enum.Flag) else kind[member]
        if tag == "named":
            kind = self._kept[reference["of"]]
            return tuple.__new__(kind, decoder.decode(reference["named"]))
        raise Malformed(f"unknown reference {tag}")

    def _view(self, view: Any, encoder: Encoder) -> dict[str, Any]:
        """The keys, values or items of a dict: keys travel as keys do, and are counted so."""
        name = _VIEWS[type(view)]
        items: Any = list(view)
        if name != "values":
            items = dict.fromkeys(items) if name == "keys" else dict(items)
        return {"view": name, "items": encoder.encode(items)}


def _notes(error: BaseException) -> list[str]:
    notes = vars(error).get("__notes__", ())
    texts = notes if isinstance(notes, list) else []
    return [text[:MAX_MESSAGE] for text in texts[:_MOST_NOTES] if type(text) is str]


def message(error: BaseException) -> str:
    """An exception's text; empty where it has none that can be had."""
    try:
        return str(error)[:MAX_MESSAGE]
    except Exception:
        return ""
