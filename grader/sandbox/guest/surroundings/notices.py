"""What student code writes to stderr, warns of and logs while it answers a question."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..protocol import MAX_NOTICES, MAX_PRINTED

# Names of the class and of those that it is derived from, text, and the class if it is a student's.
Warned = tuple[tuple[str, ...], str, type | None]
# Logger, level, text, the exception that was logged, as warnings are told, and what else it holds.
Logged = tuple[str, int, str, Warned | None, dict[str, Any]]

_TEXT = 10_000  # characters of one notice
_NAME = 200
_MOST_PARTS = 20  # arguments of a record, or attributes that `extra` gave it
_PLAIN = (str, int, float, bool, type(None))
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# A sandbox has no display; in a notebook the figure is shown.
_NO_DISPLAY = "FigureCanvasAgg is non-interactive"


class _Beginning(io.StringIO):
    """Keeps the beginning of what is written: bars of progress may write without end."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, MAX_PRINTED - self.tell())])
        return len(text)


@dataclass
class Notices:
    """What was noticed during one question."""

    stderr: _Beginning = field(default_factory=_Beginning)
    warned: list[Warned] = field(default_factory=list)
    logged: list[Logged] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """What there is to tell, by the names of the answer's fields."""
        found = {"stderr": self.stderr.getvalue(), "warned": self.warned, "logged": self.logged}
        return {name: value for name, value in found.items() if value}

    def warn(self, message: Any, category: Any, *_: Any, **__: Any) -> None:
        """Take in a warning; ``warnings.showwarning`` for a while."""
        text = _text(message)
        if len(self.warned) < MAX_NOTICES and not text.startswith(_NO_DISPLAY):
            own = category if category.__module__ == "__main__" else None
            self.warned.append((_names(category, Warning), text, own))


class _Keeper(logging.Handler):
    """Takes in log records."""

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self._notices = notices

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):  # a message whose arguments do not fit
            if len(self._notices.logged) >= MAX_NOTICES:
                return
            told = (str(record.name)[:_NAME], int(record.levelno), record.getMessage()[:_TEXT])
            self._notices.logged.append((*told, _raised(record), _parts(record)))


def _raised(record: logging.LogRecord) -> Warned | None:
    """The exception of a record, as of ``logger.exception``."""
    info = record.exc_info
    error = info[1] if isinstance(info, tuple) else None
    if not isinstance(error, BaseException):
        return None
    kind = type(error)
    own = kind if kind.__module__ == "__main__" else None
    return _names(kind, BaseException), _text(error), own


def _parts(record: logging.LogRecord) -> dict[str, Any]:
    """What a record holds of plain data: its text before arguments, these, and ``extra``."""
    found: dict[str, Any] = {"funcName": record.funcName, "lineno": record.lineno}
    own = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    found |= dict(list(own.items())[:_MOST_PARTS])
    arguments = record.args if isinstance(record.args, dict) else list(record.args or ())
    parts = arguments.values() if isinstance(arguments, dict) else arguments
    if len(arguments) <= _MOST_PARTS and all(map(_is_plain, (record.msg, *parts))):
        found |= {"msg": record.msg, "args": record.args}
    return {name: value for name, value in found.items() if name == "args" or _is_plain(value)}


def _is_plain(value: Any) -> bool:
    return type(value) in _PLAIN and len(str(value)) <= _TEXT


@contextlib.contextmanager
def noticing(levels: Mapping[str, int]) -> Iterator[Notices]:
    """Notice what the body writes to stderr, warns of and logs.

    Args:
        levels: of loggers by their names, as the test set them; ``""`` is the root.
    """
    notices = Notices()
    with (
        contextlib.redirect_stderr(notices.stderr),
        warnings.catch_warnings(),
        _keeping(_Keeper(notices), levels),
    ):
        warnings.simplefilter("always")
        warnings.showwarning = notices.warn
        yield notices


@contextlib.contextmanager
def _keeping(keeper: logging.Handler, levels: Mapping[str, int]) -> Iterator[None]:
    """Let the keeper see the records of all loggers, and set levels, for a while."""
    known = list(logging.root.manager.loggerDict.values())
    apart = [each for each in known if isinstance(each, logging.Logger) and not each.propagate]
    before = [(logger, logger.level) for logger in map(logging.getLogger, levels)]
    for logger in (logging.root, *apart):
        logger.addHandler(keeper)
    try:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        yield
    finally:
        for logger, level in before:
            logger.setLevel(level)
        for logger in (logging.root, *apart):
            logger.removeHandler(keeper)


def _names(category: Any, root: type) -> tuple[str, ...]:
    """The full names of a class and of those that it is derived from, down to a root."""
    classes = [each for each in category.__mro__ if issubclass(each, root)]
    return tuple(f"{each.__module__}.{each.__qualname__}"[:_NAME] for each in classes[:10])


def _text(message: Any) -> str:
    try:
        return str(message)[:_TEXT]
    except Exception:  # of the student's own class
        return ""
