"""What student code writes to stderr, warns of and logs, as if it had happened in this process.

So ``redirect_stderr``, ``warnings.catch_warnings``, ``pytest.warns``, ``assertLogs`` and handlers
of a test see it. Nothing of it is shown otherwise. A level that a test sets is put back
at its end, and a handler that it adds is removed.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from grader.examiner.objects import exceptions
from grader.examiner.replaced import replaced
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.protocol import MAX_NOTICES, MAX_PRINTED

_FILE = "<student>"
_PLAIN = (str, int, float, bool, type(None))
_OURS = "grader"  # whose loggers no student's record reaches


class _Nowhere(io.TextIOBase):
    """Where nobody looks: a test that wants to read has a stream of its own."""

    def write(self, text: str) -> int:
        return len(text)


class Outputs:
    """Passes on what came with an answer, and the levels of loggers that the test sets."""

    def __init__(self) -> None:
        self._levels: dict[str, int] = {}

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Show nothing, and note the levels that the body sets."""
        self._levels = {}
        with (
            contextlib.redirect_stderr(_Nowhere()),
            warnings.catch_warnings(),
            self._levels_noted(),
            _handlers_removed(),
        ):
            warnings.simplefilter("default")
            warnings.simplefilter("ignore", ResourceWarning)  # as Python does by itself
            yield

    def ask(self, question: dict[str, Any], encoder: Encoder) -> None:
        """Add the levels that the test set."""
        if self._levels:
            question["levels"] = encoder.encode(self._levels)

    def answered(self, reply: dict[str, Any], decoder: Decoder) -> None:
        """Write, log and warn here what was there; a test may make an error of a warning."""
        if type(text := reply.get("stderr")) is str:
            sys.stderr.write(text[:MAX_PRINTED])
        for notice in _notices(reply.get("logged"), 5, decoder):
            _log(*notice)
        for names, text, own in _notices(reply.get("warned"), 3, decoder):
            _warn(names, text, own)

    @contextlib.contextmanager
    def _levels_noted(self) -> Iterator[None]:
        original, before = logging.Logger.setLevel, dict[logging.Logger, int]()

        def set_level(logger: logging.Logger, level: int | str) -> None:
            before.setdefault(logger, logger.level)
            original(logger, level)
            name = "" if logger is logging.root else logger.name
            self._levels[name] = logger.level
            if logger.level == before[logger]:  # a test that puts it back has set nothing
                del self._levels[name]

        with replaced(logging.Logger, "setLevel", set_level):
            try:
                yield
            finally:
                for logger, level in before.items():
                    original(logger, level)


@contextlib.contextmanager
def _handlers_removed() -> Iterator[None]:
    """Remove at the end the handlers that the body adds: the next test would run them."""
    original, added = logging.Logger.addHandler, list[tuple[logging.Logger, logging.Handler]]()

    def add_handler(self: logging.Logger, hdlr: logging.Handler) -> None:
        added.append((self, hdlr))
        original(self, hdlr)

    with replaced(logging.Logger, "addHandler", add_handler):
        try:
            yield
        finally:
            for logger, handler in added:
                logger.removeHandler(handler)


def _notices(encoded: Any, length: int, decoder: Decoder) -> list[Any]:
    """The tuples of one kind that came with an answer."""
    if encoded is None:
        return []
    found = decoder.decode(encoded)
    if (
        type(found) is not list
        or len(found) > MAX_NOTICES
        or any(type(each) is not tuple or len(each) != length for each in found)
    ):
        raise Malformed("warnings or log records that are none")
    return found


class _Record(logging.LogRecord):
    """A record of the student's: its text was made there, of a format of their choice."""

    def getMessage(self) -> str:  # noqa: N802 -- logging's
        return self._text

    def hold(self, text: str, parts: dict[Any, Any]) -> None:
        """Have a text, and what else the record held, as far as that is plain data."""
        self._text = text
        for name, value in parts.items():
            if not _may_have(self, name) or not all(type(each) in _PLAIN for each in _of(value)):
                raise Malformed("what a log record holds is plain data under names of its own")
            setattr(self, name, value)


def _may_have(record: logging.LogRecord, name: Any) -> bool:
    is_own = type(name) is str and not name.startswith("_") and not hasattr(record, name)
    return is_own or name in ("msg", "args", "funcName", "lineno")


def _of(value: Any) -> list[Any]:
    """What a part of a record holds: its arguments are a tuple or a dict."""
    if type(value) is dict:
        return [*value, *value.values()]
    return list(value) if type(value) is tuple else [value]


def _log(name: Any, level: Any, text: Any, error: Any, parts: Any) -> None:
    if type(name) is not str or type(level) is not int or type(text) is not str:
        raise Malformed("a log record is a logger, a level and a text")
    if type(parts) is not dict:
        raise Malformed("what a log record holds is a dict")
    if name.partition(".")[0] == _OURS:
        return
    info = None if error is None else _exc_info(error)
    record = _Record(name, level, _FILE, 0, text, (), info)
    record.hold(text, parts)
    _nearest(name).handle(record)


def _exc_info(told: Any) -> tuple[type[BaseException], BaseException, None]:
    """What a record has of an exception: a handler cannot ask the kernel, which still answers."""
    if type(told) is not tuple or len(told) != 3:
        raise Malformed("an exception of a log record is class names, text and class")
    names, text, own = told
    if type(names) is not tuple or not names or type(text) is not str:
        raise Malformed("an exception is a class and a text")
    return (*exceptions.told(names, text, own), None)


def _nearest(name: str) -> logging.Logger:
    """The logger of a name, or of what it is below: a student's names make no loggers here."""
    while name:
        known = logging.root.manager.loggerDict.get(name)
        if isinstance(known, logging.Logger):
            return known
        name = name.rpartition(".")[0]
    return logging.root


def _warn(names: Any, text: Any, own: Any) -> None:
    """Warn here; a class of the student's counts as such where it is one on this side, too."""
    if type(names) is not tuple or not names or type(text) is not str:
        raise Malformed("a warning is a class and a text")
    try:
        warning = _warning_of(own, text) or _category(names)(text)
        warnings.warn_explicit(warning, type(warning), _FILE, 1, registry={})
    except Warning as error:  # the test makes errors of warnings
        error.by_student = True  # type: ignore[attr-defined]  # its text is theirs
        raise


def _warning_of(kind: Any, text: str) -> Warning | None:
    """A warning of a student's class that is one here, too; to call it would ask the kernel."""
    if not isinstance(kind, type) or Warning not in type.__dict__["__mro__"].__get__(kind):
        return None
    made: Warning = Warning.__new__(kind, text)
    made.args = (text,)
    vars(made)["_message"] = text  # which is the text of an exception of the student's
    return made


def _category(names: tuple[Any, ...]) -> type[Warning]:
    """The class of those names; one that only the student has is made here by its name.

    Only classes of modules that are imported already are found: nothing is imported for it.
    """
    base: type[Warning] = UserWarning
    for place, name in enumerate(names):
        if (known := _known(name)) is not None:
            if place == 0:
                return known
            base = known
            break
    own = str(names[0]).rpartition(".")[2]
    return type(own if own.isidentifier() else "Warning", (base,), {})


def _known(name: Any) -> type[Warning] | None:
    if type(name) is not str:
        return None
    module, _, attribute = name.rpartition(".")
    place = builtins if module == "builtins" else sys.modules.get(module)
    found = None if module == "__main__" else getattr(place, "__dict__", {}).get(attribute)
    return found if isinstance(found, type) and issubclass(found, Warning) else None
