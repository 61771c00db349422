"""Reads ``c.Course.watch`` of course_config.py into ``WatchRules``."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from grader.errors import ConfigurationError
from grader.model import Source, Told, WatchRules

_FIELDS = tuple(field.name for field in dataclasses.fields(WatchRules))


def read(configured: Mapping[str, Any], assignments: Sequence[str]) -> WatchRules:
    """The rules of a course.

    Args:
        configured: what ``c.Course.watch`` holds.
        assignments: of the course.

    Raises:
        ConfigurationError: an unknown field, or a value that a field cannot have.
    """
    if unknown := sorted(configured.keys() - set(_FIELDS)):
        raise ConfigurationError(
            f"c.Course.watch names {', '.join(unknown)}: expected some of {', '.join(_FIELDS)}"
        )
    readers: dict[str, Callable[[str, Any], Any]] = {
        "assignments": lambda name, value: _assignments(name, value, assignments),
        "source": lambda name, value: _one_of(Source, name, value),
        "answers_per_hour": _positive,
        "pause_seconds": _seconds,
        "hidden_claims": lambda name, value: _one_of(Told, name, value),
        "grades": _yes_or_no,
        "health": _address,
    }
    rules = WatchRules(**{name: readers[name](name, value) for name, value in configured.items()})
    if not rules.grades and rules.hidden_claims is not Told.NOTHING:
        raise ConfigurationError(
            f"c.Course.watch tells {rules.hidden_claims} of hidden claims, and does not grade: "
            "expected 'grades': True, or 'hidden_claims': 'nothing'"
        )
    return rules


def _assignments(name: str, value: Any, known: Sequence[str]) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(each in known for each in value):
        raise _wrong(name, value, f"a list of some of {', '.join(known)}")
    return tuple(value)


def _one_of(kind: type[StrEnum], name: str, value: Any) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        raise _wrong(name, value, f"one of {', '.join(kind)}") from None


def _positive(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _wrong(name, value, "a whole number of 1 or more")
    return value


def _seconds(name: str, value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e9:
        raise _wrong(name, value, "seconds, 0 or more")
    return float(value)


def _yes_or_no(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, value, "True or False")
    return value


def _address(name: str, value: Any) -> str:
    host, colon, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if value == "" or (host and colon and port.isdecimal() and 0 < int(port) < 65536):
        return str(value)
    raise _wrong(name, value, "host:port, as 127.0.0.1:9464, or nothing")


def _wrong(name: str, value: Any, expected: str) -> ConfigurationError:
    return ConfigurationError(f"c.Course.watch[{name!r}] is {value!r:.80}: expected {expected}")
