"""Changes of what is well-formed: most of it stays so, and reaches the readers' inner parts."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.fuzzing import texts


@dataclass(frozen=True)
class Change:
    """One change of JSON's types.

    Attributes:
        at: which part, counted from the outermost, and begun again behind the last.
        how: ``put`` a value there, ``drop`` the part, or ``take`` another part in its place.
        value: what is put, or the number of the other part.
    """

    at: int
    how: str = "put"
    value: Any = None


def changed(content: Any, changes: Sequence[Change]) -> Any:
    """The content after some changes."""
    whole = {"": copy.deepcopy(content)}
    for change in changes:
        places = [*_places(whole)]
        holder, key = places[change.at % len(places)]
        if change.how == "drop" and holder is not whole:
            del holder[key]
        elif change.how == "take":
            other, its = places[int(change.value) % len(places)]
            holder[key] = copy.deepcopy(other[its])
        elif change.how == "put":
            holder[key] = copy.deepcopy(change.value)
    return whole[""]


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    keys: Any = holder if isinstance(holder, dict) else range(len(holder))
    for key in [*keys]:
        yield holder, key
        if isinstance(holder[key], dict | list):
            yield from _places(holder[key])


_at = st.integers(0, 200)


def of(values: st.SearchStrategy[Any] = texts.anything) -> st.SearchStrategy[list[Change]]:
    """A few changes.

    Args:
        values: what is put.
    """
    return st.lists(
        st.builds(Change, _at, st.just("put"), values)
        | st.builds(Change, _at, st.just("drop"))
        | st.builds(Change, _at, st.just("take"), _at),
        max_size=4,
    )
