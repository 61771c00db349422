"""Stand-ins for classes that a test defines, and for their instances.

A class of the test's is a class here, so that ``isinstance`` and ``except`` mean what they mean in
a notebook. Its methods stay in the examiner: what is asked of an instance travels there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Do = Callable[..., Any]


class Mirror(type):
    """The class of stand-ins for classes: to call one makes an instance in the examiner."""

    _do: Do

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        """Make an instance of the test's class; one of a student's exception class is theirs."""
        if issubclass(cls, MirroredError) and "_do" not in vars(cls):
            return type.__call__(cls, *arguments, **keywords)
        return cls._do("__call__", *arguments, **keywords)

    def __getattr__(cls, name: str) -> Any:
        return _attribute(type.__getattribute__(cls, "_do"), cls.__name__, name)


class Mirrored(metaclass=Mirror):
    """A stand-in for an object of the test's: its public attributes are those of the object."""

    def __getattr__(self, name: str) -> Any:
        if (do := vars(self).get("_own_do")) is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return _attribute(do, type(self).__name__, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        else:
            self._own_do("set", name, value)


class MirroredError(Mirrored):
    """A stand-in for an exception of a class of the test's: what it lacks is asked for."""

    def __setattr__(self, name: str, value: Any) -> None:
        if any(name in vars(base) for base in type(self).__mro__) or "_own_do" not in vars(self):
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)


def mirror_class(do: Do, name: str, bases: Sequence[type], special: Sequence[str]) -> type:
    """A stand-in for a class.

    Args:
        do: does something with the class itself.
        name: its name.
        bases: those of its bases that are known here.
        special: names of the special methods that its instances have.
    """
    if any(issubclass(base, BaseException) for base in bases):
        first = () if any(issubclass(base, MirroredError) for base in bases) else (MirroredError,)
        known = (*first, *bases)
    else:
        known = tuple(base for base in bases if isinstance(base, Mirror)) or (Mirrored,)
    methods: dict[str, Any] = {each: _special(each) for each in special}
    if "__eq__" in methods:
        methods.setdefault("__hash__", None)
    return Mirror(name, known, {"__module__": "__main__", "_do": staticmethod(do)} | methods)


def mirrored(do: Do, kind: type) -> Any:
    """A stand-in for an object.

    Args:
        do: does something with the object.
        kind: the stand-in for its class.
    """
    known: type = kind if isinstance(kind, Mirror) else Mirrored
    made: Any = object.__new__(known)
    object.__setattr__(made, "_own_do", do)
    return made


def _special(name: str) -> Do:
    """A special method that is carried out in the examiner."""

    def method(self: Any, *arguments: Any, **keywords: Any) -> Any:
        if isinstance(self, BaseException) and "_own_do" not in vars(self):
            return getattr(super(MirroredError, self), name)(*arguments, **keywords)
        return self._own_do(name, *arguments, **keywords)

    method.__name__ = name
    return method


def _attribute(do: Do, of: str, name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"{of!r} object of the test has no attribute {name!r} here")
    return do("get", name)
