"""The list of assignments in course_config.py: one name more, and nothing else changed."""

from __future__ import annotations

import pytest

from grader.authoring import listing
from grader.errors import ConfigurationError
from tests.conftest import ROOT

HEAD = 'c = get_config()\nc.Course.data = "é"  # not the list\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[]", '["new"]'),
        ("[ ]", '[ "new"]'),
        ('["a"]', '["a", "new"]'),
        ('["a", "b",]', '["a", "b", "new",]'),
        ('["é", "ü"]  # both', '["é", "ü", "new"]  # both'),
        ('[\n    "a",\n    "b",\n]', '[\n    "a",\n    "b",\n    "new",\n]'),
        ('[\n    "a",\n    "b"\n]', '[\n    "a",\n    "b",\n    "new",\n]'),
        ('[\n  "a",  # one\n  "b"  # two\n]', '[\n  "a",  # one\n  "b",  # two\n  "new",\n]'),
        ('["a",\n "b"]', '["a",\n "b", "new"]'),
        ('[\r\n    "a",\r\n]\r\n', '[\r\n    "a",\r\n    "new",\r\n]\r\n'),
    ],
)
def test_a_name_is_added_at_the_end(before: str, after: str) -> None:
    text = f"{HEAD}c.Course.assignments = {before}\n# the end\n"
    expected = f"{HEAD}c.Course.assignments = {after}\n# the end\n"
    assert listing.with_assignment(text, "new") == expected
    assert listing.line_of(text) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("c.Course.data = 'x'", r"sets c\.Course\.assignments 0 times: expected once; add \"new\""),
        (
            "c.Course.assignments = ['a']\nc.Course.assignments = ['b']",
            r"2 times \(lines 1, 2\): expected once",
        ),
        ("\nc.Course.assignments = names()", r"line 2: c\.Course\.assignments is no plain list"),
        ("c.Course.assignments = ['a', *more]", r"line 1: .* add \"new\" to it by hand"),
        ("c.Course.assignments = ('a', 'b')", r"line 1: .*no plain list"),
    ],
)
def test_a_list_that_cannot_be_changed_safely_is_named_with_its_line(
    text: str, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        listing.with_assignment(text, "new")


def test_the_courses_own_configuration_can_be_changed() -> None:
    text = (ROOT / "course_config.py").read_text()
    changed = listing.with_assignment(text, "new")
    (line,) = {*changed.splitlines()} - {*text.splitlines()}
    assert line.endswith(', "new"]')
    assert listing.line_of(changed) == changed.splitlines().index(line) + 1
