"""What student code prints while it answers a question, up to a limit."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator, Sequence
from typing import Any

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


@contextlib.contextmanager
def collecting(printed: PrintedByEpoch, streams: Sequence[Any]) -> Iterator[None]:
    """Collect what is shown below a cell: what is printed, and what is written to streams.

    Loggers hold a stream that they were given before, and a logger that is made now holds one
    afterwards. So the streams stay, and write elsewhere for a while.

    Args:
        printed: receives it.
        streams: the kernel's own, those of errors among them.
    """
    with contextlib.ExitStack() as stack:
        for stream in streams:
            stream.write = printed.write
            stack.callback(delattr, stream, "write")
        stack.enter_context(contextlib.redirect_stdout(printed))
        yield


def show_tensors() -> None:
    """Let ``tf.print`` write to ``sys.stdout``, as it does where a notebook imports TensorFlow.

    It looks for IPython when it is imported, and a warm kernel has imported it before.
    """
    if "tensorflow" in sys.modules:
        from tensorflow.python.ops import logging_ops

        logging_ops.enable_interactive_logging()
