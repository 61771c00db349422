"""Which operations of Python's a class has, by the names of its special methods.

A handle in the examiner has those of its object's class, so that ``callable``, ``iter`` or
``isinstance(..., Iterable)`` mean there what they mean in a notebook. Both sides import this.
"""

from __future__ import annotations

import types
from typing import Any

_OPERATORS = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor"
_CONVERSIONS = "int float complex index bytes round trunc fspath"
_OTHERS = (
    "call len bool hash contains iter next reversed getitem setitem delitem enter exit "
    "await aiter anext aenter aexit str repr format array"
)

ARITHMETIC = frozenset(
    f"{prefix}{name}" for name in _OPERATORS.split() for prefix in ("", "r", "i")
)
UNARY = frozenset(("neg", "pos", "abs", "invert"))
COMPARISONS = frozenset(("eq", "ne", "lt", "le", "gt", "ge"))
CONVERSIONS = frozenset(_CONVERSIONS.split())
OTHERS = frozenset(_OTHERS.split())
DESCRIPTORS = frozenset(("get", "set", "delete", "set_name"))
ABILITIES = ARITHMETIC | UNARY | COMPARISONS | CONVERSIONS | OTHERS | DESCRIPTORS
"""Names of special methods, without their underscores."""

_SPELLED = {f"__{name}__": name for name in ABILITIES}


def able(kind: type) -> list[str]:
    """The abilities of a class's instances, beyond those that every object has.

    Looked up as Python does: in the class and its bases, never in its metaclass.
    """
    found: dict[str, Any] = {}
    for base in kind.__mro__[:-1]:
        for spelled, value in vars(base).items():
            if spelled in _SPELLED:
                found.setdefault(_SPELLED[spelled], value)
    return sorted(name for name, value in found.items() if value is not None)


def _generator() -> Any:
    yield


async def _coroutine() -> None:
    pass


async def _asynchronous() -> Any:
    yield


def _kinds() -> tuple[type, ...]:
    """Classes of Python's own that no module names, or whose objects stay where they are."""
    (coroutine := _coroutine()).close()
    iterables: tuple[Any, ...] = (
        [],
        (),
        {},
        set(),
        "",
        b"",
        range(0),
        range(1 << 70),
        {}.values(),
        {}.items(),
    )
    return (
        *(types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType),
        *(type(_generator()), type(coroutine), type(_asynchronous()), type(object().__str__)),
        *(type([].__add__), type(str.join), type(object.__init__), types.CodeType),
        *(types.MappingProxyType, types.FrameType, types.TracebackType, types.CellType),
        *(types.GetSetDescriptorType, types.MemberDescriptorType, types.GenericAlias),
        *(object, map, zip, filter, enumerate, reversed, property, staticmethod, classmethod),
        *(super, memoryview, type({}.keys()), type({}.values()), type({}.items())),
        *(type(iter(each)) for each in iterables),
        *(type(reversed([])), type(iter(int, 1))),
    )


KINDS = {kind.__name__: kind for kind in _kinds()}
"""What both sides have, by name."""
