"""The hashes of student objects in the answer that is being read, for its sets and dicts.

To put an object into a set, Python asks for its hash and compares it with others, and both are the
student's. The kernel answers nothing while its last answer is read, so it says the hash beside the
object.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from grader.examiner.objects.kept import Kept
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder


class Reading:
    """Whether an answer is being read, and what was said of the objects in it.

    Attributes:
        goes_on: an answer is being read.
        is_looked_up: the last question was for a hash: Python looks for an object in a set or dict.
    """

    def __init__(self) -> None:
        self.goes_on = self.is_looked_up = False
        self._found_by: dict[int, Any] = {}

    @contextmanager
    def answer(self) -> Iterator[None]:
        """An answer is read in the block."""
        self.goes_on = True
        try:
            yield
        finally:
            self.goes_on = False
            self._found_by.clear()

    def require_end(self) -> None:
        """Refuse a question while an answer is read: the kernel would not answer it."""
        if self.goes_on:
            raise Malformed("a question would be asked while an answer is read")

    def note(self, reference: dict[str, Any], decoder: Decoder) -> None:
        """Remember the hash of an object that is a key, or a member of a set."""
        for said in ("hash", "compared"):
            if said in reference:
                self._found_by[reference["handle"]] = decoder.decode(reference[said])

    def known(self, operation: str, kept: Any) -> Any:
        """The result of an operation, if it came with the object; else raises ``Malformed``."""
        if operation in ("hash", "attributes") and type(kept) is Kept:
            if kept.number in self._found_by:
                return self._found_by[kept.number]
            raise Malformed("an object is a key, and no hash of it was told")
        raise Malformed(f"{operation} would be asked while an answer is read")
