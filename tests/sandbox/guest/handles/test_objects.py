from __future__ import annotations

from typing import Any

import pytest

from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.handles.abilities import able
from grader.sandbox.guest.handles.object_numbers import ObjectNumbers
from grader.sandbox.guest.handles.objects import OPERATIONS, operate
from grader.sandbox.guest.protocol import MAX_KEPT


class Manager:
    """Keeps what it is told at its end."""

    told: Any = None

    def __enter__(self) -> Manager:
        return self

    def __exit__(self, *told: Any) -> str:
        self.told = told
        return "yes"


def test_an_iterator_says_whether_there_was_more() -> None:
    def numbers() -> Any:
        yield 1
        return "end"

    iterator = numbers()
    assert operate("next", [iterator]) == (True, 1)
    assert operate("next", [iterator]) == (False, "end")


@pytest.mark.parametrize(
    ("given", "kind", "text"),
    [
        ((None, None), None, "None"),
        (("ValueError", "bad"), ValueError, "bad"),
        (("ValueError", None), ValueError, ""),
        (("UnicodeDecodeError", "bad"), Exception, "bad"),
        (("Unknown", "bad"), Exception, "bad"),
        (("print", "bad"), Exception, "bad"),
    ],
)
def test_a_context_manager_is_told_of_an_error_by_name(given: Any, kind: Any, text: str) -> None:
    manager = Manager()
    assert operate("enter", [manager]) is manager
    assert operate("exit", [manager, *given]) is True
    assert manager.told[0] is kind
    assert str(manager.told[1]) == text


def test_a_signature_is_told_as_data() -> None:
    def function(a: int, *, b: str = "x") -> None: ...

    assert operate("signature", [function]) == (
        [("a", 1, (), ("int",)), ("b", 3, ("x",), ("str",))],
        ("None",),
    )


def test_a_coroutine_runs_to_its_end() -> None:
    async def double(number: int) -> int:
        return 2 * number

    async def fails() -> None:
        raise KeyError("a")

    assert operate("begin", [double(4)])[1:] == (True, 8)
    with pytest.raises(KeyError):
        operate("begin", [fails()])


def test_operators_have_the_names_of_their_module() -> None:
    assert {"eq", "and_", "iadd", "getitem", "contains", "bool", "round"} <= OPERATIONS.keys()
    assert not any(name.startswith("_") for name in OPERATIONS)


def test_one_object_has_one_number() -> None:
    kept, manager = ObjectNumbers(), Manager()
    assert kept.number(manager) == kept.number(manager) == 0
    assert kept.number(manager.__exit__) == kept.number(manager.__exit__) == 1
    assert kept.number([]) != kept.number([])
    assert kept[0] is manager
    kept.clear()
    assert kept.number([]) == 0


def test_what_is_kept_is_bounded() -> None:
    kept = ObjectNumbers()
    for number in range(MAX_KEPT):
        kept.number([number])
    with pytest.raises(Malformed, match="more than"):
        kept.number([])


def test_abilities_are_the_classs_own_and_not_its_metaclasss() -> None:
    class Meta(type):
        def __len__(cls) -> int:
            return 3

    class Plain(metaclass=Meta):
        pass

    class Sized(Plain):
        __hash__ = None  # type: ignore[assignment]

        def __len__(self) -> int:
            return 3

    assert able(Plain) == []
    assert able(Sized) == ["len"]
