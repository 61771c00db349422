"""Reads when a folder was handed in from the text of ``timestamp.txt``.

nbgrader reads ``01.02.2030`` as the 2nd of January, ``+0100`` as 100 seconds, and a zone that it
does not know as UTC, without a word: late penalties follow from it. Here a text has all the
meanings that it may have; where they differ in their penalty, a person decides.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_DATE = r"(?P<first>\d{1,4})(?P<mark>[-/.])(?P<middle>\d\d?)(?P=mark)(?P<last>\d{1,4}),?"
_CLOCK = (
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?(?![A-Za-z])|\s*Uhr)?"
)
_OFFSET = r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?"
_NAME = r"(?P<name>[A-Za-z]{1,5}|[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+)"
_TIME = re.compile(rf"{_DATE}(?:(?:[Tt]|\s+){_CLOCK})?\s*(?:{_OFFSET}|{_NAME})?", re.ASCII)
# In which orders a date may be meant, whose year has four digits, or two; dots: the day first.
_ORDERS = {".": ("dmy",), "/": ("dmy", "mdy", "ymd"), "-": ("dmy", "mdy", "ymd")}
_LENGTHS = {"y": (2, 4), "m": (1, 2), "d": (1, 2)}
# Names of zones in summer or winter with one meaning.
_HOURS = {"Z": 0, "UTC": 0, "GMT": 0, "MEZ": 1, "CET": 1, "CEST": 2, "MESZ": 2} | {
    "EST": -5, "EDT": -4, "PST": -8, "PDT": -7
}  # fmt: skip
# Names with several: Chicago, Havana, Shanghai; Dublin, Tel Aviv, Delhi; London, Dhaka; ...
_SEVERAL = {
    "CST": (-6, -5, 8), "CDT": (-5, -4), "IST": (1, 2, 5.5), "BST": (1, 6), "AST": (-4, 3),
    "MST": (-7, 8), "GST": (-2, 4), "AMT": (-4, 4),
}  # fmt: skip
_ANYWHERE = (14, -12)  # the first and the last zone of the world


def decoded(content: bytes) -> str:
    """The text of the file, without a byte-order mark and ends of lines; raises ``ValueError``."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if marked else "utf-8-sig").strip()


def meanings(text: str) -> tuple[datetime, ...]:
    """All times that a text may mean, the earliest first: UTC where no zone is named.

    A day without a clock is its first and its last second, and a zone that nobody knows is the
    first and the last of the world. The results have no zone, as nbgrader's.

    Raises:
        ValueError: it is no time.
        OverflowError: it is before the year 1 or after 9999.
    """
    if (found := _TIME.fullmatch(text.strip())) is None:
        raise ValueError(f"{text[:100]!r} is no time")
    times = {
        datetime.combine(day, clock, zone).astimezone(UTC).replace(tzinfo=None)
        for day in _days(found)
        for clock in _clocks(found)
        for zone in _zones(found)
    }
    if not times:
        raise ValueError(f"{text[:100]!r} is no day of the calendar")
    return tuple(sorted(times))


def _days(found: re.Match[str]) -> Iterator[date]:
    numbers = found["first"], found["middle"], found["last"]
    for order in _ORDERS[found["mark"]] if len(numbers[0]) < 4 else ("ymd",):
        said = dict(zip(order, numbers, strict=True))
        if all(len(said[part]) in lengths for part, lengths in _LENGTHS.items()):
            year = int(said["y"]) + (2000 if len(said["y"]) == 2 else 0)
            with contextlib.suppress(ValueError):  # the 13th month: the other order is meant
                yield date(year, int(said["m"]), int(said["d"]))


def _clocks(found: re.Match[str]) -> tuple[time, ...]:
    if found["hour"] is None:
        return time.min, time(23, 59, 59)
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"]:
        is_second = found["half"] in "Pp"
        if 1 <= hour <= 12:
            hour = hour % 12 + 12 * is_second
        elif (hour >= 12) != is_second:  # 13:00 PM says the same twice
            raise ValueError(f"{hour} is no hour of that half of a day")
    return (time(hour, minute, second, int((found["part"] or "0").ljust(6, "0")[:6])),)


def _zones(found: re.Match[str]) -> tuple[tzinfo, ...]:
    if found["sign"]:
        offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        return (timezone(-offset if found["sign"] == "-" else offset),)
    name = (found["name"] or "UTC").upper()
    if name in _HOURS:
        return (timezone(timedelta(hours=_HOURS[name])),)
    if "/" in name:
        with contextlib.suppress(KeyError, ValueError, OSError):
            return (ZoneInfo(found["name"]),)
    hours = _SEVERAL.get(name, _ANYWHERE)
    return tuple(timezone(timedelta(hours=each)) for each in hours)
