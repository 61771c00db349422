"""The texts that student code has returned to a test cell, by which they are recognised later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Text = str | bytes

_MOST = 1 << 26  # characters of all; what comes after them is not kept


class Returned:
    """Texts as they were decoded, of one test cell.

    Attributes:
        answered: whether anything was returned at all.
        lost: whether there were more than are kept.
    """

    def __init__(self) -> None:
        self._heard: list[Sequence[Text]] = []
        self._kept: list[Text] = []
        self._size = 0
        self.answered = self.lost = False

    def hear(self, texts: Sequence[Text]) -> None:
        """Keep the texts of an answer, which is decoded next: ``texts`` grows meanwhile."""
        self._take()
        self._heard.append(texts)
        self.answered = True

    def clear(self) -> None:
        """Forget all of them."""
        self.__init__()  # type: ignore[misc]

    def __iter__(self) -> Iterator[Text]:
        self._take()
        return iter(tuple(self._kept))

    def __bool__(self) -> bool:
        self._take()
        return bool(self._kept)

    def _take(self) -> None:
        for texts in self._heard:
            for text in texts:
                self.lost = self.lost or self._size + len(text) > _MOST
                if text and not self.lost:
                    self._kept.append(text)
                    self._size += len(text)
        self._heard.clear()
