"""All types that travel as what they are, beside plain data: by class here, by tag on arrival."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from . import (
    arrays,
    frame_types,
    sparse_types,
    standard_types,
    stateful_types,
    torch_types,
    type_hints,
)
from .known_type import KnownType, Stays

_ALL = (
    *standard_types.TYPES,
    *stateful_types.TYPES,
    *type_hints.TYPES,
    *arrays.TYPES,
    *sparse_types.TYPES,
    *frame_types.TYPES,
    *torch_types.TYPES,
)

# What their values hold are arrays that pandas and SciPy treat as their own.
_OWN_ARRAYS = frozenset(("pandas", "scipy"))

# Classes of one tag are made in one way.
TYPES: dict[str, KnownType] = {
    known.tag or known.name: known for known in (*_ALL, arrays.SCALAR_CLASS)
}
_BY_CLASS = {known.called or known.name: known for known in _ALL}


def parts_of(value: Any) -> tuple[str, Any] | None:
    """A value's tag and its parts; None where it stays where it is.

    That is so if it is of another type or of a subclass, or holds what cannot be copied.
    """
    known = _known(type(value))
    if known is None:
        return None
    if known.name == "type" and issubclass(value, np.generic):
        known = arrays.SCALAR_CLASS
    try:
        return known.tag or known.name, known.parts(value)
    except Stays:
        return None


def _known(kind: type) -> KnownType | None:
    known = _BY_CLASS.get(getattr(kind, "__name__", ""))
    if known is None or getattr(sys.modules.get(known.module), known.name, None) is not kind:
        return None
    return known


def owns_arrays(tag: str) -> bool:
    """Whether values of a tag are made of arrays that nobody else sees, as columns of a frame."""
    return TYPES[tag].module.partition(".")[0] in _OWN_ARRAYS or tag == "masked"


def make(tag: str, parts: Any) -> Any:
    """The value of a tag of ``TYPES`` and of the parts that arrived; raises ``ValueError``."""
    try:
        return TYPES[tag].make(parts)
    except Exception as error:  # a library says in many ways that its parts do not fit
        raise ValueError(f"{type(error).__name__}: {error}") from error


def update(old: Any, new: Any) -> bool:
    """Give a frame, a series or a sparse matrix the content of another; whether it is one.

    For a value that a call changed in place: its own object stays what others hold.
    """
    known = _known(type(old))
    if known is None or type(new) is not type(old):
        return False
    if known.name in ("DataFrame", "Series"):
        old._update_inplace(new)
        old.attrs = new.attrs
        if known.name == "Series":
            old.name = new.name
        return True
    if known.module == "scipy.sparse":
        vars(old).clear()
        vars(old).update(vars(new))
        return True
    return False
