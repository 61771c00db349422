"""Values that travel between kernel and examiner, and encodings that no encoder writes."""

from __future__ import annotations

import array
import collections
import datetime
import pathlib
import types
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.sandbox.guest.data import known_types
from tests.fuzzing import texts

_ints = st.integers() | st.sampled_from([2**53, -(2**53), 2**63, 2**4000 - 1, -(2**4000) + 1])
_texts = texts.any_text | st.sampled_from(["a" * 10_001, "\ud800" * 10_001, "é" * 20_000])
_zones = (
    st.none()
    | st.timezones()
    | st.builds(
        datetime.timezone, st.timedeltas(datetime.timedelta(-1, 1), datetime.timedelta(0, 86399))
    )
)
_arrays = hnp.arrays(
    hnp.scalar_dtypes() | hnp.byte_string_dtypes() | hnp.unicode_string_dtypes(),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)


def _has_titles(dtype: np.dtype[Any]) -> bool:
    """Whether a field has a second name: such an array stays where it is."""
    fields = (dtype.fields or {}).values()
    return any(len(field) > 2 or _has_titles(field[0]) for field in fields) or (
        dtype.subdtype is not None and _has_titles(dtype.subdtype[0])
    )


_records = hnp.arrays(
    hnp.array_dtypes().filter(lambda dtype: not _has_titles(dtype)),
    hnp.array_shapes(min_dims=0, max_dims=2, max_side=3),
)
_hashable = st.one_of(
    st.none(),
    st.booleans(),
    _ints,
    st.floats(),
    _texts,
    st.binary(max_size=20),
    st.complex_numbers(),
    st.dates(),
    st.times(),
    st.datetimes(timezones=_zones),
    st.timedeltas(),
    st.fractions(),
    st.uuids(),
    st.builds(pathlib.PurePosixPath, st.text("abc/.é ", max_size=8)),
    st.builds(range, *[st.integers(-1000, 1000)] * 2, st.integers(1, 9)),
    st.sampled_from([..., NotImplemented, int, ValueError, object, np.float32, np.dtype("<i2")]),
)
_leaves = st.one_of(
    _hashable,
    st.decimals(),  # one of them has no hash
    _arrays,
    _records,
    st.binary(max_size=20).map(bytearray),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1_000, max_size=1_003),
    st.lists(st.floats(), min_size=1_000, max_size=1_003).map(tuple),
    st.lists(st.integers(-5, 5), max_size=5).map(lambda found: array.array("q", found)),
    st.integers(0, 2**64 - 1).map(np.random.default_rng),
    st.integers(0, 2**32 - 1).map(np.random.RandomState),
)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    few = st.lists(inner, max_size=4)
    keyed = st.dictionaries(_hashable, inner, max_size=4)
    return st.one_of(
        few,
        few.map(tuple),
        st.sets(_hashable, max_size=4),
        st.frozensets(_hashable, max_size=4),
        keyed,
        keyed.map(collections.OrderedDict),
        st.builds(collections.deque, few, st.none() | st.integers(4, 9)),
        st.builds(collections.defaultdict, st.sampled_from([None, list, int]), keyed),
        st.dictionaries(_hashable, st.integers(), max_size=4).map(collections.Counter),
        st.dictionaries(texts.words, inner, max_size=3).map(lambda d: types.SimpleNamespace(**d)),
        st.builds(slice, inner, inner, inner),
        hnp.arrays(object, hnp.array_shapes(max_dims=2, max_side=3), elements=inner),
    )


values = st.recursive(_leaves, _containers, max_leaves=8)


