"""What student code prints while it answers a question, up to a limit."""

from __future__ import annotations

import io

from .protocol import MAX_PRINTED


class OutputLimit(Exception):  # noqa: N818 -- named for what was passed
    """One call printed more than may be sent."""


class Printed(io.StringIO):
    """Collects what one call prints."""

    def write(self, text: str) -> int:
        """Append ``text``; raises ``OutputLimit``."""
        if self.tell() + len(text) > MAX_PRINTED:
            raise OutputLimit(f"more than {MAX_PRINTED} characters printed in one call")
        return super().write(text)


class PrintedByEpoch:
    """Collects what is printed, one text for each epoch."""

    def __init__(self) -> None:
        self.texts = [""]

    def begin_epoch(self, epoch: int) -> None:
        """Begin the text of ``epoch``, counted from 0."""
        if epoch:
            self.texts.append("")

    def write(self, text: str) -> int:
        """Append to the epoch's text; raises ``OutputLimit``."""
        if sum(map(len, self.texts)) + len(text) > MAX_PRINTED:
            raise OutputLimit(f"more than {MAX_PRINTED} characters printed")
        self.texts[-1] += text
        return len(text)

    def flush(self) -> None:
        """Do nothing: nothing is buffered."""
