"""Numbers for classes of callbacks: two classes may have one name."""

from __future__ import annotations


class ClassNumbers:
    """Gives each class a number, by identity: a metaclass may define ``__eq__``."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, type]] = {}  # by id; the class is held, so its id stays

    def number(self, kind: type) -> int:
        """The number of a class: the same one each time."""
        return self._known.setdefault(id(kind), (len(self._known), kind))[0]