def same(one: Any, other: Any) -> bool:
    """Whether two values are of one type and hold the same; NaN is the same as itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return _same_arrays(one, other)
    if isinstance(one, np.generic):
        return one.dtype == other.dtype and one.tobytes() == other.tobytes()
    if isinstance(one, float):
        return repr(one) == repr(other)
    if isinstance(one, complex):
        return same((one.real, one.imag), (other.real, other.imag))
    if isinstance(one, set | frozenset):
        return sorted(map(repr, one)) == sorted(map(repr, other))
    if isinstance(one, dict):
        return all(map(same, _pairs(one), _pairs(other))) and len(one) == len(other)
    if isinstance(one, list | tuple | collections.deque):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, types.SimpleNamespace):
        return same(vars(one), vars(other))
    if isinstance(one, slice):
        return all(map(same, _ends(one), _ends(other)))
    if isinstance(one, np.random.Generator | np.random.RandomState):
        return bytes(one.bytes(40)) == bytes(other.bytes(40))
    return repr(one) == repr(other)


def _same_arrays(one: Any, other: Any) -> bool:
    if (one.dtype, one.shape) != (other.dtype, other.shape):
        return False
    if one.dtype.hasobject:
        return all(map(same, one.flat, other.flat))
    return bool(one.tobytes() == other.tobytes())


def _pairs(mapping: Any) -> list[Any]:
    return [*mapping.keys(), *mapping.values()]


def _ends(found: slice) -> tuple[Any, ...]:
    return found.start, found.stop, found.step


_TAGS = (
    *("int", "float", "bytes", "text", "list", "tuple", "packed", "set", "frozenset", "dict"),
    *("array", "scalar", "same", "handle", "as"),
    *known_types.TYPES,
)
_sizes = st.sampled_from([0, 1, 2, 8, -1, 2**31, 2**63, 10**30, 1.0, True, None, "1"])
_places = st.lists(st.integers(-1, 3) | _sizes, max_size=3)
_dtypes = st.sampled_from(
    [
        "<f4",
        "|b1",
        "<U1",
        "<M8[ns]",
        "<m8[25s]",
        "|S0",
        "O",
        "<f99",
        "<U99999",
        ">i8",
        "<c16",
        "x",
        1,
    ]
)
_shapes = st.lists(st.integers(0, 4) | _sizes, max_size=4)


def _encoded(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.lists(inner, max_size=5)
    return st.one_of(
        parts.map(lambda found: {"list": found}),
        parts.map(lambda found: {"tuple": found}),
        st.tuples(st.sampled_from(_TAGS), inner).map(lambda pair: {pair[0]: pair[1]}),
        st.tuples(st.sampled_from([*known_types.TYPES]), parts).map(
            lambda pair: {pair[0]: {"tuple": pair[1]}}
        ),
        st.lists(st.lists(inner, min_size=2, max_size=2), max_size=3).map(lambda d: {"dict": d}),
        st.builds(
            lambda tag, places, dtype, shape: {tag: places, "dtype": dtype, "shape": shape},
            *(st.sampled_from(["array", "scalar"]), _places, _dtypes, _shapes),
        ),
        st.builds(
            lambda kind, of, parts, sizes: {
                "packed": kind,
                "of": of,
                "parts": parts,
                "sizes": sizes,
            },
            st.sampled_from(["list", "tuple", "set", 1]),
            st.sampled_from(["float", "int", "bool", "str", "x", None]),
            *(st.lists(_places, max_size=2), st.lists(_sizes, max_size=2)),
        ),
        st.builds(lambda inner, number: {"list": [inner], "as": number}, inner, _sizes),
    )


_plain = texts.plain | st.sampled_from([*known_types.TYPES]).map(lambda name: {"text": name})
hostile = st.recursive(
    st.one_of(
        _plain,
        _plain.map(lambda found: {"int": found}),
        _plain.map(lambda found: {"float": found}),
        st.builds(lambda places, size: {"bytes": places, "size": size}, _places, _sizes),
        st.builds(lambda places, size: {"text": places, "size": size}, _places, _sizes),
        st.just({"same": 0}),
    ),
    _encoded,
    max_leaves=12,
)
buffers = st.lists(
    st.binary(max_size=9)
    | st.sampled_from([b"\0" * 4, b"\xff" * 8, b"\xff\xff\x11\0", b"\0" * 2500]),
    max_size=4,
)
