"""What c.Course.watch may say, and what is said of anything else."""

from __future__ import annotations

from typing import Any

import pytest

from grader import watch_rules
from grader.errors import ConfigurationError
from grader.model import Source, Told, WatchRules

COURSE = ["sums", "products"]


def test_nothing_said_tells_nothing_of_hidden_claims() -> None:
    assert watch_rules.read({}, COURSE) == WatchRules()
    assert WatchRules().hidden_claims is Told.NOTHING


def test_every_field_is_read() -> None:
    said = {
        "assignments": ["sums"],
        "source": "submitted",
        "answers_per_hour": 2,
        "pause_seconds": 0,
        "hidden_claims": "count",
        "grades": True,
        "health": "127.0.0.1:9464",
    }
    assert watch_rules.read(said, COURSE) == WatchRules(
        ("sums",), Source.SUBMITTED, 2, 0.0, Told.COUNT, True, "127.0.0.1:9464"
    )


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ({"hiden": 1}, "names hiden: expected some of assignments"),
        ({"assignments": "sums"}, r"'sums': expected a list of some of sums, products"),
        ({"assignments": ["no"]}, r"\['no'\]: expected a list"),
        ({"source": "moodle"}, "'moodle': expected one of exchange, submitted"),
        ({"answers_per_hour": 0}, "is 0: expected a whole number of 1 or more"),
        ({"answers_per_hour": True}, "is True: expected a whole number"),
        ({"answers_per_hour": 1.5}, "is 1.5: expected a whole number"),
        ({"pause_seconds": -1}, "is -1: expected seconds"),
        ({"pause_seconds": "60"}, "is '60': expected seconds"),
        ({"pause_seconds": float("nan")}, "is nan: expected seconds"),
        ({"hidden_claims": "some"}, "expected one of nothing, count, names, all"),
        ({"hidden_claims": None}, "is None: expected one of nothing"),
        ({"grades": 1}, "is 1: expected True or False"),
        ({"grades": False, "hidden_claims": "all"}, "tells all of hidden claims, and does not"),
        ({"health": "9464"}, "'9464': expected host:port"),
        ({"health": ":9464"}, "expected host:port"),
        ({"health": "localhost:0"}, "expected host:port"),
        ({"health": 9464}, "is 9464: expected host:port"),
    ],
)
def test_anything_else_is_named_with_what_was_expected(said: dict[str, Any], fact: str) -> None:
    with pytest.raises(ConfigurationError, match=fact):
        watch_rules.read(said, COURSE)
