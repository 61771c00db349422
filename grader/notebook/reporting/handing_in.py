"""When a submission was handed in, and whether in time, as sentences for its student."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import humanize


def sentence(handed_in: datetime | None, due: datetime | None, seconds_late: float) -> str:
    """When it was handed in, and how late; empty where that is not known.

    Args:
        handed_in: in UTC, as nbgrader's gradebook has it.
        due: in UTC, a student's extension included; None without a due date.
        seconds_late: 0 where it is in time.
    """
    if handed_in is None:
        return ""
    if due is None:
        return f"Handed in on {moment(handed_in)}."
    if seconds_late <= 0:
        return f"Handed in on {moment(handed_in)}, in time: it was due on {moment(due)}."
    late = _late(seconds_late)
    return f"Handed in on {moment(handed_in)}, {late} late: it was due on {moment(due)}."


def moment(time: datetime) -> str:
    """A time of nbgrader's, which says no zone and means UTC, in this machine's zone."""
    zoned = time if time.tzinfo else time.replace(tzinfo=UTC)
    return zoned.astimezone().strftime("%Y-%m-%d at %H:%M %Z").strip()


def _late(seconds: float) -> str:
    if seconds < 60:
        return "less than a minute"
    unit = "minutes" if seconds < 86400 else "hours"
    return humanize.precisedelta(timedelta(seconds=seconds), minimum_unit=unit, format="%d")
