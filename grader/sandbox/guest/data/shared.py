"""Values that both sides of an exchange have, and that either may change in place.

What a call gets is copied, so a list that the call sorts is another list than the caller's. Each
side therefore numbers what it sends and can change. The side that continues says first what has
changed since, and the other side changes its own values in the same way: a test's list stays the
same object, and one that is passed twice arrives as one. That lasts for as long as both sides hold
the value: a list that an object keeps stays one list for test and object.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from ..protocol import MAX_NODES, MAX_SHARED
from . import array_views
from .changeable import is_empty, mark_of, twin, unlock, update, weight_of
from .glance import glance
from .held import held, is_held_still, reached
from .sizes import size


class Shared:
    """The numbered values of one exchange.

    Args:
        first: 0 for the examiner and 1 for the agent: each side gives every second number, so that
            neither can say that a value of the other's is another one.
    """

    def __init__(self, first: int) -> None:
        self._first, self._next = first, first
        self._values: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # by identity; values in it are kept alive
        self._marks: dict[int, Any] = {}  # what values were when both sides had the same
        self._digested: dict[int, None] = {}  # numbers of marks that are digests, in their order
        self._sizes: dict[int, int] = {}
        self._unsent: list[int] = []  # numbers that the other side has not heard of
        self._handed: list[int] = []  # what the open question has handed in
        self._free: set[int] = set()  # ours that a later call of the other side may change
        self._touched: set[int] = set()  # what the other side has changed
        self._parts: dict[int, int] = {}  # of views that this side has sent: what they are part of
        self._of_ours: set[int] = set()  # the other side's views of arrays of ours
        self._told: set[int] = set()  # numbers that both sides have, by what was told last
        # What was seen when nothing had changed, and is so until a value or a mark is another one.
        self._glance: list[int] | None = None
        self._least: list[int] | None = None
        self._are_few = False  # whether that is known of all values
        self.parted: list[Any] = []  # values whose change was not let through

    def begin(self) -> None:
        """Begin with a question: nothing is handed in yet, and what was not sent is forgotten."""
        self.forget_unsent()
        self._handed.clear()

    def hand_in(self, number: int) -> None:
        """Note that the open question hands in a value, and with it its parts."""
        self._handed.append(number)

    def number_of(self, value: Any) -> int | None:
        """The number of a value, if it has one."""
        return self._numbers.get(id(value))

    def add(self, value: Any) -> int:
        """Number a value that this side sends."""
        number = self._next
        self._next += 2
        self._put(number, value)
        self._unsent.append(number)
        self.hand_in(number)
        if is_empty(value):
            self._free.add(number)
        return number

    def take(self, number: Any, value: Any) -> None:
        """Take in a value that the other side has numbered; raises ``ValueError``."""
        if type(number) is not int or number < 0 or number % 2 == self._first:
            raise ValueError(f"{number!r:.40} is no number of the other side's")
        if number in self._values:
            raise ValueError(f"two values have the number {number}")
        if array_views.is_view(value) and any(
            array_views.shares(value, each)
            for other, each in self._values.items()
            if other % 2 == self._first
        ):
            self._of_ours.add(number)
        self._put(number, value)

    def value(self, number: Any) -> Any:
        """The value of a number; raises ``ValueError``."""
        if type(number) is not int or number not in self._values:
            raise ValueError(f"no value has the number {number!r:.40}")
        return self._values[number]

    def whole_of(self, view: Any, sent: Iterable[Any]) -> Any:
        """The array as a part of which a view is sent; None where it is sent by itself.

        It is one that both sides have, one that is sent anyway, or one of the agent's that somebody
        holds. The examiner sends no other one: a test may keep there what it expects.

        Args:
            view: see ``array_views.is_view``.
            sent: what else is in the message.
        """
        number = self.number_of(view)
        if number is not None:
            return self._values.get(self._parts.get(number, -1))
        wholes = (self._values[each] for each in self._values.keys() - self._parts.keys())
        found = array_views.seen_whole(view, wholes)
        if found is None:
            found = array_views.seen_whole(view, sent)
        return array_views.owner(view) if found is None and self._first else found

    def note_part(self, number: int, whole: Any) -> None:
        """Note that the value of a number was sent as a part of another one."""
        if (other := self.number_of(whole)) is not None:
            self._parts[number] = other

    def size(self, number: int) -> int:
        """How many parts the value of a number has, each counted as often as it is part of it."""
        return size(self.value(number), self._sizes)

    def forget_unsent(self) -> None:
        """Forget what was numbered for a message that was not sent."""
        for number in self._unsent:
            self._forget(number)
        self._unsent.clear()

    def sent(self, *, ends: bool = False) -> tuple[list[int], list[int]]:
        """Forget what this side does not hold any more; call it for each message that is sent.

        Args:
            ends: the message ends a question of a test: many or large values are not kept.

        Returns:
            For the other side: the numbers in this message that are kept, and those that both sides
            had until now and that are not.
        """
        self._unsent.clear()
        if not self._holds_on(ends=ends):
            found = held(self._values, self._marks.values())
            self._forget_others(self._few(found.numbers) if ends else found.numbers)
            if len(found.numbers) == len(self._values):
                self._least, self._are_few = found.least, ends
        kept, dropped = self._values.keys() - self._told, self._told - self._values.keys()
        self._told = set(self._values)
        return sorted(kept), sorted(dropped)

    def _holds_on(self, *, ends: bool) -> bool:
        """Whether all values are held as they were, and may be held on."""
        if self._least is None or (ends and not self._are_few):
            return False
        return is_held_still(self._values, self._least)

    def _few(self, numbers: list[int]) -> list[int]:
        """Those that may be looked at with every question."""
        left, few = MAX_SHARED, []
        for number in numbers:
            if (weight := weight_of(self._values[number])) <= left:
                left -= weight
                few.append(number)
        return few

    def keep(self, kept: Any, dropped: Any) -> None:
        """Forget what the other side does not hold; raises ``ValueError``.

        Args:
            kept: numbers in its message that it still holds. One that was not taken in here is told
                to be dropped, with the next message.
            dropped: numbers that both sides had.
        """
        self._told |= _numbers(kept)
        self._told -= _numbers(dropped)
        self._forget_others(self._told)
        self._sizes.clear()

    def clear(self) -> None:
        """Forget all values; the next message says so."""
        self._forget_others(())

    def _forget_others(self, numbers: Iterable[int]) -> None:
        for number in self._values.keys() - numbers:
            self._forget(number)

    def mark(self) -> None:
        """Remember what all values are that were not looked at yet: both sides have the same."""
        for number in self._values.keys() - self._marks.keys():
            self._mark(number)

    def changed(self, encode: Callable[[Any], Any]) -> dict[str, Any]:
        """What of the marked values is no more what it was, by number, as ``encode`` writes it."""
        now = glance(self._values.values())
        found = [
            number
            for number in (self._digested if now == self._glance else self._marks)
            if not _same(self._marks[number], mark_of(self._values[number]))
        ]
        self._glance = None if found else now
        self._free.difference_update(set(found) - self._touched)
        return {str(number): encode(self._values[number]) for number in found}

    def set_apart(self, changed: Container[Any]) -> None:
        """Take copies for those values that a student's kernel says it has changed, and may not.

        What a question hands in may be changed while it is open, and what the kernel gave always. A
        later call may fill what was empty, such as a log. It may not change data on which the test
        rests: what is expected may be worked out from them after that call.

        Args:
            changed: numbers, as text, from a message of which nothing is decoded yet.
        """
        ours = {n for n in self._values if n % 2 == self._first and str(n) in changed} - self._free
        if not ours:
            return
        roots = {id(self._values[number]) for number in self._handed if number in self._values}
        for number in ours.difference(reached(self._values, roots)):
            value = self._values[number]
            self.parted.append(value)
            del self._numbers[id(value)]
            self._put(number, twin(value))
            self._free.add(number)

    def settle(self, changed: Iterable[str | int]) -> None:
        """Mark those values again that the other side knows as they are now."""
        for number in map(int, changed):
            if number in self._marks:
                self._mark(number)

    def update(self, changed: Mapping[str, Any], decode: Callable[[Any], Any]) -> None:
        """Change values as the other side has changed its own.

        Raises:
            ValueError: it says what such a value cannot become.
        """
        numbers = [_number(text) for text in changed]
        pairs = [
            (self.value(number), decode(new))
            for number, new in zip(numbers, changed.values(), strict=True)
        ]
        for number, (old, new) in zip(numbers, pairs, strict=True):
            if number in self._of_ours:  # it changes with the array of ours, if that may change
                continue
            if number % 2 != self._first:
                unlock(old)
            update(old, new)
        self._sizes.clear()
        try:
            for number in numbers:
                self.size(number)
        except ValueError:
            for old, _ in pairs:  # nobody shall print or compare it
                if hasattr(old, "clear"):
                    old.clear()
            raise
        self._touched.update(numbers)
        self.settle(numbers)

    def _put(self, number: int, value: Any) -> None:
        self._values[number] = value
        self._numbers[id(value)] = number
        self._glance = self._least = None

    def _mark(self, number: int) -> None:
        mark = self._marks[number] = mark_of(self._values[number])
        if type(mark) is bytes:
            self._digested[number] = None
        self._glance = self._least = None

    def _forget(self, number: int) -> None:
        self._numbers.pop(id(self._values.pop(number)), None)
        self._marks.pop(number, None)
        self._digested.pop(number, None)
        self._free.discard(number)
        self._parts.pop(number, None)
        self._of_ours.discard(number)
        self._glance = self._least = None


def _numbers(told: Any) -> set[int]:
    """Numbers as a message tells them."""
    if type(told) is not list or len(told) > MAX_NODES:
        raise ValueError("a list of numbers is due")
    return {number for number in told if type(number) is int}


def _number(text: str) -> int:
    """A number as ``changed`` writes it: by no other text may a value be named."""
    if str(number := int(text)) != text:
        raise ValueError(f"{text!r:.40} is no number")
    return number


def _same(old: Any, new: Any) -> bool:
    """Whether two marks are the same: items are compared by identity, never by ``__eq__``."""
    if type(old) is not tuple or type(new) is not tuple:
        return type(old) is type(new) is bytes and old == new
    return len(old) == len(new) and all(map(operator.is_, old, new))
