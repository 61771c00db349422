"""Makes classes that stand for those of a student's, from what the kernel says of them."""

from __future__ import annotations

import builtins
import collections
import contextlib
import enum
import sys
from typing import Any

from grader.errors import CannotTravel
from grader.examiner.objects import exceptions, real_classes
from grader.examiner.objects.handles import ClassHandle, Handle, made, register
from grader.examiner.objects.kept import FACTS, Asks, ClassFacts, Kept, facts_of
from grader.examiner.objects.noted_names import note
from grader.examiner.objects.special_methods import methods
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.handles import abilities, library_functions
from grader.sandbox.guest.protocol import MAX_CLASSES, MAX_KEYS, MAX_NAME

_ENUMERATIONS = {
    each.__name__: each for each in (enum.Enum, enum.IntEnum, enum.StrEnum, enum.Flag, enum.IntFlag)
}
_MIXED = {each.__name__: each for each in (str, int, float, bytes)}


class Classes:
    """The classes of one kernel, by their numbers there.

    Args:
        asks: the kernel.
    """

    def __init__(self, asks: Asks) -> None:
        self._asks = asks
        self._known: dict[int, type] = {}
        self._pythons: dict[str, type] = {}

    def made(self, reference: dict[str, Any], decoder: Decoder) -> type:
        """The class of a reference, which is made where it is described."""
        number = reference["class"]
        if type(number) is not int:
            raise Malformed("a class has a number")
        if "name" in reference and number not in self._known:
            if len(self._known) >= MAX_CLASSES:
                raise Malformed(f"more than {MAX_CLASSES} classes")
            kind = self._known[number] = self._make(number, reference, decoder)
            _note(facts_of(kind))
        return self._known[number]

    def handle(self, reference: dict[str, Any], decoder: Decoder) -> Handle:
        """A new handle of an object."""
        kept = Kept(self._asks, reference["handle"])
        of = reference.get("of")
        kind = None if of is None else decoder.decode(of)
        if not isinstance(kind, type) or not issubclass(kind, Handle):
            kind = self._pythons_own(_name(reference.get("type")))
        handle: Handle = made(kind, kept)
        return handle

    def _pythons_own(self, name: str) -> type:
        """The class of handles whose objects are of one of Python's own classes."""
        if name not in self._pythons:
            kind = real_classes.pythons_own(name)
            able = frozenset({"call"} if kind is None else abilities.able(kind))
            facts = ClassFacts(None, name, "builtins", able=able - abilities.DESCRIPTORS)
            if len(self._pythons) > MAX_CLASSES:
                raise Malformed(f"more than {MAX_CLASSES} classes")
            self._pythons[name] = _plain(facts, [])
            _note(facts)
        return self._pythons[name]

    def _make(self, number: int, reference: dict[str, Any], decoder: Decoder) -> type:
        if (abstract := real_classes.abstract(reference)) is not None:
            return abstract
        bases = [_a_class(decoder.decode(base)) for base in _some(reference.get("bases", []))]
        form = reference.get("form")
        fields = _names(reference, "fields")
        fit_number = reference.get("number")
        facts = ClassFacts(
            kept=Kept(self._asks, number),
            name=_name(reference["name"]),
            module=str(reference.get("module"))[:MAX_NAME],
            number=fit_number if type(fit_number) is int else None,
            able=abilities.ABILITIES & set(_names(reference, "able")),
            fields=fields if form == "dataclass" else (),
            compared=fields if form == "named tuple" else _names(reference, "compared"),
            ordered=reference.get("ordered") is True,
            built_in=_built_in(bases),
            protocol=_names(reference, "protocol"),
        )
        match form:
            case "exception":
                return exceptions.class_of(ClassHandle, facts, bases)
            case "enumeration":
                return _enumeration(facts, reference, decoder.decode(reference["members"]))
            case "named tuple":
                return _named_tuple(facts, bases)
            case _:
                return _plain(facts, bases)


class _Asking:
    """Data of a class of the student's: what it lacks, methods above all, is asked for."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        facts = facts_of(type(self))
        if facts is None or facts.kept is None or name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return facts.kept.asks.operate("getattr", self, name)


class _EnumerationClass(enum.EnumType):
    """The class of enumerations that are copies of a student's."""

    def __getattr__(cls, name: str) -> Any:
        known = getattr(super(), "__getattr__", None)  # Python 3.11 finds members so
        if known is not None:
            with contextlib.suppress(AttributeError):
                return known(name)
        facts = facts_of(cls)
        if facts is None or facts.kept is None or name.startswith("_"):
            raise AttributeError(name)
        return facts.kept.operate("getattr", name)


def _plain(facts: ClassFacts, bases: list[type]) -> type:
    space = {
        FACTS: facts,
        "__slots__": (),
        "__module__": facts.module,
        "__qualname__": facts.name,
        **methods(facts.able),
    }
    stand = tuple(base for base in bases if issubclass(type(base), ClassHandle)) or (Handle,)
    kind = type.__new__(ClassHandle, facts.name, stand, space)
    register(kind, bases)
    return kind


