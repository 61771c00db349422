"""Handles: what stands in the examiner for an object, or a class, that stays in a student's kernel.

Each use of one is a question to the kernel; the answer is data or another handle. What decides a
verdict is not asked: a handle is never equal to plain data, and no method of a student's says
whether something is equal, less or true; see ``grader.examiner.objects.special_methods``.

A class of the student's is a class here, too, made by ``grader.examiner.objects.classes``:
``isinstance`` and ``except`` work by Python's own rules. All attributes of a handle are the
student's.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, Final, Generic, Protocol
from weakref import WeakKeyDictionary

from grader.errors import CannotTravel, ClaimFailed
from grader.examiner.objects import derived, real_classes, signatures
from grader.examiner.objects.coroutines import Driven
from grader.examiner.objects.kept import ClassFacts, Kept, facts_of
from grader.language import N_
from grader.sandbox.guest.handles.abilities import ABILITIES, COMPARISONS

ALWAYS = ("eq", "ne", "hash", "repr", "str", "format", "dir", "copy", "deepcopy")
_OURS = frozenset(f"__{name}__" for name in (*ABILITIES, *ALWAYS, "array_ufunc"))
# What a method of a test's class may ask of the class that it derives from, by `super()`.
_OF_SUPER = frozenset(f"__{name}__" for name in ABILITIES - COMPARISONS - {*ALWAYS, "bool"})
# Libraries walk through all classes that derive from another, those of a kernel that is gone, too.
_OF_CLASSES = frozenset(("__name__", "__qualname__", "__module__", "__class__", "__subclasses__"))
# They would hand over memory by its address, let the kernel decide what a library computes, or
# pickle; and a function's globals are all that the notebook ever defined.
_CLOSED = (
    *("__array_", "__cuda_", "__dlpack", "__torch_", "__tf_", "__arrow_", "__reduce"),
    *("__getstate__", "__setstate__", "__buffer__", "__globals__", "__builtins__"),
    "_asyncio_",  # a task of the student's is awaited, and is no future of the test's loop
)
# By these a mock of a test judges how it was called; what is put in its place would judge itself.
_OF_MOCKS = (
    *("assert_called", "assert_not_called", "assert_any_call", "assert_has_calls"),
    *("assert_awaited", "assert_not_awaited", "assert_any_await", "assert_has_awaits"),
)
_JUDGES_ITSELF = N_(
    "The test asks an object of your code for {name}, and that object would decide by itself. "
    "Expected: your code calls what the test hands in, and puts nothing in its place."
)
_DRIVES = frozenset(("send", "throw", "close"))  # what an event loop asks of a coroutine


# Whether an abstract class looks at a class that is being made: the kernel cannot be asked then.
_REGISTERS: ContextVar[bool] = ContextVar("registers", default=False)


class ClassHandle(type):
    """The metaclass of classes that represent a student's."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **named: Any
    ) -> Any:
        """Make a class of the test's in the kernel, where it derives from a student's."""
        if (base := derived.kept_base(bases)) is not None:
            return derived.derived(base, name, bases, namespace, named)
        return super().__new__(cls, name, bases, namespace)

    def __init__(cls, *_: Any, **__: Any) -> None:
        """Do nothing: the kernel has taken the keywords."""

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        """Call the class in the student's kernel."""
        return _kept_class(cls).call(*arguments, **named)

    def __getattribute__(cls, name: str) -> Any:
        facts = facts_of(cls)
        if facts is None or facts.kept is None or name in _OF_CLASSES or name in _OURS:
            return type.__getattribute__(cls, name)
        if _REGISTERS.get():
            return type.__getattribute__(cls, name)
        return _asked(facts.kept, name, facts)

    def __instancecheck__(cls, instance: Any) -> bool:
        """By its class; a protocol of the student's knows instances by their attributes."""
        if type.__instancecheck__(cls, instance):
            return True
        facts = facts_of(cls)
        if facts is not None and facts.built_in is type and not is_handle(instance):
            kept = kept_of(instance)
            return kept is not None and issubclass(kept.operate("getattr", "__class__"), cls)
        wanted = () if facts is None else facts.protocol
        return bool(wanted) and all(hasattr(instance, name) for name in wanted)

    def __setattr__(cls, name: str, value: Any) -> None:
        if name == "__dataclass_params__":
            raise CannotTravel(
                f"{cls.__name__} derives from a class of the student's, which stays in their "
                "kernel: a test cannot make a dataclass of it; write its __init__ into it"
            )
        _kept_class(cls).operate("setattr", name, value)

    def __delattr__(cls, name: str) -> None:
        _kept_class(cls).operate("delattr", name)

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__name__}'>"

    def __bool__(cls) -> bool:
        return True

    def __len__(cls) -> int:
        length: int = _kept_class(cls).operate("len")
        return length

    def __iter__(cls) -> Any:
        return _kept_class(cls).operate("iter")

    def __contains__(cls, item: Any) -> bool:
        found: bool = _kept_class(cls).operate("contains", item)
        return found

    def __getitem__(cls, key: Any) -> Any:
        return _kept_class(cls).operate("getitem", key)


