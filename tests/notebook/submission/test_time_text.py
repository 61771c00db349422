"""A time in ``timestamp.txt`` is read with all its meanings; what is no time is refused."""

import codecs
from datetime import datetime

import pytest

from grader.notebook.submission import time_text


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2030-02-01 12:00:00 UTC", 12),
        ("2030-02-01 12:00:00.000000 UTC", 12),
        ("2030-02-01 12:00", 12),
        ("2030-02-01T12:00:00Z", 12),
        ("2030-02-01T12:00:00.000+01:00", 11),
        ("2030-02-01 12:00:00 +0100", 11),
        ("2030-02-01 12:00:00 +01:00", 11),
        ("2030-02-01 12:00:00 -05", 17),
        ("2030-02-01 12:00:00 CET", 11),
        ("2030-02-01 12:00:00 MESZ", 10),
        ("2030-02-01 12:00:00 PDT", 19),
        ("2030-02-01 12:00:00 America/New_York", 17),
        ("01.02.2030 12:00:00", 12),
        ("1.2.2030, 12:00 Uhr", 12),
        ("01.02.2030 12:00 Europe/Berlin", 11),
        ("1.2.30 12:00", 12),
        ("2030/02/01 12:00", 12),
        ("2030-02-01 1:00 PM", 13),
        ("2030-02-01 13:00 PM", 13),
        ("2030-02-01 0:00 AM", 0),
        ("2030-02-01 12:00 UTC+1", 11),
    ],
)
def test_a_time_with_one_meaning_is_read(text, hour):
    assert time_text.meanings(text) == (datetime(2030, 2, 1, hour),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01/02/2030 12:00:00", ["2030-01-02 12:00", "2030-02-01 12:00"]),
        ("01/02/30 12:00", ["2030-01-02 12:00", "2030-02-01 12:00"]),
        ("03-04-12 12:00", ["2003-04-12 12:00", "2012-03-04 12:00", "2012-04-03 12:00"]),
        ("2030-02-01", ["2030-02-01 00:00", "2030-02-01 23:59:59"]),
        ("2030-02-01 12:00 CST", ["2030-02-01 04:00", "2030-02-01 17:00", "2030-02-01 18:00"]),
        ("2030-02-01 12:00 XYZ", ["2030-01-31 22:00", "2030-02-02 00:00"]),
        ("2030-02-01 12:00 Nowhere/Atall", ["2030-01-31 22:00", "2030-02-02 00:00"]),
    ],
)
def test_all_meanings_of_a_text_are_known(text, expected):
    assert time_text.meanings(text) == tuple(map(datetime.fromisoformat, expected))


@pytest.mark.parametrize(
    "text",
    [
        "2030-02-01 12:00:00 a/../../etc/passwd",
        "12:00",
        "2030",
        "2030-02-30 12:00:00 UTC",
        "13/13/2030 12:00",
        "2030-02-01T12",
        "2030-02-01 25:00:00 UTC",
        "2030-02-01 13:00 AM",
        "2030-02-01 12:00:00 +99:00",
        "NaN",
        "",
    ],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        time_text.meanings(text)


@pytest.mark.parametrize(
    "content",
    [
        b"2030-02-01 12:00:00 UTC\r\n",
        codecs.BOM_UTF8 + b"2030-02-01 12:00:00 UTC",
        "2030-02-01 12:00:00 UTC\r\n".encode("utf-16"),
    ],
)
def test_marks_and_ends_of_lines_of_editors_are_no_part_of_a_time(content):
    assert time_text.decoded(content) == "2030-02-01 12:00:00 UTC"
