"""Reads when a folder was handed in from the text of ``timestamp.txt``.

nbgrader reads ``01.02.2030`` as the 2nd of January, ``+0100`` as 100 seconds, and a zone that it
does not know as UTC, without a word: late penalties follow from it. Here a time has one meaning or
is refused.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_CLOCK = r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
_ZONE = r"\s*(?P<zone>[A-Za-z][A-Za-z0-9_/+-]*|[+-]\d\d(?::?\d\d)?)?"
_FORMS = tuple(
    re.compile(rf"{date}{_CLOCK}(?:\s*Uhr)?{_ZONE}", re.ASCII)
    for date in (
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?:[Tt]|\s+)",
        r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4}),?\s+",  # dots: the day comes first
    )
)
# Names of zones in summer or winter with one meaning; CST or IST has several.
_HOURS = {"Z": 0, "UTC": 0, "GMT": 0, "MEZ": 1, "CET": 1, "CEST": 2, "MESZ": 2} | {
    "EST": -5, "EDT": -4, "PST": -8, "PDT": -7
}  # fmt: skip


def decoded(content: bytes) -> str:
    """The text of the file, without a byte-order mark and ends of lines; raises ``ValueError``."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if marked else "utf-8-sig").strip()


def utc(text: str) -> datetime:
    """Read a time, in UTC where no zone is named; the result has no zone, as nbgrader's.

    Raises:
        ValueError: it is no time, or may mean several.
        OverflowError: it is before the year 1 or after 9999.
    """
    found = next((match for form in _FORMS if (match := form.fullmatch(text.strip()))), None)
    if found is None:
        raise ValueError(f"{text[:100]!r} is no time")
    year, month, day, hour, minute, second = (
        int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    part = int((found["part"] or "0").ljust(6, "0")[:6])
    zone = _zone(found["zone"])
    local = datetime(year, month, day, hour, minute, second, part, zone)
    return local.astimezone(UTC).replace(tzinfo=None)


def _zone(name: str | None) -> tzinfo:
    if name is None:
        return UTC
    if name[0] in "+-":
        offset = timedelta(hours=int(name[1:3]), minutes=int(name[3:].lstrip(":") or 0))
        return timezone(-offset if name[0] == "-" else offset)
    if (hours := _HOURS.get(name.upper())) is not None:
        return timezone(timedelta(hours=hours))
    if "/" not in name:
        raise ValueError(f"the time zone {name[:40]!r} has several meanings, or none")
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError(f"no time zone is called {name[:40]!r}") from error
