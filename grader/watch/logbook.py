"""The log of the service: a line for each event."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TextIO


class Logbook:
    """Writes lines for people, or one JSON object a line.

    Args:
        as_json: whether programs read it.
        file: where to; stdout if left out.
        now: the clock.
    """

    def __init__(
        self,
        as_json: bool = False,
        file: TextIO | None = None,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._as_json, self._file, self._now = as_json, file, now
        self._troubles: dict[str, str] = {}

    def tell(self, event: str, text: str, **facts: object) -> None:
        """Write a line.

        Args:
            event: names what happened, for programs.
            text: says it to people, in one line.
            **facts: for programs, beside the text: who and what.
        """
        now = self._now()
        if self._as_json:
            line = json.dumps({"time": now.timestamp(), "event": event, "text": text} | facts)
        else:
            line = f"{now:%Y-%m-%d %H:%M:%S} {_printable(text)}"
        print(line, file=self._file or sys.stdout, flush=True)

    def trouble(self, about: str, text: str) -> None:
        """Say that something does not work, once until it changes; empty: that it works again."""
        if self._troubles.get(about, "") == text:
            return
        self._troubles = {key: said for key, said in self._troubles.items() if key != about}
        if text:
            self._troubles[about] = text
        self.tell("trouble" if text else "well", text or f"{about} works again", about=about)


_AGAIN_SECONDS = 600.0  # after which the same line is written again


class LogbookHandler(logging.Handler):
    """Puts what the grader and nbgrader log as a warning or worse into the logbook."""

    def __init__(self, logbook: Logbook) -> None:
        super().__init__(logging.WARNING)
        self._logbook = logbook
        self._told: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging with each record."""
        if record.name == "grader.nbgrader" and record.levelno < logging.ERROR:
            return  # that a former version is replaced, for example
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text += f" ({type(record.exc_info[1]).__name__}: {record.exc_info[1]})"
        if self._is_news(text, record.created):
            self._logbook.tell("log", text.replace("\n", " "), logger=record.name)

    def _is_news(self, text: str, now: float) -> bool:
        """Whether it was not told just now: what fails is tried again each second."""
        self._told = {said: at for said, at in self._told.items() if 0 <= now - at < _AGAIN_SECONDS}
        if text in self._told:
            return False
        self._told[text] = now
        return True


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text.replace("\n", " "))
