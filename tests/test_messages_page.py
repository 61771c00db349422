"""The page of all messages: what it holds, and what is held against it.

``tests/test_submissions.py`` compares it with the messages of the samples that it grades.
"""

from __future__ import annotations

import re

import pytest

from grader.model import Claim, Outcome, Verdict
from tests import messages_page
from tests.conftest import ROOT
from tests.messages_page import Entry
from tests.next_steps import names_a_step

SECTIONS = messages_page.read(messages_page.PAGE.read_text())
ENTRIES = [entry for section in SECTIONS.values() for entry in section.entries]
CLAIMS = (Claim("adds", 1, "It adds.", "", ()), Claim("totals", 1, "It totals.", "", ()))


def verdict(claim: str, message: str, outcome: Outcome = Outcome.FAILED) -> Verdict:
    return Verdict(claim, outcome, 1, message)


def page(**verdicts: tuple[Verdict, ...]) -> str:
    return (
        f"{messages_page.BEGIN}\n## sums\n{messages_page.written(CLAIMS, verdicts)}\n"
        f"{messages_page.END}"
    )


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.sample}/{entry.claim}")
def test_every_message_says_what_to_do_next(entry: Entry) -> None:
    assert names_a_step(entry.message)
    assert not re.search(r"(?<![.\w])\w+\.\.(?!\.)", entry.message), "a double full stop"
    assert entry.message[-1] in ".!?)"
    assert "told right" not in entry.message


def test_every_message_comes_from_a_sample() -> None:
    assert len(ENTRIES) > 50
    for name, section in SECTIONS.items():
        folder = ROOT / "tests" / "submissions" / name
        assert {entry.sample for entry in section.entries} <= set(section.graded)
        for sample in section.graded:
            assert (folder / sample / "case.toml").exists()


def test_messages_that_differ_in_numbers_stand_there_once() -> None:
    text = page(
        ada=(verdict("adds", "It is 3, expected 4.5."), verdict("totals", "", Outcome.PASSED)),
        ben=(verdict("adds", "It is -12, expected 7."), verdict("totals", "None. Return\n\nit.")),
    )
    (section,) = messages_page.read(text).values()
    assert section.graded == ("ada", "ben")
    assert section.entries == (
        Entry("adds", "ada", "failed", "It is 3, expected 4.5."),
        Entry("totals", "ben", "failed", "None. Return it."),
    )


def test_a_page_that_is_behind_is_noticed() -> None:
    ada = (verdict("adds", "It is 3, expected 4."), verdict("totals", "", Outcome.PASSED))
    (section,) = messages_page.read(page(ada=ada)).values()
    assert messages_page.stale(section, "ada", ada) == []
    other = (verdict("adds", "It is 9, expected 40."), verdict("totals", "New.", Outcome.CRASHED))
    assert messages_page.stale(section, "ben", other) == ["totals: New."]
    passes = (verdict("adds", "", Outcome.PASSED), verdict("totals", "", Outcome.PASSED))
    assert messages_page.stale(section, "ada", passes) == ["adds: no longer It is 3, expected 4."]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("row 3, column 12", "row 0, column 1", True),
        ("[[1, 2], [3, 4]] became -1.5e-05", "[[1, 2, 3]] became 7", True),
        ("int64", "uint8", False),
        ("is 3", "was 3", False),
    ],
)
def test_numbers_alone_are_left_out(one: str, other: str, same: bool) -> None:
    assert (messages_page.pattern(one) == messages_page.pattern(other)) is same