def _enumeration(facts: ClassFacts, reference: dict[str, Any], members: Any) -> type:
    kind = _ENUMERATIONS[str(reference.get("enumeration"))]
    mixed = _MIXED.get(str(reference.get("mixed")))
    bases = (_Asking, kind) if mixed is None else (_Asking, mixed, kind)
    space: Any = _EnumerationClass.__prepare__(facts.name, bases)
    space["__module__"], space["__qualname__"] = facts.module, facts.name
    for name, value in _some(members):
        if type(name) is not str or (name.startswith("_") and name.endswith("_")):
            # A method, such as ``__eq__``, would decide here.
            raise Malformed("the name of a member is a text, and no special method's")
        space[name] = value
    made = _EnumerationClass(facts.name, bases, space)
    type.__setattr__(made, FACTS, facts)
    return made


def _named_tuple(facts: ClassFacts, bases: list[type]) -> type:
    stand: tuple[type, ...]
    stand = tuple(each for each in bases if issubclass(each, _Asking) and issubclass(each, tuple))
    if not stand:
        fields: Any = facts.compared
        stand = (_Asking, collections.namedtuple(facts.name, fields, rename=True))
    space = {
        FACTS: facts,
        "__slots__": (),
        "__module__": facts.module,
        "__qualname__": facts.name,
    }
    return type.__new__(ClassHandle, facts.name, stand, space)


def member(kind: Any, value: Any) -> Any:
    """A member of a copied enumeration, by its name or, of flags, by its value."""
    if not isinstance(kind, _EnumerationClass):
        raise Malformed("a member is of an enumeration")
    copied: Any = kind
    return copied(value) if issubclass(copied, enum.Flag) else copied[value]


def named(kind: Any, values: Any) -> Any:
    """A copied named tuple."""
    if not isinstance(kind, type) or not issubclass(kind, tuple) or not issubclass(kind, _Asking):
        raise Malformed("a named tuple is of a class of named tuples")
    facts = facts_of(kind)
    if facts is None or type(values) is not list or len(values) != len(facts.compared):
        raise Malformed("a named tuple has a value for each field")
    return tuple.__new__(kind, values)


def is_copy(value: Any) -> bool:
    """Whether a value is a member or a named tuple of a class that stands for a student's."""
    return issubclass(type(value), _Asking)


def copied(value: Any, encoder: Encoder) -> dict[str, Any]:
    """How a copied member or named tuple is written: as the student's own."""
    facts = facts_of(type(value))
    if facts is None or facts.kept is None:
        raise CannotTravel(f"{type(value).__name__} cannot be handed to a student's function")
    of = facts.kept.number
    if isinstance(value, enum.Enum):
        member = value.value if isinstance(value, enum.Flag) else value.name
        return {"member": encoder.encode(member), "of": of}
    return {"named": encoder.encode(list(value)), "of": of}


def built_in_name(value: Any) -> str | None:
    """The name of one of Python's own classes."""
    name: str = value.__name__ if isinstance(value, type) else ""
    return name if name and getattr(builtins, name, None) is value else None


def built_in(name: Any) -> Any:
    """One of Python's own classes, or a function that computes, by its name."""
    found = getattr(builtins, name, None) if type(name) is str else None
    if isinstance(found, type):
        return found
    if type(name) is str and name in library_functions.FUNCTIONS:
        return library_functions.FUNCTIONS[name]
    raise Malformed(f"{name!r:.100} is no class of Python's, and no function that computes")


def view(name: Any, items: Any) -> Any:
    """The keys, values or items of a dict."""
    if name == "values":
        return dict(enumerate(_some(items))).values()
    if type(items) is not dict or name not in ("keys", "items"):
        raise Malformed("a view of a dict is its keys, values or items")
    return items.keys() if name == "keys" else items.items()


def _note(facts: ClassFacts | None) -> None:
    """Note the name of a class, unless a library of this process has it, too."""
    if facts is None:
        return
    module = None if facts.module == "__main__" else sys.modules.get(facts.module)
    if module is None or not isinstance(vars(module).get(facts.name), type):
        note(facts.name)


def _built_in(bases: list[type]) -> type | None:
    """The first base that is Python's own, or has such a base."""
    for base in bases:
        facts = facts_of(base)
        found = base if facts is None else facts.built_in
        found = None if real_classes.is_abstract(found) else found
        if found is not None:
            return found
    return None


def _a_class(value: Any) -> type:
    if not isinstance(value, type):
        raise Malformed("a base is a class")
    return value


def _name(name: Any) -> str:
    text = str(name)[:MAX_NAME]
    is_one = text.isidentifier() or text in abilities.KINDS  # as "method-wrapper"
    return text if is_one else "object"


def _names(reference: dict[str, Any], field: str) -> tuple[str, ...]:
    names = _some(reference.get(field, []))
    if not all(type(name) is str for name in names):
        raise Malformed(f"{field} are names")
    return tuple(names)


def _some(items: Any) -> list[Any]:
    if type(items) is not list or len(items) > MAX_KEYS:
        raise Malformed("a list was announced, of no more than a class may have")
    return items