class Handle(metaclass=ClassHandle):
    """An object that stays in the student's kernel; each use of it is a question to the kernel."""

    __slots__ = ("__weakref__", "_kept")
    __array_ufunc__ = None  # numpy leaves operators to the handle

    def __getattribute__(self, name: str) -> Any:
        kind = type(self)
        if name == "__class__":
            return real_classes.shown(kind)
        is_supers = name in _OF_SUPER and real_classes.shown(kind) is super
        if name in _OURS and not is_supers:
            return object.__getattribute__(self, name)
        kept = _KEPT.__get__(self)
        facts = facts_of(kind)
        if name in _DRIVES and real_classes.shown(kind) is types.CoroutineType:
            return getattr(_driven(self, kept), name)
        return _asked(kept, name, facts)

    def __setattr__(self, name: str, value: Any) -> None:
        _KEPT.__get__(self).operate("setattr", name, value)

    def __delattr__(self, name: str) -> None:
        _KEPT.__get__(self).operate("delattr", name)


_KEPT: Final[Any] = type.__getattribute__(Handle, "__dict__")["_kept"]


_DRIVEN: WeakKeyDictionary[Any, Driven] = WeakKeyDictionary()  # those that are under way


def _driven(handle: Any, kept: Kept) -> Driven:
    if (driven := _DRIVEN.get(handle)) is None:
        driven = _DRIVEN[handle] = Driven(kept)
    return driven


def register(kind: type, bases: Iterable[type]) -> None:
    """Register a class that represents a student's with those bases that are abstract."""
    token = _REGISTERS.set(True)
    try:
        for base in bases:
            if real_classes.is_abstract(base) and base is not Protocol and base is not Generic:
                base.register(kind)  # type: ignore[attr-defined]
    finally:
        _REGISTERS.reset(token)


def made(kind: Any, kept: Kept) -> Any:
    """A handle of a class that represents a student's."""
    handle = object.__new__(kind)
    _KEPT.__set__(handle, kept)
    return handle


def kept_of(value: Any) -> Kept | None:
    """What the examiner knows of a handle's object or class in the kernel; None of anything else.

    Asks nothing of the value: its class alone counts.
    """
    kind = type(value)
    if issubclass(kind, Handle):
        kept: Kept = _KEPT.__get__(value)
        return kept
    facts = facts_of(value) if issubclass(kind, type) else None
    return None if facts is None else facts.kept


def is_handle(value: Any) -> bool:
    """Whether a value is a handle of an object, by its class alone."""
    return issubclass(type(value), Handle)


def identity(value: Any) -> int:
    """``id`` of a test cell: an object of the student's has the one that it has in their kernel."""
    kept = kept_of(value)
    return id(value) if kept is None else int(kept.operate("id"))


def _kept_class(cls: type) -> Kept:
    facts = facts_of(cls)
    if facts is None or facts.kept is None:
        raise TypeError(f"{cls.__name__} is no class of the student's")
    return facts.kept


def _asked(kept: Kept, name: str, facts: ClassFacts | None) -> Any:
    """An attribute, asked of the kernel unless what reads it could be misled."""
    if name.startswith(_CLOSED):
        raise AttributeError(f"{name} does not leave the student's kernel")
    if name.startswith(_OF_MOCKS):
        raise ClaimFailed(_JUDGES_ITSELF, name=name)
    if name == "__signature__":
        return signatures.signature(kept.operate("signature"))
    if name == "__dataclass_fields__" and facts is not None and facts.fields:
        return _fields(kept, facts)
    return kept.operate("getattr", name)


def _fields(kept: Kept, facts: ClassFacts) -> Any:
    """The fields of a dataclass as the module ``dataclasses`` wants to see them."""
    one: Any = dataclasses.make_dataclass(
        facts.name,
        [
            (name, object, dataclasses.field(compare=name in facts.compared))
            for name in facts.fields
        ],
    )
    fields = one.__dataclass_fields__
    for name, kind, default in kept.operate("fields"):
        if name in fields and type(default) is tuple:
            fields[name].type = kind
            fields[name].default = default[0] if default else dataclasses.MISSING
    return fields
