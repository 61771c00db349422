"""When a submission was handed in, and whether in time, as sentences for its student."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import humanize

from grader.language import ENGLISH, current, gettext


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
        return gettext("Handed in on {time}.", time=moment(handed_in))
    if seconds_late <= 0:
        return gettext(
            "Handed in on {time}, in time: it was due on {due}.",
            time=moment(handed_in),
            due=moment(due),
        )
    return gettext(
        "Handed in on {time}, {late} late: it was due on {due}.",
        time=moment(handed_in),
        late=_late(seconds_late),
        due=moment(due),
    )


def unclear() -> str:
    """The sentence while a person has to decide when it was handed in."""
    return gettext(
        "The file timestamp.txt that was handed in may mean several times: a person decides which "
        "of them counts. Until then the score counts the earliest."
    )


def moment(time: datetime) -> str:
    """A time of nbgrader's, which says no zone and means UTC, in this machine's zone."""
    zoned = time if time.tzinfo else time.replace(tzinfo=UTC)
    return zoned.astimezone().strftime("%Y-%m-%d, %H:%M %Z").strip()


def _late(seconds: float) -> str:
    if seconds < 60:
        return gettext("less than a minute")
    unit = "minutes" if seconds < 86400 else "hours"
    if (code := current().code) != ENGLISH:
        humanize.activate(code)
    return humanize.precisedelta(timedelta(seconds=seconds), minimum_unit=unit, format="%d")
