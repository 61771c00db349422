"""Type hints with parameters are the same on both sides, and hold no text that could be run."""

from __future__ import annotations

import collections.abc
import typing
from typing import Any

import pytest

from grader.sandbox.guest.data.known_types import make, parts_of

HINTS = [
    list[float],
    dict[str, list[int]],
    tuple[int, ...],
    int | None,
    list[int] | str | None,
    typing.Optional[int],  # noqa: UP045
    typing.Union[int, str],  # noqa: UP007
    typing.List[int],  # noqa: UP006
    typing.Dict[str, typing.List[int]],  # noqa: UP006
    typing.Callable[[int, str], bool],
    typing.Callable[..., None],
    collections.abc.Iterable[int],
    typing.Iterable[int],
]


@pytest.mark.parametrize("hint", HINTS, ids=str)
def test_a_hint_is_made_again(hint: Any) -> None:
    known = parts_of(hint)
    assert known is not None
    again = make(*known)
    assert again == hint
    assert type(again) is type(hint)


@pytest.mark.parametrize("hint", [list["int"], typing.List["int"], list[typing.TypeVar("T")]])  # type: ignore[misc] # noqa: UP006
def test_other_hints_stay_where_they_are(hint: Any) -> None:
    assert parts_of(hint) is None


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("GenericAlias", (list, ("int",))),
        ("GenericAlias", ("list", (int,))),
        ("GenericAlias", (list, [int])),
        ("UnionType", ()),
        ("UnionType", (3, 4)),
        ("typing", ("List", ("print()",))),
        ("typing", ("cast", (int,))),
        ("typing", ("sys", (int,))),
        ("typing", ([], (int,))),
    ],
    ids=str,
)
def test_what_is_no_hint_is_refused(tag: str, parts: Any) -> None:
    with pytest.raises(ValueError, match="Error"):
        make(tag, parts)
